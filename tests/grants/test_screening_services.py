"""Verdicts, cures and blinded dossiers, one by one and in bulk."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from core.audit import AuditEvent
from core.clock import FrozenClock, end_of_day, now, today
from core.context import acting_as
from core.database import session
from core.errors import IllegalTransition
from core.roles import Role
from grants import services
from grants.errors.awards import (
    CureClosed,
    CureRunning,
    CureUsed,
    NotAReviewer,
    ReasonMissing,
)
from grants.models import Application, CoApplicant, CureRequest, Screening
from grants.queries import determinations as application_queries
from grants.queries import queue as list_queries
from grants.services import screening
from grants.services.screening import evaluate
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.screening import CureState, ScreeningVerdict
from scoring import queries as scoring_queries
from scoring.models import ConflictDeclaration, Dossier, PanelSeat
from tests.factories import awards as make
from tests.factories.accounts import make_organisation, make_user
from tests.factories.grants import make_open_call
from tests.factories.meanwhile import Withdrawal

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


# --- screening -------------------------------------------------------------------------------------------------------


def test_nobody_is_screened_while_the_call_is_open(clock: FrozenClock) -> None:
    application = make.apply(make_open_call())
    with pytest.raises(IllegalTransition):
        services.screen_application(application, verdict=ScreeningVerdict.ELIGIBLE)


def test_verdict_keeps_the_reason_of_each_rule(clock: FrozenClock, officer: Any) -> None:
    call, (application,) = make.closed_call(clock, applications=1)
    with acting_as(make.officer_actor(officer)):
        screening = services.screen_application(application, verdict=ScreeningVerdict.ELIGIBLE)
    assert application.state is ApplicationState.ELIGIBLE
    assert call.state is CallState.SCREENING
    assert screening.decided_by_id == officer.id
    assert {reason["passed"] for reason in screening.reasons} == {True}
    assert [reason["rule"] for reason in screening.reasons] == [rule["id"] for rule in call.eligibility["rules"]]
    event = session().scalars(select(AuditEvent).where(AuditEvent.action == "application.screened")).one()
    assert (event.actor_id, event.before, event.after) == (officer.id, {"state": "submitted"}, {"state": "eligible"})


def test_refusal_needs_words(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    with pytest.raises(ReasonMissing):
        services.screen_application(application, verdict=ScreeningVerdict.INELIGIBLE, note="  ")
    assert application.state is ApplicationState.SUBMITTED


def test_a_verdict_is_not_given_twice(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    services.screen_application(application, verdict=ScreeningVerdict.INELIGIBLE, note="Vive fuera.")
    with pytest.raises(IllegalTransition):
        services.screen_application(application, verdict=ScreeningVerdict.ELIGIBLE)


def test_verdicts_are_append_only_in_the_database(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    services.screen_application(application, verdict=ScreeningVerdict.ELIGIBLE)
    with pytest.raises(DBAPIError):
        session().execute(text("UPDATE screening SET verdict = 'ineligible', note = 'x'"))
    session().rollback()


def test_bulk_decides_what_the_rules_decide(clock: FrozenClock) -> None:
    call = make_open_call()
    fine = make.apply(call, name="Una Persona Bien")
    failing = make.apply(call, name="Otra Persona Mal")
    failing.answers = {**failing.answers, "previous_award": "yes"}
    unknown = make.apply(call, name="Tercera Persona Duda")
    unknown.answers = {**unknown.answers, "adult": None}
    make.close(call, clock)
    seen: list[tuple[int, int]] = []
    tally = services.screen_applications(call, progress=lambda done, total: seen.append((done, total)))
    assert (tally.eligible, tally.ineligible, tally.waiting) == (1, 0, 2)
    assert seen == [(3, 3)]
    tally = services.screen_applications(call, refuse_failing=True)
    assert (tally.eligible, tally.ineligible, tally.waiting) == (0, 1, 1)
    assert [a.state.value for a in (fine, failing, unknown)] == ["eligible", "ineligible", "submitted"]
    assert len(session().scalars(select(Screening).where(Screening.application_id == failing.id)).one().note) > 10


@pytest.mark.only_on("postgresql")
def test_who_withdraws_in_the_middle_of_it_stops_nobody(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, found = make.closed_call(clock, applications=2)
    session().commit()
    withdrawal = Withdrawal(app, found[1])

    def judged_meanwhile(*told: Any) -> Any:
        withdrawal.begin()
        return evaluate(*told)

    monkeypatch.setattr(screening, "evaluate", judged_meanwhile)
    services.screen_applications(call)
    session().commit()
    withdrawal.thread.join(10)
    session().expire_all()
    assert [one.state for one in found] == [ApplicationState.ELIGIBLE, ApplicationState.WITHDRAWN]


def test_bulk_sends_no_more_selects_for_more_applications(clock: FrozenClock, count_queries: Any) -> None:
    counts = []
    for number in (1, 4):
        call, _found = make.closed_call(clock, applications=number)
        session().commit()
        with count_queries() as sent:
            services.screen_applications(call)
        counts.append(sum(statement.lstrip().startswith("SELECT") for statement in sent))
    assert counts[0] == counts[1]


def test_cure_is_answered_to_the_second_and_once(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    cure = services.request_cure(application, what="Falta la carta.", days=3)
    assert application.state.value == "in_cure"
    assert cure.due_at == end_of_day(today() + timedelta(days=3))
    clock.set(cure.due_at + timedelta(seconds=1))
    with pytest.raises(CureClosed):
        services.answer_cure(cure, text="Aquí está.")
    clock.set(cure.due_at)
    services.answer_cure(cure, text="Aquí está.")
    assert (cure.state, cure.answered_at) == (CureState.ANSWERED, now())
    with pytest.raises(CureClosed):
        services.answer_cure(cure, text="Otra.")
    with pytest.raises(CureUsed):
        services.request_cure(application, what="Otra cosa.")
    services.screen_application(application, verdict=ScreeningVerdict.ELIGIBLE)
    assert application.state is ApplicationState.ELIGIBLE


def test_nobody_is_refused_while_there_is_time_to_answer(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    cure = services.request_cure(application, what="Falta la carta.", days=3)
    clock.set(cure.due_at)
    with pytest.raises(CureRunning):
        services.screen_application(application, verdict=ScreeningVerdict.INELIGIBLE, note="No llegó la carta.")
    clock.advance(seconds=1)
    services.screen_application(application, verdict=ScreeningVerdict.INELIGIBLE, note="No llegó la carta.")
    assert application.state is ApplicationState.INELIGIBLE
    assert cure.state is CureState.EXPIRED


def test_cure_is_asked_for_in_the_applicants_language(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    application.applicant.language = "en"
    services.request_cure(application, what="The letter is missing.", days=3)
    (letter,) = application_queries.letters_of(application)
    assert (letter.language, letter.subject) == (
        "en",
        f"Something is missing from your application {application.folio}",
    )


def test_second_answer_to_a_cure_finds_the_first(clock: FrozenClock) -> None:
    _call, (application,) = make.closed_call(clock, applications=1)
    cure = services.request_cure(application, what="Falta la carta.", days=3)
    first = update(CureRequest).values(state=CureState.ANSWERED, answer="La primera.", answered_at=now())
    session().execute(first, execution_options={"synchronize_session": False})  # as another request would
    with pytest.raises(CureClosed):
        services.answer_cure(cure, text="La segunda.")
    assert cure.answer == "La primera."


# --- conflicts -------------------------------------------------------------------------------------------------------


def test_conflicts_are_worked_out_and_handed_over_without_names(clock: FrozenClock, officer: Any) -> None:
    call, found = make.under_review(clock, officer, applications=3, reviewers=1)
    panel = scoring_queries.panel_of_call(call.slug)
    assert panel is not None
    first, second, third = found
    colleague = make_user(Role.REVIEWER, name="Uno Dos Tres")
    make_organisation(colleague, first.applicant)
    sibling = make_user(Role.REVIEWER, name="Otra " + " ".join(second.applicant.name.split()[-2:]))
    partner = make_user(Role.REVIEWER, name="Cuatro Cinco Seis", email="socia@example.org")
    session().add(CoApplicant(application_id=third.id, name="Socia", email="socia@example.org"))
    sponsor = make_user(Role.REVIEWER, name="Siete Ocho Nueve")
    giver = make_organisation(sponsor)
    stranger = make_user(Role.REVIEWER, name="Diez Once Doce")
    for person in (colleague, sibling, partner, sponsor, stranger):
        services.seat_reviewer_on(call, person)
    services.name_paying_organisations(call, [giver.id, giver.id])
    services.name_paying_organisations(call, [giver.id])
    pairs = services.hand_over_conflicts(call)
    codes = application_queries.applications_by_code(call)
    declared = session().execute(
        select(PanelSeat.reviewer_id, Dossier.code, ConflictDeclaration.kind)
        .join(PanelSeat, PanelSeat.id == ConflictDeclaration.seat_id)
        .join(Dossier, Dossier.id == ConflictDeclaration.dossier_id)
        .order_by(ConflictDeclaration.id)
    )
    rows = {(reviewer_id, codes[code].id, str(kind)) for reviewer_id, code, kind in declared}
    assert rows == {
        (colleague.id, first.id, "same_organisation"),
        (sibling.id, second.id, "same_household"),
        (partner.id, third.id, "earlier_collaboration"),
        *((sponsor.id, application.id, "sponsor_of_fund") for application in found),
    }
    assert pairs == 6
    assert services.hand_over_conflicts(call) == 6
    assert len(session().scalars(select(ConflictDeclaration)).all()) == 6


def test_seat_needs_the_role(clock: FrozenClock, officer: Any) -> None:
    call, _found = make.under_review(clock, officer, applications=1)
    with pytest.raises(NotAReviewer):
        services.seat_reviewer_on(call, make_user())


def test_queue_takes_the_same_queries_for_one_row_and_for_many(clock: FrozenClock, count_queries: Any) -> None:
    counts = []
    for number in (1, 4):
        call, _found = make.closed_call(clock, applications=number)
        session().commit()
        with count_queries() as sent:
            for application in session().scalars(list_queries.queue(call, list_queries.QueueFilter(order="-nombre"))):
                assert application.applicant.name
                assert application.organisation is None
        counts.append(len(sent))
        session().expire_all()
    assert counts == [1, 1]


def test_search_text_is_literal(clock: FrozenClock) -> None:
    call, found = make.closed_call(clock, applications=2)
    assert session().scalars(list_queries.queue(call, list_queries.QueueFilter(text="%"))).all() == []
    matches: list[Application] = list(
        session().scalars(list_queries.queue(call, list_queries.QueueFilter(text=found[1].folio or "")))
    )
    assert matches == [found[1]]
