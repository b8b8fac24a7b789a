"""Verdicts, cures and blinded dossiers, one by one and in bulk."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.audit import AuditEvent
from core.clock import FrozenClock, end_of_day, now, today
from core.context import SYSTEM, acting_as
from core.database import session
from core.errors import Forbidden, IllegalTransition
from core.files import StoredFile, read
from core.roles import Role
from grants import services
from grants.errors.awards import (
    CureClosed,
    CureRunning,
    CureUsed,
    DossierLocked,
    FindingNotText,
    FindingsOpen,
    FindingUnknown,
    NoPanel,
    NotAReviewer,
    PassageNotFound,
    ReasonMissing,
)
from grants.models import Application, BlindClearing, CoApplicant, CureRequest, Screening
from grants.queries import determinations as application_queries
from grants.queries import dossiers as dossier_queries
from grants.queries import queue as list_queries
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.screening import ClearingState, CureState, ScreeningVerdict
from scoring import queries as scoring_queries
from scoring.models import ConflictDeclaration, Dossier, PanelSeat
from tests.factories import awards as make
from tests.factories.accounts import make_organisation, make_user
from tests.factories.grants import make_draft_application, make_open_call

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


def one_dossier(clock: FrozenClock, **more: Any) -> BlindClearing:
    call = make_open_call()
    make.apply(call, **more)
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    return session().scalars(select(BlindClearing)).one()


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


# --- blinding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "portfolio", "where"),
    [
        ({"title": "La gira de Tzompantzi"}, None, "title"),
        ({"summary": "Con la maestra xochitl."}, None, "summary"),
        ({"purpose": "Escríbeme a x.tz@correo.mx"}, None, "sections.0.fields.0"),
        ({"benefit": "Vuelve el taller de tzompantzi."}, None, "sections.0.fields.1"),
        ({}, ("Obra de Xóchitl",), "files.0.pages.1"),
        ({}, ("Sígueme: @xochitl",), "files.0.pages.1"),
    ],
)
def test_trace_planted_in_any_channel_holds_the_dossier_back(
    clock: FrozenClock, officer: Any, answers: dict[str, str], portfolio: tuple[str, ...] | None, where: str
) -> None:
    clearing = one_dossier(
        clock,
        name="Xóchitl Tzompantzi Ruelas",
        answers=answers,
        portfolio=make.written_pdf(*portfolio, author="Xóchitl Tzompantzi") if portfolio else None,
    )
    assert [trace["where"] for trace in clearing.findings] == [where]
    with acting_as(make.officer_actor(officer)):
        assert services.clear_clean_dossiers(clearing.call) == 0
        with pytest.raises(FindingsOpen):
            services.clear_dossier(clearing)
        services.open_review(clearing.call, review_opens_at=now(), review_closes_at=now() + timedelta(days=9))
        assert services.hand_over_dossiers(clearing.call) == 0
    assert session().scalars(select(Dossier)).all() == []


def test_trace_planted_in_the_journey_holds_the_dossier_back(clock: FrozenClock) -> None:
    call = make_open_call()
    application = make.apply(call, name="Xóchitl Tzompantzi Ruelas")
    application.itinerary = [{**application.itinerary[0], "city": "Casa Tzompantzi", "host": "Madame Lenoir"}]
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    (clearing,) = session().scalars(select(BlindClearing)).all()
    assert [trace["matched"] for trace in clearing.findings] == ["Tzompantzi"]
    assert "Lenoir" not in str(clearing.content)
    services.redact_finding(clearing, 0)
    assert "Tzompantzi" not in str(clearing.content)
    assert clearing.open_findings == 0


def test_companions_and_colleagues_are_searched_for_too(clock: FrozenClock) -> None:
    call = make_open_call()
    colleague = make_user(name="Bernabé Cuauhtli Oropeza")
    applicant = make_user(name="Rosaura Ixchel Domínguez")
    body = make_organisation(applicant, colleague, name="Danza Tepozán A.C.")
    application = make_draft_application(
        call,
        applicant,
        kind="organisation",
        organisation=body,
        answers={
            "public_name": "Tepozán Danza",
            "members": "Eulalia Citlalmina, luces\nRosaura, dirección",
            "purpose": "Bernabé, Eulalia, Hermenegildo y tepozán.",
        },
    )
    session().add(CoApplicant(application_id=application.id, name="Hermenegildo Pasos Uc", email="h@x.test"))
    services.submit_application(application)
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    (clearing,) = session().scalars(select(BlindClearing)).all()
    assert [trace["matched"] for trace in clearing.findings] == ["Bernabé", "Eulalia", "Hermenegildo", "tepozán"]


def test_file_goes_over_regenerated_and_renamed(clock: FrozenClock, officer: Any) -> None:
    portfolio = make.written_pdf("Registro de obra", author="Xóchitl Tzompantzi")
    clearing = one_dossier(clock, name="Xóchitl Tzompantzi Ruelas", portfolio=portfolio)
    assert clearing.open_findings == 0
    with acting_as(make.officer_actor(officer)):
        services.clear_dossier(clearing)
        services.open_review(clearing.call, review_opens_at=now(), review_closes_at=now() + timedelta(days=9))
        services.hand_over_dossiers(clearing.call)
    dossier = session().scalars(select(Dossier)).one()
    (attached,) = dossier.files
    stored = session().get_one(StoredFile, attached.stored_file_id)
    assert (attached.label, stored.original_name) == ("Anexo 1", "anexo-1.pdf")
    assert "tzompantzi" not in f"{stored.key}{dossier.content}{dossier.code}".casefold()
    assert b"Tzompantzi" not in read(stored)
    assert b"X\xf3chitl" not in read(stored)
    application = clearing.application
    assert application.folio is not None
    assert application.folio not in str(dossier.content) + dossier.code
    assert application.state is ApplicationState.IN_REVIEW


def test_only_blind_safe_files_are_looked_at(clock: FrozenClock) -> None:
    assert one_dossier(clock).files == []  # the letter of invitation is identifying


def test_picture_waits_for_eyes(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock, portfolio=make.written_pdf(" "))
    assert [trace["kind"] for trace in clearing.findings] == ["unreadable"]
    with acting_as(make.officer_actor(officer)), pytest.raises(FindingNotText):
        services.redact_finding(clearing, 0)
    services.dismiss_finding(clearing, 0, reason="Es una página en blanco.")
    with acting_as(make.officer_actor(officer)):
        assert services.clear_dossier(clearing).state is ClearingState.CLEARED


def test_redacting_blacks_out_and_searches_again(clock: FrozenClock) -> None:
    clearing = one_dossier(
        clock, name="Xóchitl Tzompantzi Ruelas", answers={"purpose": "Yo, Xóchitl, con Ruelas padre."}
    )
    services.dismiss_finding(clearing, 1, reason="Es el apellido de un autor citado.")
    services.redact_finding(clearing, 0)
    assert [(t["matched"], t["dismissed"]) for t in clearing.findings] == [
        ("Ruelas", "Es el apellido de un autor citado.")
    ]
    assert "Yo, █████, con Ruelas padre." in str(clearing.content)
    assert clearing.open_findings == 0
    with pytest.raises(FindingUnknown):
        services.redact_finding(clearing, 0)


def test_a_passage_that_stands_nowhere_is_not_said_to_be_blacked_out(clock: FrozenClock) -> None:
    clearing = one_dossier(clock)
    before = clearing.content
    with pytest.raises(PassageNotFound):
        services.redact_passage(clearing, "Nadie escribió esto")
    assert clearing.content == before


def test_dossier_is_cleared_by_a_person_never_by_a_program(clock: FrozenClock) -> None:
    clearing = one_dossier(clock)
    with acting_as(SYSTEM), pytest.raises(Forbidden):
        services.clear_dossier(clearing)
    session().rollback()


def test_database_refuses_a_cleared_dossier_with_findings(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock, answers={"summary": "Soy Juana."})
    clearing.state, clearing.cleared_at, clearing.cleared_by_id = ClearingState.CLEARED, now(), officer.id
    with pytest.raises(IntegrityError):
        session().flush()
    session().rollback()


def test_cleared_dossier_is_locked(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock)
    with acting_as(make.officer_actor(officer)):
        services.clear_dossier(clearing)
    for act in (
        lambda: services.redact_passage(clearing, "puerto"),
        lambda: services.exclude_file(clearing, 0, reason="x"),
        lambda: services.clear_dossier(clearing),
    ):
        with pytest.raises(DossierLocked):
            act()


def test_preparing_twice_adds_nothing(clock: FrozenClock) -> None:
    clearing = one_dossier(clock)
    tally = services.prepare_dossiers(clearing.call)
    assert (tally.prepared, tally.with_findings) == (0, 0)


def test_preparing_sends_no_more_selects_for_more_applications(clock: FrozenClock, count_queries: Any) -> None:
    counts = []
    for number in (1, 4):
        call, _found = make.closed_call(clock, applications=number)
        services.screen_applications(call)
        session().commit()
        with count_queries() as sent:
            services.prepare_dossiers(call)
        counts.append(sum(statement.lstrip().startswith("SELECT") for statement in sent))
    assert counts[0] == counts[1]


def test_nothing_is_handed_over_without_a_committee(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock)
    with acting_as(make.officer_actor(officer)):
        services.clear_dossier(clearing)
        with pytest.raises(NoPanel):
            services.hand_over_dossiers(clearing.call)


def test_codes_do_not_follow_the_order_of_folios(clock: FrozenClock, officer: Any) -> None:
    call, found = make.under_review(clock, officer, applications=8, reviewers=3)
    by_code = {clearing.dossier_code: clearing.application_id for clearing in session().scalars(select(BlindClearing))}
    numbers = [by_code[dossier.code] for dossier in session().scalars(select(Dossier).order_by(Dossier.id))]
    assert sorted(numbers) == [application.id for application in found]
    assert numbers != sorted(numbers)  # one chance in 40,320 of failing
    assert call.state is CallState.REVIEW


def test_withdrawn_application_leaves_the_review(clock: FrozenClock, officer: Any) -> None:
    _call, found = make.under_review(clock, officer, applications=2)
    code = dossier_queries.clearing_of(found[0])
    assert code is not None
    services.withdraw_application(found[0], "Cambió mi viaje.")
    dossier = scoring_queries.dossier_by_code(str(code.dossier_code))
    assert dossier is not None
    assert dossier.withdrawn_at == now()
    assert "Cambió" not in str(dossier.withdrawn_reason)
    assert code.state is ClearingState.WITHDRAWN


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
