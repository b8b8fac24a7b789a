"""What may and may not happen between a released result and a closed award."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core.clock import FrozenClock, now, today
from core.context import acting_as
from core.database import session
from core.errors import Forbidden, IllegalTransition, Refusal
from core.money import Money
from core.roles import Role
from grants import services
from grants.errors.awards import (
    AgreementChanged,
    AwardUnfinished,
    ExpenseInvalid,
    ReasonMissing,
    ReceiptMissing,
    ReportEmpty,
    ReportPending,
    SignatureMismatch,
    TrancheNotInAward,
    TranchesDoNotAddUp,
)
from grants.models import Award, ExpenseReport, Letter, Tranche
from grants.queries import awards as queries
from grants.queries import determinations as determination_queries
from grants.queries import figures as figure_queries
from grants.rules import tranches
from grants.services import ExpenseEntry
from grants.states.award import AwardState, ReportState, TrancheCondition, TrancheState
from mail.models import OutboxMessage
from scoring.queries import panel_of_call
from scoring.states import PanelState
from tests.factories import awards as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


def entry(**changes: Any) -> ExpenseEntry:
    values = {"concept": "Vuelo", "spent_on": today(), "money": Money(1_000_000, "MXN"), "receipt": make.a_receipt()}
    return ExpenseEntry(**(values | changes))


@pytest.mark.parametrize("shares", [(), (50, 40), (100, 0), (120, -20), (60, 60)])
def test_tranches_must_add_up(shares: tuple[int, ...]) -> None:
    with pytest.raises(TranchesDoNotAddUp):
        tranches.plan(Money(100, "MXN"), shares)


def test_tranches_lose_no_cent() -> None:
    parts = tranches.plan(Money(100_001, "MXN"), (33, 33, 34))
    assert [part.money.amount_cents for part in parts] == [33_000, 33_000, 34_001]
    assert [part.condition for part in parts] == [
        TrancheCondition.AGREEMENT_ACCEPTED,
        TrancheCondition.REPORT_ACCEPTED,
        TrancheCondition.REPORT_ACCEPTED,
    ]


def test_a_tranche_of_nothing_is_refused() -> None:
    with pytest.raises(TranchesDoNotAddUp):
        tranches.plan(Money(1, "MXN"), (50, 50))


@pytest.mark.parametrize(("spent", "rest"), [(60, 40), (100, 0), (130, 0)])
def test_unspent_is_never_negative(spent: int, rest: int) -> None:
    assert tranches.unspent(Money(100, "MXN"), Money(spent, "MXN")) == Money(rest, "MXN")


def test_agreement_is_offered_once_with_the_standard_plan(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    agreement = award.agreement
    assert agreement is not None
    assert services.offer_agreement(award) is agreement
    assert [(t.number, t.amount_cents, t.state) for t in award.tranches] == [
        (1, award.amount_cents - award.amount_cents // 5, TrancheState.PLANNED),
        (2, award.amount_cents // 5, TrancheState.PLANNED),
    ]
    with pytest.raises(TrancheNotInAward):
        services.plan_tranches(award, (50, 50))


def test_acceptance_needs_the_document_shown_and_the_persons_name(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    person, sha256 = award.application.applicant, award.agreement.sha256 if award.agreement else ""
    with pytest.raises(AgreementChanged):
        services.accept_agreement(award, user=person, signed_name=person.name, sha256="0" * 64)
    with pytest.raises(SignatureMismatch):
        services.accept_agreement(award, user=person, signed_name="Otra", sha256=sha256)
    with make.nobody_listens():
        agreement = services.accept_agreement(award, user=person, signed_name=f" {person.name.upper()} ", sha256=sha256)
    assert (agreement.accepted_at, agreement.accepted_by_id) == (now(), person.id)
    assert [t.state for t in award.tranches] == [TrancheState.DUE, TrancheState.PLANNED]
    assert queries.tranches_due() == [award.tranches[0]]
    with pytest.raises(IllegalTransition):
        services.accept_agreement(award, user=person, signed_name=person.name, sha256=sha256)


def test_listeners_hear_of_acceptance_and_decline(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    person, sha256 = award.application.applicant, award.agreement.sha256 if award.agreement else ""
    heard: list[Any] = []
    with make.nobody_listens():
        services.when_agreement_accepted(heard.append)
        services.when_award_declined(lambda found, reason: heard.append((found, reason)))
        services.accept_agreement(award, user=person, signed_name=person.name, sha256=sha256)
        services.decline_award(award, reason="Cambió mi viaje.")
    assert heard == [award, (award, "Cambió mi viaje.")]
    assert award.state is AwardState.DECLINED


def test_award_is_not_declined_once_money_moves(clock: FrozenClock, officer: Any) -> None:
    award = make.accepted_award(clock, officer)
    with pytest.raises(ReasonMissing):
        services.decline_award(award, reason=" ")
    services.mark_tranche_ordered(award.tranches[0])
    with pytest.raises(IllegalTransition):
        services.decline_award(award, reason="No puedo viajar.")
    services.mark_tranche_unordered(award.tranches[0])
    with make.nobody_listens():
        services.decline_award(award, reason="No puedo viajar.")
    assert award.state is AwardState.DECLINED


def test_award_is_not_declined_under_a_payment_ordered_meanwhile(clock: FrozenClock, officer: Any) -> None:
    award = make.accepted_award(clock, officer)

    def order_elsewhere(_award: Award, _reason: str) -> None:
        ordering = update(Tranche).where(Tranche.id == award.tranches[0].id).values(state=TrancheState.ORDERED)
        session().execute(ordering, execution_options={"synchronize_session": False})

    with make.nobody_listens():
        services.when_award_declined(order_elsewhere)
        with pytest.raises(IllegalTransition):
            services.decline_award(award, reason="No puedo viajar.")


def test_cancelled_call_gives_back_what_its_awards_bound(clock: FrozenClock, officer: Any) -> None:
    call, found = make.determined(clock, officer, applications=2)
    freed: list[Any] = []
    with make.nobody_listens():
        services.when_award_declined(lambda award, reason: freed.append((award.application, reason)))
        services.cancel_call(call, " Se retiró el fondo. ")
    assert freed == [(application, "Se retiró el fondo.") for application in found]
    assert [award.state for award in queries.awards_of(call)] == [AwardState.DECLINED] * 2


def test_cancelled_call_leaves_its_committee_nothing_to_do(clock: FrozenClock, officer: Any) -> None:
    call, _found = make.under_review(clock, officer)
    panel = panel_of_call(call.slug)
    assert panel is not None
    with acting_as(make.officer_actor(officer)):
        services.cancel_call(call, "Se retiró el fondo.")
    assert panel.state is PanelState.CANCELLED
    assert panel_of_call(call.slug) is None


def test_call_is_not_cancelled_once_its_awards_are_paid(clock: FrozenClock, officer: Any) -> None:
    award = make.paid_award(clock, officer)
    with pytest.raises(IllegalTransition):
        services.cancel_call(award.application.call, "Se retiró el fondo.")
    assert award.state is AwardState.IN_PROGRESS


def elsewhere(statement: Any) -> None:
    """Change a row as another request would: this session does not know."""
    session().flush()
    session().execute(statement, execution_options={"synchronize_session": False})


def test_whoever_comes_second_finds_the_agreement_accepted(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    person, agreement = award.application.applicant, award.agreement
    assert agreement is not None
    elsewhere(update(Award).values(state=AwardState.ACCEPTED))
    with make.nobody_listens(), pytest.raises(IllegalTransition):
        services.accept_agreement(award, user=person, signed_name=person.name, sha256=agreement.sha256)


def test_whoever_comes_second_finds_the_report_reviewed(clock: FrozenClock, officer: Any) -> None:
    award = make.paid_award(clock, officer)
    report = services.file_expense_report(award, lines=[entry()])
    values = {"state": ReportState.RETURNED, "reviewed_at": now(), "review_note": "Falta el boleto."}
    elsewhere(update(ExpenseReport).values(**values))
    with pytest.raises(IllegalTransition):
        services.accept_expense_report(report)
    services.file_expense_report(award, lines=[entry()])
    elsewhere(update(Award).values(state=AwardState.REPORTED))
    with pytest.raises(IllegalTransition):
        services.file_expense_report(award, lines=[entry()])


def test_tranche_cannot_be_paid_without_an_order_or_twice(clock: FrozenClock, officer: Any) -> None:
    award = make.accepted_award(clock, officer)
    first, second = award.tranches
    with session().no_autoflush, pytest.raises(IllegalTransition):
        services.mark_tranche_paid(first, paid_on=today())
    first.paid_on = None
    services.mark_tranche_ordered(first)
    services.mark_tranche_paid(first, paid_on=date(2026, 5, 20))
    assert award.state is AwardState.IN_PROGRESS
    assert str(first.paid_on) == "2026-05-20"
    with pytest.raises(IllegalTransition):
        services.mark_tranche_ordered(first)
    with pytest.raises(IllegalTransition):
        services.mark_tranche_ordered(second)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"concept": " "}, ExpenseInvalid),
        ({"concept": "x" * 201}, ExpenseInvalid),
        ({"spent_on": None}, ExpenseInvalid),
        ({"money": None}, ExpenseInvalid),
        ({"money": Money(0, "MXN")}, ExpenseInvalid),
        ({"money": Money(-5, "MXN")}, ExpenseInvalid),
        ({"money": Money(5, "EUR")}, ExpenseInvalid),
        ({"receipt": None}, ReceiptMissing),
    ],
)
def test_expense_line_out_of_order_is_named(
    clock: FrozenClock, officer: Any, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    award = make.paid_award(clock, officer)
    with pytest.raises(refusal) as caught:
        services.file_expense_report(award, lines=[entry(), entry(**changes)])
    assert caught.value.parameters["line"] == 2


def test_expense_of_tomorrow_is_refused(clock: FrozenClock, officer: Any) -> None:
    award = make.paid_award(clock, officer)
    with pytest.raises(ExpenseInvalid):
        services.file_expense_report(award, lines=[entry(spent_on=today() + timedelta(days=1))])
    with pytest.raises(ReportEmpty):
        services.file_expense_report(award, lines=[])


def test_report_before_any_payment_is_refused(clock: FrozenClock, officer: Any) -> None:
    award = make.accepted_award(clock, officer)
    with pytest.raises(IllegalTransition):
        services.file_expense_report(award, lines=[entry()])


def test_returned_report_is_followed_by_another(clock: FrozenClock, officer: Any) -> None:
    award = make.paid_award(clock, officer)
    first = services.file_expense_report(award, lines=[entry()])
    with pytest.raises(ReportPending):
        services.file_expense_report(award, lines=[entry()])
    with pytest.raises(ReasonMissing):
        services.return_expense_report(first, reason="")
    services.return_expense_report(first, reason="Falta el boleto de regreso.")
    second = services.file_expense_report(award, lines=[entry(money=Money(award.amount_cents - 100, "MXN"))])
    with acting_as(make.officer_actor(award.application.applicant)), pytest.raises(Forbidden):
        services.accept_expense_report(second)
    services.accept_expense_report(second)
    assert (first.state, second.number, second.unspent) == (ReportState.RETURNED, 2, Money(100, "MXN"))
    assert (award.state, award.tranches[1].state) == (AwardState.REPORTED, TrancheState.DUE)
    with pytest.raises(AwardUnfinished):
        services.close_award(award)
    services.mark_tranche_ordered(award.tranches[1])
    services.mark_tranche_paid(award.tranches[1], paid_on=today())
    assert services.close_award(award).closed_at == now()


def test_every_step_leaves_its_letter_in_usted(clock: FrozenClock, officer: Any) -> None:
    award = make.paid_award(clock, officer)
    report = services.file_expense_report(award, lines=[entry()])
    services.accept_expense_report(report)
    session().flush()
    letters = determination_queries.letters_of(award.application)
    assert [letter.kind for letter in letters] == ["determination", "agreement", "report_accepted"]
    folio = award.application.folio
    assert letters[0].subject == f"Resultado de su solicitud {folio}"
    assert (
        letters[0]
        .paragraphs[1]
        .startswith(f"Le informamos que su solicitud {folio} fue seleccionada. El apoyo es de $")
    )
    to_person = [m for m in session().query(OutboxMessage).order_by(OutboxMessage.id) if m.about.startswith("grants.")]
    mailed = [message for message in to_person if message.about.removeprefix("grants.") in {x.kind for x in letters}]
    assert [message.subject for message in mailed] == [letter.subject for letter in letters]
    assert [len(message.attachments) for message in mailed] == [1, 1, 1]


def test_letter_is_written_in_the_readers_language(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    award.application.applicant.language = "en"
    with make.nobody_listens():
        services.accept_agreement(
            award,
            user=award.application.applicant,
            signed_name=award.application.applicant.name,
            sha256=award.agreement.sha256 if award.agreement else "",
        )
    services.mark_tranche_ordered(award.tranches[0])
    services.mark_tranche_paid(award.tranches[0], paid_on=today())
    services.return_expense_report(services.file_expense_report(award, lines=[entry()]), reason="No return ticket.")
    session().flush()
    letter = determination_queries.letters_of(award.application)[-1]
    assert (letter.language, letter.subject) == ("en", "Your expense report needs a correction")


def test_database_refuses_a_second_letter_about_the_same(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    letter = determination_queries.letters_of(award.application)[0]
    session().add(
        Letter(
            application_id=letter.application_id,
            kind=letter.kind,
            about=letter.about,
            language="es",
            subject="x",
            paragraphs=[],
            sent_at=now(),
        )
    )
    with pytest.raises(IntegrityError):
        session().flush()


def test_figures_take_the_same_queries_for_one_award_and_for_many(
    clock: FrozenClock, officer: Any, count_queries: Any
) -> None:
    counts = []
    for number in (1, 3):
        call, _found = make.released(clock, officer, applications=number)
        session().commit()
        with count_queries() as sent:
            figure_queries.process_figures(call)
            queries.awards_of(call)
            determination_queries.public_awards(call)
        counts.append(len(sent))
        session().expire_all()
    assert counts[0] == counts[1]


def test_closed_award_has_its_moment_or_the_database_refuses(clock: FrozenClock, officer: Any) -> None:
    award = make.make_award(clock, officer)
    award.state = AwardState.CLOSED
    with pytest.raises(IntegrityError):
        session().flush()
    session().rollback()
    assert award.state is not AwardState.CLOSED
