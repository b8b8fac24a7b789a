"""What has had its time is destroyed by itself, provably, and nothing that somebody still needs goes with it."""

import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, now, today
from core.context import acting_as, set_writing
from core.database import db
from core.files import StoredFile, is_gone
from core.jobs import Job, JobState, run_due
from core.money import Money
from core.roles import Role
from grants import services
from grants.errors.awards import ReasonMissing
from grants.errors.retention import CallHeld
from grants.models import (
    Application,
    ApplicationVersion,
    Attachment,
    Call,
    CoApplicant,
    CureRequest,
    Destruction,
    Letter,
    Screening,
)
from grants.rules.retention import RetentionRule, read_schedule
from grants.services import retention
from grants.services.destruction_proof import prove
from grants.services.forgetting import NIGHTLY
from grants.states.application import ApplicationState
from grants.states.call import CallState
from mail.models import OutboxMessage
from mail.services import FORGOTTEN
from tests.factories import awards as make
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import make_draft_application, make_open_call
from tests.web.dom import parse, text_of

SECRET = "Enseñar a construir jaranas"
MARKS = [(5, 5, 5, 5), (4, 4, 4, 4), (1, 1, 1, 1)]
ONE_AWARD = Money(4_500_000, "MXN")  # enough for one journey, not for two


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def over(clock: FrozenClock, officer: User) -> tuple[Call, list[Application]]:
    """A cancelled call: one application was sent and asked to cure, one was sent with a companion, one never sent."""
    call = make_open_call()
    sent, group = make.apply(call), make.apply(call, kind="collective")
    draft = make_draft_application(call, make_user())
    services.invite_companion(group, name="Pedro Compañero", email="pedro@example.org")
    make.close(call, clock)
    with acting_as(make.officer_actor(officer)):
        services.request_cure(sent, what="Falta la carta de Juana Inés.")
        services.cancel_call(call, "No hubo presupuesto.")
    db.session.commit()
    run_due()
    return call, [sent, group, draft]


def gone(of: type, **where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(of).filter_by(**where)) or 0


@pytest.mark.parametrize(
    ("event_on", "months", "due_on"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-10", 24, "2028-03-10"),
    ],
)
def test_months_are_calendar_months(event_on: str, months: int, due_on: str) -> None:
    rule = RetentionRule("x", frozenset(), "call_final", months, True, {}, {})
    assert rule.due_on(date.fromisoformat(event_on)) == date.fromisoformat(due_on)


def test_the_schedule_is_the_deployment_s_and_leaves_no_state_out(session: Session) -> None:
    rules = retention.schedule()
    assert sorted(state for rule in rules for state in rule.covers) == sorted(ApplicationState)
    assert [rule.destroys for rule in rules] == [True, True, False, True]
    line = {"id": "x", "covers": ["draft"], "event": "call_final", "months": 1, "what": {}, "basis": {}}
    for wrong in ({"event": "x"}, {"months": 0}, {"covers": ["x"]}):
        with pytest.raises(ValueError, match=r".+"):
            read_schedule([{**line, **wrong}])
    with pytest.raises(ValueError, match="two lines"):
        read_schedule([line, {**line, "id": "y"}])


def test_destroyed_by_itself_on_its_day_and_not_the_night_before(
    clock: FrozenClock, over: tuple[Call, list[Application]]
) -> None:
    call, (sent, group, draft) = over
    assert call.closes_at is not None
    files = list(db.session.scalars(select(StoredFile).order_by(StoredFile.id)))
    assert files
    cancelled = today()
    for one in retention.what_is_due():
        assert one.due_on == one.rule.due_on(cancelled - timedelta(days=1) if one.rule.id == "unsent" else cancelled)
    last_day = retention.what_is_due()[-1].due_on - timedelta(days=1)
    clock.advance(days=(last_day - today()).days)
    run_due()
    run_due()
    assert [row.application_id for row in db.session.scalars(select(Destruction))] == [draft.id]
    assert sent.answers["purpose"].startswith(SECRET)
    clock.advance(days=2)
    run_due()
    run_due()
    assert gone(Destruction) == 3
    assert {is_gone(stored) for stored in files} == {True}
    everything = "".join(
        str(row)
        for table in db.metadata.sorted_tables
        if table.name not in ("user_account", "consultation_comment")
        for row in db.session.execute(select(table).order_by(*table.primary_key)).all()
    )
    for word in (
        SECRET,
        "Pedro Compañero",
        "pedro@example.org",
        "Falta la carta de Juana Inés",
        "carta.pdf",
        "Marsella",
    ):
        assert word not in everything
    assert db.session.scalars(select(ApplicationVersion.content)).all() == ["", ""]
    for of in (Attachment, CoApplicant, CureRequest, Letter):
        assert gone(of) == 0
    assert all(application.applicant.is_nobody for application in (sent, group, draft))
    assert len({application.applicant_user_id for application in (sent, group, draft)}) == 3
    assert sent.folio is not None
    assert gone(OutboxMessage, to=FORGOTTEN) >= 2
    assert {proof.holds for proof in prove(list(db.session.scalars(select(Destruction))))} == {True}


