"""Decisions stay ours until the money is there, go out at once, and can be objected to for a while."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.audit import AuditEvent
from core.clock import FrozenClock, end_of_day, now, today
from core.context import acting_as
from core.database import session
from core.errors import IllegalTransition
from core.jobs import Job
from core.language import in_language
from core.money import Money
from core.roles import Role
from grants import services
from grants.emails import letters
from grants.errors.awards import (
    AlreadyDetermined,
    AppealAdmittedByYou,
    AppealAlreadyFiled,
    AppealPanelTainted,
    AppealsOpen,
    AppealWindowClosed,
    AwardDiffers,
    AwardOverDetermination,
    NotAwarded,
    NothingToRelease,
    RankingNotReleased,
    ReasonMissing,
    UncommittedAwards,
)
from grants.models import Appeal, Application, Award, Call, Determination, Letter
from grants.queries import appeals as appeal_queries
from grants.queries import calls as call_queries
from grants.queries import determinations as queries
from grants.queries import figures as figure_queries
from grants.rules import appeals as appeal_rules
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from grants.states.call import CallState
from grants.states.determination import AppealStanding, AppealState, DeterminationState, Outcome
from grants.states.screening import ScreeningVerdict
from mail.models import OutboxMessage
from tests.factories import awards as make
from tests.factories.accounts import make_user
from tests.factories.grants import make_open_call
from tests.factories.meanwhile import Withdrawal

pytestmark = pytest.mark.usefixtures("session")

MARKS = [(5, 5, 5, 5), (4, 4, 4, 4), (1, 1, 1, 1)]
ONE_AWARD = Money(4_500_000, "MXN")  # enough for one journey, not for two


def window_of(application: Application) -> appeal_queries.AppealWindow:
    window = appeal_queries.appeal_window(application)
    assert window is not None
    return window


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


def outcome(application: Application) -> Outcome:
    found = queries.determination_of(application)
    assert found is not None
    return found.outcome


def test_nothing_is_prepared_before_the_committee_is_done(clock: FrozenClock, officer: Any) -> None:
    call, _found = make.under_review(clock, officer)
    with pytest.raises(RankingNotReleased):
        services.prepare_determinations(call)


def test_outcomes_follow_the_ranking_and_the_screening(clock: FrozenClock, officer: Any) -> None:
    call, found = make.ranked(clock, officer, marks=MARKS, budget=ONE_AWARD)
    prepared = services.prepare_determinations(call)
    assert [outcome(application) for application in found] == [
        Outcome.AWARDED,
        Outcome.WAITLISTED,
        Outcome.NOT_SELECTED,
    ]
    assert {item.state for item in prepared} == {DeterminationState.PENDING}
    assert {application.state for application in found} == {ApplicationState.IN_REVIEW}
    assert queries.released_determination_of(found[0]) is None
    assert appeal_queries.appeal_window(found[0]) is None
    assert figure_queries.process_figures(call).awarded == 0
    assert call.state is CallState.DELIBERATION


def test_preparing_again_starts_anew_until_the_release(clock: FrozenClock, officer: Any) -> None:
    call, _found = make.ranked(clock, officer)
    services.prepare_determinations(call)
    services.prepare_determinations(call)
    assert len(session().scalars(select(Determination)).all()) == 3
    for item in queries.awaiting_award(call):
        assert item.money is not None
        services.record_award(item.application, item.money)
    services.release_determinations(call)
    with pytest.raises(AlreadyDetermined):
        services.prepare_determinations(call)
    with pytest.raises(NothingToRelease):
        services.release_determinations(call)


def test_release_refuses_while_one_award_has_no_money(clock: FrozenClock, officer: Any) -> None:
    call, found = make.ranked(clock, officer, marks=[(5, 5, 5, 5), (4, 4, 4, 4), (4, 3, 4, 3)])
    services.prepare_determinations(call)
    waiting = queries.awaiting_award(call)
    assert [item.position for item in waiting] == [1, 2, 3]
    for item in waiting[:2]:
        assert item.money is not None
        services.record_award(item.application, item.money)
    session().commit()
    with pytest.raises(UncommittedAwards) as caught:
        services.release_determinations(call)
    session().rollback()
    assert caught.value.parameters == {"count": 1}
    assert {item.state for item in queries.determinations_of(call)} == {DeterminationState.PENDING}
    assert {application.state for application in found} == {ApplicationState.IN_REVIEW}
    assert session().scalars(select(Letter)).all() == []


def test_release_moves_everything_at_once_and_queues_the_letters(clock: FrozenClock, officer: Any) -> None:
    call, found = make.determined(clock, officer, marks=MARKS, budget=ONE_AWARD)
    outcome_ = services.release_determinations(call)
    assert (outcome_.released, outcome_.letters) == (3, 3)
    assert [application.state for application in found] == [
        ApplicationState.AWARDED,
        ApplicationState.WAITLISTED,
        ApplicationState.NOT_SELECTED,
    ]
    assert call.state is CallState.APPEALS
    jobs = session().scalars(select(Job).where(Job.kind == "grants.send_letters")).all()
    assert [job.payload for job in jobs] == [{"call_id": call.id}]
    event = session().scalars(select(AuditEvent).where(AuditEvent.action == "determinations.released")).one()
    assert event.after == {"count": 3}


@pytest.mark.only_on("postgresql")
def test_who_withdraws_while_results_are_released_holds_nobody_up(
    app: Flask, clock: FrozenClock, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, found = make.determined(clock, officer, marks=MARKS, budget=ONE_AWARD)
    session().commit()
    withdrawal, count = Withdrawal(app, found[2]), queries.count_uncommitted

    def counted_meanwhile(call: Call) -> int:
        withdrawal.begin()
        return count(call)

    monkeypatch.setattr(queries, "count_uncommitted", counted_meanwhile)
    assert services.release_determinations(call).released == 3
    session().commit()
    withdrawal.thread.join(10)
    assert not withdrawal.through.is_set()  # a result that was told is not withdrawn from
    session().expire_all()
    assert found[2].state is ApplicationState.NOT_SELECTED


def test_letters_go_once_with_reason_and_deadline(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    assert services.send_letters(call) == 0
    sent = [queries.letters_of(application)[0].paragraphs for application in found]
    folio = found[2].folio
    assert sent[2][1] == f"Le informamos que su solicitud {folio} no fue seleccionada."
    assert sent[2][2].startswith("Motivo: ")
    closes = end_of_day(today() + timedelta(days=call.appeal_days))
    assert window_of(found[2]).closes_at == closes
    assert "puede inconformarse hasta el" in sent[2][4]
    assert "a las 23:59, hora de la Ciudad de México." in sent[2][4]
    assert "lista de espera" in sent[1][1]
    messages = session().scalars(select(OutboxMessage).where(OutboxMessage.about == "grants.determination")).all()
    assert sorted(message.to for message in messages) == sorted(item.applicant.email for item in found)
    assert {len(message.attachments) for message in messages} == {1}
    assert not any("tú " in paragraph for paragraphs in sent for paragraph in paragraphs)


def test_ineligible_gets_its_reason_and_the_same_window(clock: FrozenClock, officer: Any) -> None:
    call = make_open_call()
    refused = make.apply(call, name="Refugio Ixtlahuac Poot")
    others = [make.apply(call, name=f"{name} Zutano") for name in make.NAMES[1:]]
    make.close(call, clock)
    with acting_as(make.officer_actor(officer)):
        services.screen_application(refused, verdict=ScreeningVerdict.INELIGIBLE, note="No vive en la ciudad.")
        make.hand_over(call)
        make.score(call, others)
        services.prepare_determinations(call)
        for item in queries.awaiting_award(call):
            assert item.money is not None
            services.record_award(item.application, item.money)
        services.release_determinations(call)
    services.send_letters(call)
    session().flush()
    assert refused.state is ApplicationState.INELIGIBLE
    found = queries.determination_of(refused)
    assert found is not None
    assert (found.outcome, found.dossier_code, found.position, found.score_text) == (
        Outcome.INELIGIBLE, None, None, None,
    )  # fmt: skip
    with in_language("es"):
        assert letters.reason_text(found) == "No vive en la ciudad."
    assert queries.letters_of(refused)[0].paragraphs[2] == "Motivo: No vive en la ciudad."
    assert window_of(refused).is_open


def test_who_stayed_below_a_minimum_is_told_which_and_their_own_score(clock: FrozenClock, officer: Any) -> None:
    _call, found = make.determined(clock, officer, marks=((5, 5, 5, 5), (4, 4, 4, 4), (2, 2, 3, 2)))
    decided = queries.determination_of(found[2])
    assert decided is not None
    with in_language("es"):
        said = letters.reason_text(decided)
    minima = "Total: 60; Calidad de la propuesta: 3; Beneficio para la ciudad: 3; Viabilidad: 2"
    assert said.endswith(f"Calificación: {decided.score_text}. Mínimos: {minima}.")


def test_withdrawn_before_the_release_is_left_out(clock: FrozenClock, officer: Any) -> None:
    call, found = make.determined(clock, officer, marks=MARKS, budget=ONE_AWARD)
    services.withdraw_application(found[0], "No puedo viajar.")
    services.withdraw_application(found[2], "")
    with make.nobody_listens():
        services.release_determinations(call)
    award = queries.award_of(found[0])
    assert award is not None
    assert award.state is AwardState.DECLINED
    assert [item.application_id for item in queries.determinations_of(call)] == [found[1].id]
    assert found[0].state is ApplicationState.WITHDRAWN
    # What was received was received: the call's page, its results and its accounts say the same.
    assert call_queries.received([call]) == {call.id: len(found)}
    figures = figure_queries.process_figures(call)
    assert (figures.submitted, figures.withdrawn) == (len(found), 2)


def test_database_keeps_what_was_released(clock: FrozenClock, officer: Any) -> None:
    make.released(clock, officer, applications=1)
    session().commit()
    for statement in (
        "UPDATE determination SET outcome = 'not_selected', granted_cents = NULL",
        "UPDATE determination SET granted_cents = granted_cents + 1",
        "UPDATE determination SET state = 'pending', released_at = NULL",
        "DELETE FROM determination",
    ):
        with pytest.raises(DBAPIError):
            session().execute(text(statement))
        session().rollback()


# --- awards recorded by the treasury ---------------------------------------------------------------------------------


def test_award_is_what_was_decided_and_once(clock: FrozenClock, officer: Any) -> None:
    call, found = make.ranked(clock, officer, marks=MARKS, budget=ONE_AWARD)
    with pytest.raises(NotAwarded):
        services.record_award(found[0], ONE_AWARD)
    services.prepare_determinations(call)
    granted = queries.awaiting_award(call)[0].money
    assert granted is not None
    with pytest.raises(AwardOverDetermination):
        services.record_award(found[0], granted + Money(1, "MXN"))
    with pytest.raises(NotAwarded):
        services.record_award(found[1], granted)
    award = services.record_award(found[0], granted)
    assert services.record_award(found[0], granted) is award
    with pytest.raises(AwardDiffers):
        services.record_award(found[0], granted - Money(1, "MXN"))
    assert (award.state, award.committed_at) == (AwardState.COMMITTED, now())
    assert len(session().scalars(select(Award)).all()) == 1


def test_waiting_list_moves_up_after_a_decline(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    award = queries.award_of(found[0])
    assert award is not None
    with make.nobody_listens():
        services.decline_award(award, reason="No puedo viajar.")
    assert [item.application_id for item in queries.waiting_list(call)] == [found[1].id]
    with pytest.raises(AwardOverDetermination):
        services.record_award(found[1], found[1].requested + Money(1, "MXN"))
    services.record_award(found[1], found[1].requested)
    session().flush()
    assert found[1].state is ApplicationState.AWARDED
    assert queries.waiting_list(call) == []
    assert [letter.kind for letter in queries.letters_of(found[1])] == ["determination", "promotion"]
    assert [row.name for row in queries.public_awards(call)] == [found[1].applicant.name]


# --- appeals ---------------------------------------------------------------------------------------------------------


def test_window_is_whole_days_without_the_first() -> None:
    from datetime import UTC, date, datetime

    assert appeal_rules.last_day(date(2026, 12, 29), 5) == date(2027, 1, 3)
    opens, closes = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 6, 5, 59, 59, tzinfo=UTC)
    asked = {
        opens - timedelta(microseconds=1): False,
        opens: True,
        closes: True,
        closes + timedelta(microseconds=999_999): True,
        closes + timedelta(seconds=1): False,
    }
    assert {at: appeal_rules.is_open(at, released_at=opens, closes_at=closes) for at in asked} == asked


def test_appeal_is_taken_until_the_last_second(clock: FrozenClock, officer: Any) -> None:
    _call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    window = appeal_queries.appeal_window(found[2])
    assert window is not None
    clock.set(window.closes_at + timedelta(seconds=1))
    with pytest.raises(AppealWindowClosed):
        services.file_appeal(found[2], text="No estoy de acuerdo.")
    clock.set(window.closes_at)
    with pytest.raises(ReasonMissing):
        services.file_appeal(found[2], text="  ")
    appeal = services.file_appeal(found[2], text="No estoy de acuerdo.")
    assert (appeal.state, appeal.filed_at) == (AppealState.FILED, window.closes_at)
    with pytest.raises(AppealAlreadyFiled):
        services.file_appeal(found[2], text="Otra vez.")


def test_nobody_appeals_before_the_release(clock: FrozenClock, officer: Any) -> None:
    _call, found = make.determined(clock, officer, marks=MARKS, budget=ONE_AWARD)
    with pytest.raises(AppealWindowClosed):
        services.file_appeal(found[2], text="Sé algo.")


def test_appeal_is_decided_by_somebody_else_with_reasons(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    other, third = make_user(Role.PROGRAMME_OFFICER), make_user(Role.PROGRAMME_OFFICER)
    appeal = services.file_appeal(found[2], text="Se contó mal.")
    session().commit()
    words = {"reason": "Se contó mal una evaluación.", "public_summary": "Se corrigió una suma."}
    with acting_as(make.officer_actor(officer)), pytest.raises(AppealPanelTainted):
        services.admit_appeal(appeal)
    with pytest.raises(AppealPanelTainted):
        services.admit_appeal(appeal)
    with acting_as(make.officer_actor(other)):
        with pytest.raises(IllegalTransition):
            services.resolve_appeal(appeal, upheld=True, **words)
        services.admit_appeal(appeal)
        with pytest.raises(IllegalTransition):
            services.refuse_appeal(appeal, **words)
        for upheld in (True, False):
            with pytest.raises(AppealAdmittedByYou):
                services.resolve_appeal(appeal, upheld=upheld, **words)
    with acting_as(make.officer_actor(third)):
        with pytest.raises(ReasonMissing):
            services.resolve_appeal(appeal, upheld=True, reason="x", public_summary=" ")
        services.resolve_appeal(appeal, upheld=True, **words)
        with pytest.raises(IllegalTransition):
            services.resolve_appeal(appeal, upheld=False, **words)
    session().flush()
    assert queries.letters_of(found[2])[-1].paragraphs[1:3] == [
        "Su inconformidad es procedente.",
        "Motivo: Se contó mal una evaluación.",
    ]
    figures = figure_queries.process_figures(call)
    assert (figures.appeals_filed, figures.appeals_upheld) == (1, 1)
    with pytest.raises(NotAwarded):  # being right is a review by others, not money
        services.record_award(found[2], found[2].requested)
    assert found[2].state is ApplicationState.ELIGIBLE


def listed(standing: AppealStanding) -> list[Appeal]:
    return list(session().scalars(appeal_queries.appeals(standing)))


def test_an_appeal_that_is_not_heard_ends_with_its_reasons(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    appeal = services.file_appeal(found[2], text="Quiero otra oportunidad.")
    assert [one for one in AppealStanding if listed(one)] == [AppealStanding.FILED]
    words = {"reason": "No dice qué está mal.", "public_summary": "No señala un error."}
    with acting_as(make.officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        with pytest.raises(ReasonMissing):
            services.refuse_appeal(appeal, reason="No.", public_summary="")
        services.refuse_appeal(appeal, **words)
        with pytest.raises(IllegalTransition):
            services.admit_appeal(appeal)
    assert (appeal.stands, appeal.state) == (AppealStanding.INADMISSIBLE, AppealState.DISMISSED)
    assert [one for one in AppealStanding if listed(one)] == [AppealStanding.INADMISSIBLE]
    assert queries.letters_of(found[2])[-1].paragraphs[1:3] == [
        "Su inconformidad no se admite.",
        "Motivo: No dice qué está mal.",
    ]
    assert found[2].state is ApplicationState.NOT_SELECTED
    assert figure_queries.process_figures(call).appeals_filed == 1


def test_call_is_final_after_the_window_and_the_last_appeal(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    other = make_user(Role.PROGRAMME_OFFICER)
    services.file_appeal(found[2], text="Se contó mal.")
    with pytest.raises(AppealsOpen):
        services.conclude_call(call)
    window = appeal_queries.appeal_window(found[2])
    assert window is not None
    with acting_as(make.officer_actor(other)):
        appeal = session().scalars(select(Appeal)).one()
        with pytest.raises(AppealsOpen):
            services.conclude_call(call)
        services.admit_appeal(appeal)
    with acting_as(make.officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        with pytest.raises(AppealsOpen):
            services.conclude_call(call)
        services.resolve_appeal(appeal, upheld=False, reason="Está bien contado.", public_summary="Sin cambio.")
    clock.set(window.closes_at + timedelta(milliseconds=999))  # within the last second somebody may still appeal
    with pytest.raises(AppealsOpen):
        services.conclude_call(call)
    clock.set(window.closes_at + timedelta(seconds=1))
    assert services.conclude_call(call).state is CallState.FINAL


# --- figures ---------------------------------------------------------------------------------------------------------


def test_process_figures_count_what_happened(clock: FrozenClock, officer: Any) -> None:
    call, _found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    figures = figure_queries.process_figures(call)
    awarded = session().scalars(select(Award)).one()
    assert (figures.submitted, figures.eligible, figures.ineligible, figures.withdrawn) == (3, 3, 0, 0)
    assert (figures.awarded, figures.waitlisted, figures.not_selected) == (1, 1, 1)
    assert (figures.first_timers, figures.women, figures.awarded_amount) == (3, 3, awarded.money)
    assert figures.median_days_to_decision == 31.5


def test_public_list_says_nothing_of_the_others(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    rows = queries.public_awards(call)
    assert [(row.name, row.title) for row in rows] == [(found[0].applicant.name, found[0].title)]


def test_lists_take_the_same_queries_for_one_and_for_many(clock: FrozenClock, officer: Any, count_queries: Any) -> None:
    counts = []
    for number in (1, 3):
        call, _found = make.ranked(clock, officer, applications=number)
        services.prepare_determinations(call)
        session().commit()
        session().expire_all()
        with count_queries() as sent:
            for item in session().scalars(queries.determination_listing(call, list(Outcome))):
                assert item.application.applicant.name
            queries.awaiting_award(call)
            queries.outcome_counts(call)
        counts.append(len(sent))
    assert counts[0] == counts[1]
