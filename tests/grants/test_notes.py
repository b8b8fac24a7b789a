"""Notes of staff: signed, never changed, withdrawn with a reason, read by staff alone, gone with the application."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from core.clock import FrozenClock
from core.context import acting_as
from core.database import session
from core.roles import Role
from grants.errors.awards import ReasonMissing
from grants.models import Application, ApplicationNote
from grants.services.notes import withdraw_note, write_note
from grants.services.retention import destroy_application, schedule
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.awards import officer_actor
from tests.factories.grants import make_open_call, make_submitted_application

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def sent(clock: FrozenClock) -> Application:
    return make_submitted_application(make_open_call(), make_user())


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


def test_a_note_is_signed_once_stays_and_is_withdrawn_with_a_reason(sent: Application, officer: Any) -> None:
    with acting_as(officer_actor(officer)):
        note = write_note(sent, " Llamó para preguntar. ")
        assert write_note(sent, "Llamó para preguntar.").id == note.id
        with pytest.raises(ReasonMissing):
            withdraw_note(note, " ")
        withdraw_note(note, "Era de otra persona")
        withdraw_note(note, "Otra razón")
        assert write_note(sent, "Llamó para preguntar.").id != note.id
    session().commit()
    assert (note.text, note.written_by_id, note.withdrawn_by_id) == ("Llamó para preguntar.", officer.id, officer.id)
    assert note.withdrawn_reason == "Era de otra persona"
    for change in (
        "UPDATE application_note SET text = 'Otra cosa'",
        "UPDATE application_note SET withdrawn_reason = 'x', withdrawn_at = written_at WHERE withdrawn_at IS NOT NULL",
        "DELETE FROM application_note",
    ):
        with pytest.raises(DBAPIError, match="application_note"), session().begin_nested():
            session().execute(text(change))


def test_notes_go_with_the_application(sent: Application, officer: Any) -> None:
    with acting_as(officer_actor(officer)):
        write_note(sent, "Llamó para preguntar.")
        destroy_application(sent, schedule()[0], date(2020, 1, 1))
    assert session().scalar(select(func.count(ApplicationNote.id))) == 0


def test_staff_write_the_auditor_reads_and_nobody_else_does(
    client: FlaskClient, sent: Application, officer: Any
) -> None:
    page = f"/es/programa/solicitudes/{sent.id}"
    sign_in_as(client, officer)
    assert client.post(f"{page}/notas", data={"text": "Llamó para preguntar."}).status_code == 303
    assert client.post(f"{page}/notas", data={"text": " "}).status_code == 422
    number = session().scalars(select(ApplicationNote.id)).one()
    retire = f"{page}/notas/{number}/retirar"
    assert client.get(retire).status_code == 200
    assert client.get(f"{page}/notas/{number + 1}/retirar").status_code == 404
    assert client.post(retire, data={"reason": "Era de otra persona"}).status_code == 303
    assert "Era de otra persona" in client.get(page).get_data(as_text=True)
    sign_in_as(client, make_user(Role.AUDITOR))
    told = client.get(page).get_data(as_text=True)
    assert "Llamó para preguntar." in told
    assert f"{page}/notas" not in told
    assert client.post(f"{page}/notas", data={"text": "Yo también"}).status_code == 403
    for person in (make_user(Role.REVIEWER), sent.applicant):
        sign_in_as(client, person)
        assert client.get(page).status_code in (403, 404)
