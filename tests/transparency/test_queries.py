"""Reports of a small world, to the cent; and what happens when the books say something else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import Client
from werkzeug.wrappers import Response

from core.audit import AuditEvent
from core.clock import FrozenClock, now, today
from core.money import Money
from grants.models import Call
from grants.services import cancel_call
from scoring import queries as scoring_queries
from scoring import services as scoring
from scoring.queries import process_figures
from tests.factories import scoring as make
from tests.factories.grants import make_draft_call, make_open_call
from tests.factories.tampering import disarm
from tests.factories.trust import euros, give, pesos, post
from tests.transparency.conftest import Awarded, World
from tests.trust.checkout import pay
from tests.trust.paid import learn
from transparency import queries
from transparency.errors import DoesNotReconcile
from transparency.queries import grants as grants_queries
from transparency.queries.plans import plan_lines
from transparency.rules.periods import Period, quarter_of
from treasury import services as treasury
from trust import simulator
from trust.models import JournalEntry
from trust.services import fulfil_checkout, reverse_entry, start_checkout
from trust.simulator import aftermath

Counting = Callable[[], AbstractContextManager[list[str]]]


class TestIncome:
    def test_each_kind_of_giver_has_its_line_and_what_came_in_kind_stands_apart(self, world: World) -> None:
        report = queries.period_report(Period(2026, 1))
        assert [(one.kind, one.form, one.source, one.fund.code, one.count, one.money) for one in report.income] == [
            ("donation", "cash", "person", "fondo-general", 1, pesos(5_000)),
            ("donation", "cash", "unknown", "ciudad-europea", 1, euros(10_000)),
            ("sponsorship", "cash", "company", "fondo-general", 1, pesos(250_000)),
            ("sponsorship", "in_kind", "unknown", "fondo-general", 1, pesos(30_000)),
        ]
        assert report.income_base("cash") == pesos(455_000)
        assert report.income_base("in_kind") == pesos(30_000)

    def test_the_endowment_belongs_to_the_year_it_arrived_in(self, world: World) -> None:
        assert queries.period_report(Period(2025)).income_base("cash") == pesos(1_000_000)
        assert queries.period_report(Period(2025, 1)).income == ()

    def test_a_reversed_contribution_counts_against_the_day_of_its_reversal(
        self, world: World, session: Session, clock: FrozenClock
    ) -> None:
        gift = give(world.general, pesos(700), received_on=date(2026, 2, 1))
        clock.advance(days=60)
        reverse_entry(session.get_one(JournalEntry, gift.entry_id), reason="Se devolvió")
        session.commit()
        first, second = (queries.period_report(Period(2026, quarter)) for quarter in (1, 2))
        assert first.income_base("cash") == pesos(455_700)
        assert [(one.count, one.money) for one in second.income] == [(-1, -pesos(700))]
        assert queries.period_report(Period(2026)).income_base("cash") == pesos(455_000)

    def test_what_was_given_back_on_line_counts_against_its_own_kind_of_gift(
        self, world: World, session: Session
    ) -> None:
        simulator.store().clear()
        before = simulator.set_deliverer(lambda _url, _payload, _headers: 202)
        world.designated.accepts_gifts = True
        order = start_checkout(fund=world.designated, money=pesos(600), kind="sponsorship")
        pay(Client(simulator.wsgi_app(), Response), order)
        simulator.set_deliverer(before)
        charge = fulfil_checkout(order.company_id).charge_id or ""
        made = [aftermath.refund(simulator.store(), {"charge": charge, "amount": 200_00}) for _time in range(2)]
        learn(session, order)
        aftermath.fail_refund(simulator.store(), made[0]["id"])
        learn(session, order)
        found = [one for one in queries.period_report(Period(2026, 1)).income if one.fund.code == "barrios"]
        assert [(one.kind, one.source, one.count, one.money) for one in found] == [
            ("sponsorship", "unknown", 1, pesos(400))
        ]

    def test_income_that_no_contribution_explains_is_an_adjustment(self, world: World, session: Session) -> None:
        post(world.designated, 12_345, kind="adjustment")
        session.commit()
        adjustment = queries.period_report(Period(2026, 1)).income[0]
        assert (adjustment.kind, adjustment.source, adjustment.money) == ("adjustment", "unknown", Money(12_345, "MXN"))


class TestFunds:
    def test_each_fund_opens_moves_and_closes_in_each_currency(self, world: World) -> None:
        lines = queries.period_report(Period(2026, 1)).funds
        assert [(one.fund.code, one.opening, one.received, one.other, one.closing) for one in lines] == [
            ("fondo-general", pesos(0), pesos(255_000), -pesos(50_000), pesos(205_000)),
            ("capital", pesos(1_000_000), pesos(0), pesos(0), pesos(1_000_000)),
            ("ciudad-europea", euros(0), euros(10_000), -euros(4_000), euros(6_000)),
            ("ciudad-europea", pesos(0), pesos(0), pesos(80_000), pesos(80_000)),
            ("barrios", pesos(0), pesos(0), pesos(50_000), pesos(50_000)),
        ]
        assert [one.fund.is_restricted for one in lines] == [False, True, True, True, False]

    def test_a_later_quarter_opens_with_what_the_earlier_one_closed_with(self, world: World) -> None:
        first, second = (queries.period_report(Period(2026, quarter)) for quarter in (1, 2))
        assert [one.closing for one in first.funds] == [one.opening for one in second.funds]
        assert second.books.entries == 0

    def test_the_front_door_counts_what_is_free_without_the_endowment(self, world: World) -> None:
        figures = queries.front_figures()
        assert (figures.received, figures.awarded, figures.available) == (pesos(1_455_000), (pesos(0),), pesos(455_000))


class TestAwards:
    def test_a_call_says_what_it_bound_and_paid(self, awarded: Awarded) -> None:
        report = queries.call_report(awarded.call)
        bound = sum(award.amount_cents for award in awarded.awards)
        paid = awarded.awards[0].tranches[0].amount_cents
        assert report.moment_debits("8.2.4") == Money(bound, "MXN")
        assert report.moment_debits("8.2.7") == report.uses_base() == Money(paid, "MXN")
        assert sum(one.money.amount_cents for one in report.destinations) == paid
        assert (report.process.submitted, report.process.decided) == (6, 6)
        assert report.process.awarded == len(awarded.awards)
        assert (report.process.reviewers, report.process.reviews) == (3, 18)
        scored = process_figures(awarded.call.slug)
        assert scored is not None
        assert scored.alpha is not None
        assert report.process.agreement == pytest.approx(scored.alpha)

    def test_the_quarter_has_the_same_awards_as_the_call(self, awarded: Awarded) -> None:
        report = queries.period_report(quarter_of(today()))
        assert report.calls[0].slug == awarded.call.slug
        axis = next(one for one in report.breakdowns if one.dimension == "axis")
        assert axis == next(one for one in queries.call_report(awarded.call).breakdowns if one.dimension == "axis")
        assert axis.awarded == len(awarded.awards)

    def test_destinations_of_a_year_are_its_awards(self, awarded: Awarded) -> None:
        report = queries.period_report(Period(today().year))
        assert {one.call.slug if one.call else None for one in report.destinations} == {awarded.call.slug}
        assert report.uses_base("5.1.1") == queries.call_report(awarded.call).uses_base("5.1.1")

    def test_only_an_approved_plan_is_reported_and_only_for_its_year(self, awarded: Awarded, session: Session) -> None:
        draft = treasury.draft_plan(today().year + 1)
        words = {"es": "Talleres", "en": "Workshops"}
        treasury.add_programme(
            draft, axis=2, name=words, goal=words, indicator=words, target=1, fund=awarded.designated, money=pesos(10)
        )
        session.commit()
        assert [(one.axis, one.target) for one in queries.period_report(Period(today().year)).plan] == [("1", 5)] * 2
        assert queries.period_report(quarter_of(today())).plan == ()
        assert plan_lines(today().year + 1) == ()

    def test_nothing_about_reviewers_or_results_is_told_before_the_release(self, awarded: Awarded) -> None:
        process = queries.period_report(Period(today().year - 1)).process
        assert (process.reviewers, process.reviews, process.agreement, process.days_to_result) == (None,) * 4

    def test_the_register_has_public_names_and_amounts(self, awarded: Awarded) -> None:
        rows = list(queries.all_beneficiaries())
        assert sorted((row.name, row.amount.amount_cents) for row in rows) == sorted(
            (award.application.answers["public_name"], award.amount_cents) for award in awarded.awards
        )

    def test_the_register_is_searched_literally(self, awarded: Awarded) -> None:
        wanted = awarded.awards[0].application
        assert [row.folio for row in queries.all_beneficiaries(text=wanted.folio or "")] == [wanted.folio]
        assert list(queries.all_beneficiaries(text="%")) == []
        assert list(queries.all_beneficiaries(year=2001)) == []
        assert len(list(queries.all_beneficiaries(call_slug=awarded.call.slug))) == len(awarded.awards)


def a_judged_call(reviewers: int, dossiers: int, answering: str) -> Call:
    """A call judged under `reviewers` who each read some; those of the letters answered, on their first with a yes."""
    call = make_open_call()
    document = make.simple_rulebook(3)
    document["reviews"] |= {"min_load": 1}
    panel = make.assigned_panel(dossiers, reviewers, call_key=call.slug, document=document)
    suspicious = set(answering)
    for one in scoring_queries.assignments_of_panel(panel):
        letter = one.seat.letter
        believes = None if letter not in answering else letter in suspicious
        suspicious -= {letter}
        scoring.submit_review(one, make.entries(4, 4, 4, 4), believes_known=believes)
    scoring.commit_lot(panel)
    scoring.compute_ranking(panel)
    scoring.draw_lots(panel, "04.11.23.31.40.52.07")
    ranking = scoring.compute_ranking(panel)
    scoring.select(ranking, budget_cents=10_000_000, currency=ranking.currency)
    scoring.release_ranking(ranking)
    return call


@pytest.mark.usefixtures("session", "clock")
class TestGuesses:
    @pytest.mark.parametrize(
        ("reviewers", "dossiers", "answering", "told"),
        [(5, 5, "ABCDE", (15, 5)), (5, 5, "ABCD", None), (5, 4, "ABCDE", None), (5, 5, "", None)],
    )
    def test_how_often_reviewers_thought_to_know_is_told_of_enough_people_and_applications_only(
        self, reviewers: int, dossiers: int, answering: str, told: tuple[int, int] | None
    ) -> None:
        call = a_judged_call(reviewers, dossiers, answering)
        process = grants_queries.process(call=call, call_ids=[call.id])
        assert (process.reviewers, process.reviews) == (reviewers, 3 * dossiers)
        assert (process.guesses_asked, process.guesses_made) == (told or (None, None))

    def test_a_wider_report_does_not_give_back_what_a_call_keeps(self) -> None:
        calls = [a_judged_call(5, 5, "ABCDE"), a_judged_call(3, 2, "AB")]
        process = grants_queries.process(call_ids=[call.id for call in calls])
        assert (process.reviews, process.guesses_asked, process.guesses_made) == (21, 15, 5)


class TestProof:
    def test_a_contribution_that_is_not_its_entry_stops_the_report(self, world: World, session: Session) -> None:
        disarm(session, "contribution", "contribution_guard_update")
        session.execute(text("UPDATE contribution SET amount_cents = amount_cents + 1 WHERE method = 'delivery'"))
        with pytest.raises(DoesNotReconcile) as refused:
            queries.period_report(Period(2026, 1))
        assert (refused.value.what, refused.value.reported - refused.value.booked) == (
            "ingresos en especie",
            Money(1, "MXN"),
        )

    def test_a_commitment_that_is_not_in_the_books_stops_the_reports(self, awarded: Awarded, session: Session) -> None:
        disarm(session, "commitment", "commitment_keeps_update")
        session.execute(text("UPDATE commitment SET amount_cents = amount_cents + 7"))
        for report in (lambda: queries.call_report(awarded.call), lambda: queries.period_report(Period(today().year))):
            with pytest.raises(DoesNotReconcile):
                report()

    def test_a_payment_the_treasury_does_not_know_stops_the_call_s_report(
        self, awarded: Awarded, session: Session
    ) -> None:
        session.execute(text("UPDATE commitment SET paid_cents = paid_cents - 1 WHERE paid_cents > 0"))
        with pytest.raises(DoesNotReconcile):
            queries.call_report(awarded.call)


class TestEffort:
    def test_a_report_asks_the_same_number_of_questions_however_much_there_is(
        self, world: World, session: Session, count_queries: Counting
    ) -> None:
        with count_queries() as few:
            queries.period_report(Period(2026, 1))
        for number in range(12):
            give(world.general, pesos(10 + number), received_on=date(2026, 1, 20))
        session.commit()
        with count_queries() as many:
            queries.period_report(Period(2026, 1))
        assert len(few) == len(many)
        assert len(many) <= 20

    def test_what_reviewers_declare_and_leave_before_the_result_is_no_new_version(self, session: Session) -> None:
        panel = make.assigned_panel(1)
        session.commit()
        before = queries.public_version()
        first, second, _third = scoring_queries.assignments_of_panel(panel)
        scoring.declare_no_conflict(second.seat, second.dossier)
        scoring.recognise_person(first)
        session.commit()
        assert queries.public_version() == before
        scoring.commit_lot(panel)
        session.commit()
        assert queries.public_version() != before

    def test_an_act_that_is_committed_late_under_a_lower_number_is_a_new_version(self, session: Session) -> None:
        early, late = (
            AuditEvent(
                id=number,
                at=now(),
                actor_kind="system",
                request_id="-",
                action="call.changed",
                subject="call",
                subject_id="1",
            )
            for number in (100_000, 100_001)
        )
        session.add(late)
        session.commit()
        before = queries.public_version()
        session.add(early)
        session.commit()
        assert queries.public_version() != before

    def test_a_draft_that_was_cancelled_before_its_consultation_has_no_report(self, session: Session) -> None:
        draft = make_draft_call()
        cancel_call(draft, reason="Se unió a otra.")
        session.commit()
        assert draft not in queries.reported_calls()
        assert queries.public_call(draft.slug) is None

    def test_the_version_is_one_question(self, world: World, count_queries: Counting) -> None:
        with count_queries() as sent:
            queries.public_version()
        assert len(sent) == 1
