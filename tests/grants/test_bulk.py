"""An officer does something to many applications: reads it first, does it, and takes it back within the window."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import User
from core.audit import events_of
from core.clock import FrozenClock, now
from core.context import SYSTEM, acting_as, set_actor
from core.database import db
from core.errors import IllegalTransition
from core.jobs import run_due
from core.roles import Role
from grants import services
from grants.errors.queue import ChangedMeanwhile, HasDossier, LetterSent, NothingChosen, OfficerUnknown, UndoWindowOver
from grants.models import Application, BulkAction, BulkRow, Call, CureRequest, Letter, Screening
from grants.queries import bulk as queries
from grants.queries.queue import QueueFilter, queue_page
from grants.services import bulk, bulk_undo
from grants.states.application import ApplicationState
from grants.states.bulk import BulkKind, BulkRowState, BulkState
from grants.states.screening import CureState, ScreeningVerdict
from tests.factories import awards as make
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import make_open_call
from tests.web.dom import parse, text_of

CURE = {"what": "Falta la carta firmada.", "days": 5}


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER, name="Olga Oficial")


def three(clock: FrozenClock) -> tuple[Call, list[Application]]:
    """A closed call with three applications; the second one breaks a rule."""
    call = make_open_call()
    found = [
        make.apply(call, name=make.NAMES[0]),
        make.apply(call, name=make.NAMES[1], answers={"adult": "no"}),
        make.apply(call, name=make.NAMES[2]),
    ]
    make.close(call, clock)
    return call, found


def prepared(officer: User, call: Call, kind: BulkKind, found: list[Application], **terms: Any) -> BulkAction:
    with acting_as(make.officer_actor(officer)):
        return bulk.prepare_bulk(call, kind, [application.id for application in found], terms)


def done(officer: User, call: Call, kind: BulkKind, found: list[Application], **terms: Any) -> BulkAction:
    action = prepared(officer, call, kind, found, **terms)
    with acting_as(make.officer_actor(officer)):
        bulk.start_bulk(action)
    return action


def outcome(action: BulkAction) -> list[tuple[BulkRowState, str | None]]:
    db.session.flush()
    rows = db.session.scalars(queries.rows_of(action)).all()
    return [(row.state, row.refusal["sentence"] if row.refusal else None) for row in rows]


def states(found: list[Application]) -> list[ApplicationState]:
    return [application.state for application in found]


PLANNED, REFUSED, DONE, KEPT, UNDONE = BulkRowState
ELIGIBLE, SUBMITTED, IN_CURE = ApplicationState.ELIGIBLE, ApplicationState.SUBMITTED, ApplicationState.IN_CURE


def test_the_preview_does_nothing_and_says_what_is_refused(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    action = prepared(officer, call, BulkKind.INELIGIBLE, found)
    refused = "Ninguna regla la rechaza: la decide una persona, con su razón."
    assert outcome(action) == [(REFUSED, refused), (PLANNED, None), (REFUSED, refused)]
    assert states(found) == [SUBMITTED] * 3
    assert action.state is BulkState.PREPARED


def test_a_verdict_is_given_and_taken_back_with_events_both_ways(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    action = done(officer, call, BulkKind.INELIGIBLE, found)
    assert states(found) == [SUBMITTED, ApplicationState.INELIGIBLE, SUBMITTED]
    verdict = db.session.scalars(select(Screening)).one()
    assert (verdict.verdict, verdict.decided_by_id) == (ScreeningVerdict.INELIGIBLE, officer.id)
    assert verdict.note == "Hay que tener 18 años cumplidos."
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)
    assert (action.state, outcome(action)[1]) == (BulkState.UNDONE, (UNDONE, None))
    assert states(found) == [SUBMITTED] * 3
    events = [(event.action, event.actor_id) for event in events_of("application", found[1].id)][-2:]
    assert events == [("application.screened", officer.id), ("application.screening_undone", officer.id)]
    assert queries.undone_screenings(found[1]) == {verdict.id}


def test_letters_wait_for_the_window_and_go_out_to_the_second_after_it(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    action = done(officer, call, BulkKind.CURE, found, **CURE)
    assert states(found) == [IN_CURE] * 3
    db.session.commit()
    assert action.undo_until == now() + timedelta(minutes=30)
    clock.advance(minutes=30, seconds=-1)
    run_due()
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    clock.advance(seconds=1)
    run_due()
    run_due()
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 3
    assert action.state is BulkState.SETTLED
    with pytest.raises(UndoWindowOver), acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)


def test_undone_requests_leave_no_letter_and_the_one_chance_intact(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    action = done(officer, call, BulkKind.CURE, found, **CURE)
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)
    db.session.commit()
    clock.advance(hours=1)
    run_due()
    assert states(found) == [SUBMITTED] * 3
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert db.session.scalar(select(func.count()).select_from(CureRequest)) == 0
    with acting_as(make.officer_actor(officer)):
        services.request_cure(found[0], what="Falta la carta.")
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 1


def test_what_somebody_else_decided_meanwhile_is_left_alone_and_the_others_go_on(
    clock: FrozenClock, officer: User
) -> None:
    call, found = three(clock)
    action = prepared(officer, call, BulkKind.ELIGIBLE, found)
    with acting_as(make.officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        services.request_cure(found[1], what="Falta la carta.")
    with acting_as(make.officer_actor(officer)):
        bulk.start_bulk(action)
    assert outcome(action) == [(DONE, None), (REFUSED, ChangedMeanwhile.sentence), (DONE, None)]
    assert states(found) == [ELIGIBLE, IN_CURE, ELIGIBLE]


def test_what_went_on_meanwhile_is_not_taken_back(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    action = done(officer, call, BulkKind.ELIGIBLE, found)
    services.withdraw_application(found[0], reason="Ya no puedo.")
    services.prepare_dossiers(call)
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)
    assert outcome(action) == [
        (KEPT, ChangedMeanwhile.sentence),
        (KEPT, HasDossier.sentence),
        (KEPT, HasDossier.sentence),
    ]
    assert states(found) == [ApplicationState.WITHDRAWN, ELIGIBLE, ELIGIBLE]


def test_held_letters_can_be_sent_at_once_and_then_stand(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    asked = done(officer, call, BulkKind.CURE, found[:2], **CURE)
    sent = done(officer, call, BulkKind.LETTERS, found[1:])
    assert outcome(sent) == [(DONE, None), (REFUSED, "No tiene ninguna carta retenida.")]
    assert sent.state is BulkState.SETTLED
    assert db.session.scalars(select(Letter.application_id)).all() == [found[1].id]
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(asked)
    assert outcome(asked) == [(UNDONE, None), (KEPT, LetterSent.sentence)]
    assert states(found[:2]) == [SUBMITTED, IN_CURE]


def test_an_expired_chance_to_cure_is_open_again_when_the_verdict_is_undone(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    with acting_as(make.officer_actor(officer)):
        cure = services.request_cure(found[1], what="Falta la carta.", days=1)
    clock.advance(days=3)
    action = done(officer, call, BulkKind.INELIGIBLE, found)
    assert cure.state is CureState.EXPIRED
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)
    assert (cure.state, found[1].state) == (CureState.OPEN, IN_CURE)


def test_whoever_attends_to_it_is_set_and_set_back(clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    other = make_user(Role.PROGRAMME_OFFICER, name="Otra Oficial")
    done(officer, call, BulkKind.ASSIGN, found[:1], officer_id=officer.id)
    action = done(officer, call, BulkKind.ASSIGN, found, officer_id=other.id)

    def attending() -> list[str | None]:
        return [row.officer for row in queue_page(call, QueueFilter(order="folio"), page=1).rows]

    assert attending() == ["Otra Oficial"] * len(found)
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)
    assert attending() == ["Olga Oficial", None, None]


def test_nobody_decides_or_attends_to_their_own_case(clock: FrozenClock, officer: User) -> None:
    call = make_open_call()
    mine = make.apply(call)
    make.close(call, clock)
    applicant = mine.applicant
    from accounts.services import grant_role  # local: only this test makes an officer of an applicant

    grant_role(applicant, Role.PROGRAMME_OFFICER)
    assert outcome(prepared(applicant, call, BulkKind.ELIGIBLE, [mine]))[0][0] is REFUSED
    theirs = prepared(officer, call, BulkKind.ASSIGN, [mine], officer_id=applicant.id)
    assert outcome(theirs) == [(REFUSED, "Esa persona participa en la solicitud y no puede atenderla.")]


def test_refused_whole_before_anything_is_written(clock: FrozenClock, officer: User) -> None:
    call = make_open_call()
    application = make.apply(call)
    with pytest.raises(IllegalTransition):
        prepared(officer, call, BulkKind.ELIGIBLE, [application])  # the call still takes applications
    with pytest.raises(OfficerUnknown):
        prepared(officer, call, BulkKind.ASSIGN, [application], officer_id=application.applicant_user_id)
    other = make.apply(make_open_call())
    with pytest.raises(NothingChosen):
        prepared(officer, call, BulkKind.ASSIGN, [other], officer_id=officer.id)  # of another call


def test_many_are_done_and_undone_in_the_background_by_name(
    clock: FrozenClock, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk_undo, "AT_ONCE", 2)
    call, found = three(clock)
    action = done(officer, call, BulkKind.ELIGIBLE, found)
    assert (action.state, states(found)) == (BulkState.RUNNING, [SUBMITTED] * 3)
    db.session.commit()
    run_due()
    assert (action.state, states(found)) == (BulkState.DONE, [ELIGIBLE] * 3)
    assert {verdict.decided_by_id for verdict in db.session.scalars(select(Screening))} == {officer.id}
    with acting_as(make.officer_actor(officer)):
        bulk_undo.undo_bulk(action)
    db.session.commit()
    run_due()
    assert (action.state, states(found)) == (BulkState.UNDONE, [SUBMITTED] * 3)


def test_reading_how_many_stand_asks_as_much_as_for_one(
    clock: FrozenClock, officer: User, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    call, found = three(clock)
    prepared(officer, call, BulkKind.INELIGIBLE, found)  # the call's own step is taken once
    with count_queries() as one:
        prepared(officer, call, BulkKind.INELIGIBLE, found[:1])
    with count_queries() as many:
        prepared(officer, call, BulkKind.INELIGIBLE, found)
    assert len(many) == len(one)


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def queue(client: FlaskClient, clock: FrozenClock, officer: User) -> tuple[Call, list[Application]]:
    made = three(clock)
    db.session.commit()
    sign_in_as(client, officer)
    return made


def test_an_officer_does_it_by_the_pages(client: FlaskClient, queue: tuple[Call, list[Application]]) -> None:
    call, found = queue
    page = f"/es/programa/{call.slug}/solicitudes"
    answer = client.post(f"{page}/lotes", data={"scope": "marcadas", "chosen": [str(found[0].id)], "kind": "eligible"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    preview = answer.location
    assert "Se hará con 1 solicitud." in text_of(parse(client.get(preview).get_data()))
    assert db.session.get_one(Application, found[0].id, populate_existing=True).state is SUBMITTED
    for _click in range(2):  # a double click
        assert client.post(f"{preview}/hacer").status_code == 303
    assert "Se puede deshacer hasta" in text_of(parse(client.get(preview).get_data()))
    assert db.session.get_one(Application, found[0].id, populate_existing=True).state is ELIGIBLE
    for _click in range(2):
        assert client.post(f"{preview}/deshacer").status_code == 303
    assert db.session.get_one(Application, found[0].id, populate_existing=True).state is SUBMITTED


def test_all_of_the_filter_are_taken_also_from_other_pages(
    client: FlaskClient, queue: tuple[Call, list[Application]], officer: User
) -> None:
    call, found = queue
    page = f"/es/programa/{call.slug}/solicitudes"
    address = f"{page}/lotes?q=Juana"
    answer = client.post(address, data={"scope": "todas", "kind": "assign", "officer": str(officer.id)})
    assert answer.status_code == 303
    assert db.session.scalars(select(BulkRow.application_id)).all() == [found[0].id]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scope": "marcadas", "kind": "eligible"}, "Marca al menos una solicitud"),
        ({"scope": "todas"}, "Elige qué hacer."),
        ({"scope": "todas", "kind": "hack"}, "Elige qué hacer."),
        ({"scope": "todas", "kind": "assign"}, "Elige a una persona del equipo"),
        ({"scope": "todas", "kind": "assign", "officer": "999999999"}, "Elige a una persona del equipo"),
        ({"scope": "todas", "kind": "cure", "what": " "}, "Escribe la razón."),
        ({"scope": "todas", "kind": "cure", "what": "x", "days": "900"}, "Entre 1 y 60 días."),
        ({"scope": "marcadas", "chosen": "٣", "kind": "eligible"}, "Marca al menos una solicitud"),
        ({"scope": "marcadas", "chosen": "77777", "kind": "eligible"}, "Marca al menos una solicitud"),
    ],
)
def test_what_is_missing_is_said_at_its_place(
    client: FlaskClient, queue: tuple[Call, list[Application]], fields: dict[str, str], said: str
) -> None:
    page = f"/es/programa/{queue[0].slug}/solicitudes"
    answer = client.post(f"{page}/lotes", data=fields)
    assert answer.status_code == 422
    assert said in text_of(parse(answer.get_data()))
    assert db.session.scalar(select(func.count()).select_from(BulkAction)) == 0


def test_an_auditor_reads_and_cannot_do(
    client: FlaskClient, queue: tuple[Call, list[Application]], officer: User
) -> None:
    call, found = queue
    action = prepared(officer, call, BulkKind.ELIGIBLE, found)
    db.session.commit()
    sign_in_as(client, make_user(Role.AUDITOR))
    assert client.get(f"/es/programa/lotes/{action.id}").status_code == 200
    assert client.post(f"/es/programa/lotes/{action.id}/hacer").status_code in (400, 403)
    assert client.get("/es/programa/lotes/999999").status_code == 404


def test_two_who_confirm_and_undo_at_the_same_moment_do_it_once(app: Flask, clock: FrozenClock, officer: User) -> None:
    call, found = three(clock)
    action = prepared(officer, call, BulkKind.ELIGIBLE, found)
    db.session.commit()
    number = action.id
    answers: list[int] = []
    clients = [app.test_client() for _person in range(4)]
    for one in clients:
        sign_in_as(one, officer)
    for address in ("hacer", "deshacer"):
        together = threading.Barrier(len(clients))

        def click(one: FlaskClient, address: str = address, together: Any = together) -> None:
            set_actor(SYSTEM)
            together.wait()
            answers.append(one.post(f"/es/programa/lotes/{number}/{address}").status_code)

        threads = [threading.Thread(target=click, args=(one,)) for one in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [303] * 8
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Screening)) == 3
    assert states(found) == [SUBMITTED] * 3