def test_done_twice_it_destroys_once_and_asks_for_no_further_night(
    clock: FrozenClock, over: tuple[Call, list[Application]]
) -> None:
    clock.advance(days=800)
    assert retention.destroy_due() == 3
    assert retention.destroy_due() == 0
    db.session.commit()
    for _night in range(3):
        run_due()
        clock.advance(days=1)
    waiting = select(func.count()).where(Job.kind == NIGHTLY, Job.state == JobState.QUEUED)
    assert db.session.scalar(waiting) == 0


def test_a_hold_and_an_open_appeal_stop_it_and_lifting_lets_it_go_on(
    clock: FrozenClock, over: tuple[Call, list[Application]], officer: User
) -> None:
    call, _found = over
    with pytest.raises(ReasonMissing):
        retention.hold_call(call, " ")
    hold = retention.hold_call(call, "Auditoría 2026-3.")
    with pytest.raises(CallHeld):
        retention.hold_call(call, "Otra vez.")
    clock.advance(days=800)
    assert retention.destroy_due() == 0
    with pytest.raises(ReasonMissing):
        retention.lift_hold(hold, "")
    retention.lift_hold(hold, "Terminó.")
    assert retention.destroy_due() == 3


def test_nobody_is_told_it_is_held_while_it_is_being_destroyed(
    app: Flask, clock: FrozenClock, over: tuple[Call, list[Application]], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, _found = over
    number, person, placed = call.id, make.officer_actor(officer), list[int]()
    clock.advance(days=3_000)
    db.session.commit()

    def place() -> None:
        with app.app_context():
            set_writing(True)
            with acting_as(person):
                placed.append(retention.hold_call(db.session.get_one(Call, number), "Lo pide un juzgado.").id)
            db.session.commit()
            db.session.remove()

    other = threading.Thread(target=place)

    def destroy(*given: Any) -> list[StoredFile]:
        if other.ident is None:
            other.start()
            other.join(0.5)
        assert placed == []  # who holds waits until what was begun is over
        return destroyed(*given)

    destroyed = retention.destroy_application
    monkeypatch.setattr(retention, "destroy_application", destroy)
    assert retention.destroy_due() == 3
    db.session.commit()
    other.join()
    assert len(placed) == 1


def test_an_open_appeal_and_an_award_keep_theirs(clock: FrozenClock, officer: User) -> None:
    call, found = make.released(clock, officer, marks=MARKS, budget=ONE_AWARD)
    lost = [one for one in found if one.state is ApplicationState.NOT_SELECTED]
    assert lost
    with acting_as(make.officer_actor(officer)):
        services.file_appeal(lost[0], text="No estoy de acuerdo.")
    services.move_call(call, CallState.FINAL)
    db.session.commit()
    clock.advance(days=365 * 3)
    assert retention.destroy_due() == len([one for one in found if one.state in _NOT_SUPPORTED]) - 1
    assert lost[0].answers != {}
    assert all(one.answers for one in found if one.state is ApplicationState.AWARDED)


_NOT_SUPPORTED = (ApplicationState.NOT_SELECTED, ApplicationState.WAITLISTED, ApplicationState.INELIGIBLE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE application_version SET content = ''",
        "UPDATE application_version SET sha256 = 'x'",
        "UPDATE screening SET note = '—'",
        "DELETE FROM application_version",
        "DELETE FROM screening",
    ],
)
def test_sealed_texts_go_only_where_a_destruction_is_on_record(
    clock: FrozenClock, over: tuple[Call, list[Application]], statement: str
) -> None:
    assert gone(Screening) == 1
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.parametrize("change", ["sha256 = 'x'", "number = 9", "content = 'otra cosa'"])
def test_afterwards_nothing_else_is_changed_either_nor_the_record(
    clock: FrozenClock, over: tuple[Call, list[Application]], change: str
) -> None:
    clock.advance(days=800)
    retention.destroy_due()
    db.session.commit()
    for statement in (
        f"UPDATE application_version SET {change}",
        "UPDATE destruction SET rule = 'x'",
        "DELETE FROM destruction",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_proof_finds_what_was_put_back(clock: FrozenClock, over: tuple[Call, list[Application]]) -> None:
    clock.advance(days=800)
    retention.destroy_due()
    sent = over[1][0]
    db.session.execute(update(Application).where(Application.id == sent.id).values(answers={"title": "Sigue aquí"}))
    db.session.expire_all()
    (failed,) = [proof for proof in prove(list(db.session.scalars(select(Destruction)))) if not proof.holds]
    assert (failed.record.application_id, failed.left, failed.files_left) == (sent.id, ("answers",), 0)


def test_files_that_a_crash_left_are_caught_the_next_night(
    clock: FrozenClock, over: tuple[Call, list[Application]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(days=800)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "destroy_bytes", lambda _stored: None)
        retention.destroy_due()
    assert any(proof.files_left for proof in prove(list(db.session.scalars(select(Destruction)))))
    retention.destroy_due()
    assert all(proof.holds for proof in prove(list(db.session.scalars(select(Destruction)))))


def test_proving_many_asks_the_database_as_much_as_proving_one(
    clock: FrozenClock, over: tuple[Call, list[Application]], count_queries: Any
) -> None:
    clock.advance(days=800)
    retention.destroy_due()
    records = list(db.session.scalars(select(Destruction)))
    with count_queries() as one:
        prove(records[:1])
    with count_queries() as many:
        prove(records)
    assert len(many) == len(one)


# --- the pages -------------------------------------------------------------------------------------------------------


def test_everybody_reads_the_schedule_and_staff_the_register(
    client: FlaskClient, clock: FrozenClock, over: tuple[Call, list[Application]], officer: User
) -> None:
    page = text_of(parse(client.get("/es/conservacion").get_data()))
    assert "Solicitudes que no recibieron apoyo" in page
    assert "24 meses" in page
    assert client.get("/es/programa/conservacion").status_code == 303
    clock.advance(days=800)
    retention.destroy_due()
    db.session.commit()
    sign_in_as(client, officer)
    desk = text_of(parse(client.get("/es/programa/conservacion").get_data()))
    assert str(over[1][0].folio) in desk
    proof = text_of(parse(client.get("/es/programa/conservacion/comprobacion").get_data()))
    assert "Nada quedó: se revisaron 3 registros." in proof
    rows = client.get("/es/programa/conservacion.csv").get_data(as_text=True).splitlines()
    assert len(rows) == 4
    staff = client.get(f"/es/programa/solicitudes/{over[1][0].id}")
    assert (staff.status_code, "se destruyeron el" in text_of(parse(staff.get_data()))) == (200, True)


def test_an_officer_holds_and_lifts_and_an_auditor_only_reads(
    client: FlaskClient, clock: FrozenClock, over: tuple[Call, list[Application]], officer: User
) -> None:
    call, _found = over
    sign_in_as(client, officer)
    desk = "/es/programa/conservacion"
    assert client.post(desk, data={"call": call.slug, "reason": ""}).status_code == 422
    assert client.post(desk, data={"call": "no-existe", "reason": "x"}).status_code == 422
    assert client.post(desk, data={"call": call.slug, "reason": "Auditoría."}).status_code == 303
    assert client.post(desk, data={"call": call.slug, "reason": "Otra."}).status_code == 409
    (hold,) = [one.hold for one in retention.what_is_due() if one.hold and one.rule.id == "unsent"]
    sign_in_as(client, make_user(Role.AUDITOR))
    assert "Auditoría." in text_of(parse(client.get(desk).get_data()))
    assert client.post(desk, data={"call": call.slug, "reason": "x"}).status_code != 303
    assert client.get(f"{desk}/{hold.id}/levantar").status_code == 403
    sign_in_as(client, officer)
    assert client.post(f"{desk}/{hold.id}/levantar", data={"reason": ""}).status_code == 422
    assert client.post(f"{desk}/{hold.id}/levantar", data={"reason": "Terminó."}).status_code == 303
    assert client.post(f"{desk}/{hold.id}/levantar", data={"reason": "Terminó."}).status_code == 404


def test_the_applicant_s_own_pages_know_it_no_more(
    client: FlaskClient, clock: FrozenClock, over: tuple[Call, list[Application]]
) -> None:
    sent = over[1][0]
    person = sent.applicant
    clock.advance(days=800)
    retention.destroy_due()
    db.session.commit()
    sign_in_as(client, person)
    assert client.get(f"/es/solicitudes/{sent.id}").status_code == 404
    assert client.get(f"/es/solicitudes/{sent.id}/acuse").status_code == 404
    assert json.dumps(sent.answers) == "{}"
    assert now() > sent.created_at
