"""A session of a committee through its pages: the programme runs it, members attend, vote and sign."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import local, now
from core.files import StoredFile, read
from core.roles import Role
from mail.models import OutboxMessage
from scoring import queries, services
from scoring.models import Meeting, Panel
from scoring.states import ConflictKind, MeetingState, PanelState
from tests.factories import scoring as make
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., User]
Counting = Callable[[], Any]
MOTION = "Dar por discutida la diferencia entre evaluaciones."


@pytest.fixture
def people(session: Session) -> list[User]:
    made = [make_user(Role.REVIEWER, name=name) for name in ("Ramiro Oyarzábal", "Elisa Tovar", "Inés Quiroz")]
    session.commit()
    return made


@pytest.fixture
def panel(session: Session, people: list[User]) -> Panel:
    made = make.reviewed_panel(2, 3, first_reviewer_id=people[0].id)
    services.advance_panel(made, PanelState.DISCUSSION)
    session.commit()
    return made


@pytest.fixture
def meeting(session: Session, panel: Panel) -> Meeting:
    made = services.convene_meeting(panel, starts_at=now() + timedelta(days=3), place="Sala 2")
    session.commit()
    return made


def attended(session: Session, meeting: Meeting, *, voted: bool = False) -> None:
    services.open_meeting(meeting)
    for member in meeting.members:
        services.register_attendance(meeting, member.seat)
    if voted:
        services.add_point(meeting, MOTION, queries.open_dossiers(meeting.panel)[0])
        services.open_point(meeting, 1)
    session.commit()


def test_a_session_from_its_call_to_its_signed_minutes(
    client: FlaskClient, login: Login, session: Session, panel: Panel, people: list[User]
) -> None:
    officer = login(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{panel.id}/sesiones"
    assert client.get(base).status_code == 200
    when = (local(now()) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    sent = {"starts_at": when, "place": "Sala 2", "chair": "A"}
    assert client.post(f"{base}/convocar", data=sent).headers["Location"] == f"{base}/1"
    code = queries.codes_of(panel)[0]
    assert client.post(f"{base}/1/puntos", data={"motion": MOTION, "dossier": code}).status_code == 303
    assert client.post(f"{base}/1/empezar").status_code == 303
    assert client.post(f"{base}/1/puntos/1", data={"accion": "abrir"}).status_code == 409
    assert "Abrir la votación" not in client.get(f"{base}/1").text  # nobody is led to that refusal
    meeting = queries.meeting_by_number(panel, 1)
    assert meeting is not None
    here = f"/es/evaluacion/sesiones/{meeting.id}"
    for person in people:
        login(person)
        assert f"{here}" in client.get("/es/evaluacion").text
        assert client.post(f"{here}/asistir").status_code == 303
    login(officer)
    assert "Abrir la votación del punto 1" in client.get(f"{base}/1").text
    assert client.post(f"{base}/1/puntos/1", data={"accion": "abrir"}).status_code == 303
    for person, choice in zip(people, ("in_favour", "against", "in_favour"), strict=True):
        login(person)
        assert MOTION in client.get(here).text
        assert client.post(f"{here}/puntos/1/votar", data={"choice": choice}).status_code == 303
    login(officer)
    page = client.get(f"{base}/1").text
    assert "Han votado 3 personas." in page
    assert client.post(f"{base}/1/puntos/1", data={"accion": "cerrar"}).status_code == 303
    assert client.get(f"{base}/1/terminar").status_code == 200
    assert client.post(f"{base}/1/terminar").status_code == 303
    for person in people:
        login(person)
        page = client.get(f"{here}/firmar").text
        digest = re.search(r'name="huella" value="(\w{64})"', page)
        assert digest is not None
        assert client.post(f"{here}/firmar", data={"current": "otra", "huella": digest[1]}).status_code == 422
        sent = {"current": PASSWORD, "huella": digest[1]}
        assert client.post(f"{here}/firmar", data=sent).status_code == 303
        assert client.post(f"{here}/firmar", data=sent).status_code == 303
    session.expire_all()
    assert queries.hold_meeting(meeting).state is MeetingState.SIGNED
    desk = client.get("/es/evaluacion").text
    assert ("1 sesión con acta" in desk, here in desk) == (True, True)  # what one signed is found again
    pdf = client.get(f"{here}/acta.pdf")
    told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)
    assert "A favor: 2. En contra: 1. Abstenciones: 0." in told
    assert code in told
    assert not [person.name for person in people if person.name in told]
    login(officer)
    assert client.get(f"{base}/1/acta.pdf").data == pdf.data


def test_a_page_of_a_session_says_when_it_is_old_and_a_vote_makes_only_the_officers_so(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, people: list[User]
) -> None:
    officer = login(Role.PROGRAMME_OFFICER)
    pages = {people[0]: f"/es/evaluacion/sesiones/{meeting.id}"}
    pages[officer] = f"/es/paneles/{meeting.panel_id}/sesiones/{meeting.number}"

    def marks() -> dict[User, str]:
        session.commit()
        found = {}
        for person, page in pages.items():
            login(person)
            mark = re.search(r'data-follows="([^"]*)"', client.get(page).text)
            found[person] = mark[1] if mark else ""
        return found

    seen = [marks()]
    services.open_meeting(meeting)
    seen.append(marks())
    for member in meeting.members:
        services.register_attendance(meeting, member.seat)
    seen.append(marks())
    services.add_point(meeting, MOTION)
    seen.append(marks())
    services.open_point(meeting, 1)
    seen.append(marks())
    for person in pages:
        assert len({one[person] for one in seen}) == len(seen)
    services.cast_vote(meeting, 1, meeting.members[1].seat, "in_favour")
    after = marks()
    assert (after[people[0]], after[officer] == seen[-1][officer]) == (seen[-1][people[0]], False)
    services.close_point(meeting, 1)
    services.close_meeting(meeting)
    assert set(marks().values()) == {""}


def test_a_member_says_why_they_do_not_sign_and_the_programme_alone_reads_it(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, people: list[User]
) -> None:
    services.open_meeting(meeting)
    for member in meeting.members:
        services.register_attendance(meeting, member.seat)
    services.close_meeting(meeting)
    session.commit()
    here = f"/es/evaluacion/sesiones/{meeting.id}"
    login(people[0])
    assert f"{here}/no-firmar" in client.get(here).text
    assert client.get(f"{here}/no-firmar").status_code == 200
    assert client.post(f"{here}/no-firmar", data={"reason": " "}).status_code == 422
    assert client.post(f"{here}/no-firmar", data={"reason": "No voté así."}).status_code == 303
    page = client.get(here).text
    assert ("No voté así." in page, "dijo que no firma" in page) == (True, True)
    assert client.get(f"{here}/no-firmar").status_code == 303
    login(people[1])
    page = client.get(here).text
    assert ("No voté así." in page, "dijo que no firma" in page) == (False, True)
    login(Role.PROGRAMME_OFFICER)
    assert "No voté así." in client.get(f"/es/paneles/{meeting.panel_id}/sesiones/{meeting.number}").text
    login(Role.REVIEWER)
    assert client.get(f"{here}/no-firmar").status_code == 404


def test_members_are_written_to_with_an_entry_for_their_calendar(
    session: Session, meeting: Meeting, people: list[User]
) -> None:
    services.cancel_meeting(meeting, reason="No hay sala.")
    session.commit()
    letters = session.scalars(
        select(OutboxMessage).where(OutboxMessage.about == "grants.meeting").order_by(OutboxMessage.id)
    ).all()
    assert [letter.to for letter in letters] == [person.email for person in people] * 2
    assert [letter.subject[:14] for letter in letters] == ["Sesión 1 del c"] * 3 + ["Se canceló la "] * 3
    called, off = (read(session.get_one(StoredFile, letters[at].attachments[0])).decode() for at in (0, 3))
    assert "METHOD:PUBLISH\r\n" in called
    assert "LOCATION:Sala 2\r\n" in called
    assert "METHOD:CANCEL\r\n" in off
    assert re.findall("UID:.*", called) == re.findall("UID:.*", off)
    session.expire_all()


def test_what_is_wrong_with_a_call_or_a_point_is_said_beside_it(
    client: FlaskClient, login: Login, panel: Panel, meeting: Meeting
) -> None:
    login(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{panel.id}/sesiones"
    for sent, said in (
        ({"starts_at": "", "place": "Sala"}, "Escribe la fecha y la hora."),
        ({"starts_at": "2020-01-01T10:00", "place": "Sala"}, "Elige una fecha y hora que no hayan pasado."),
        ({"starts_at": "2027-01-01T10:00", "place": " "}, "Escribe el lugar o el enlace"),
        ({"starts_at": "2027-01-01T10:00", "place": "Sala", "chair": "Z"}, "error"),
    ):
        answer = client.post(f"{base}/convocar", data=sent)
        assert (answer.status_code, said in answer.text) == (422, True)
    for sent in ({"motion": ""}, {"motion": MOTION, "dossier": "D-XXXXX"}):
        assert client.post(f"{base}/1/puntos", data=sent).status_code == 422
    assert client.post(f"{base}/1/cancelar", data={"reason": ""}).status_code == 422
    assert client.post(f"{base}/9/empezar").status_code == 404
    assert client.post(f"{base}/1/asistencia/Z").status_code == 404
    assert client.post(f"{base}/1/terminar").status_code == 409


def test_a_session_of_others_is_no_session(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting
) -> None:
    login(make_user(Role.REVIEWER, name="Otra persona"))
    here = f"/es/evaluacion/sesiones/{meeting.id}"
    for path in (here, f"{here}/acta.pdf", f"{here}/firmar", "/es/evaluacion/sesiones/999"):
        assert client.get(path).status_code == 404
    assert client.post(f"{here}/asistir").status_code == 404
    assert client.post(f"{here}/puntos/1/votar", data={"choice": "in_favour"}).status_code == 404


def test_who_recused_themselves_neither_sees_nor_votes_the_point(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, people: list[User]
) -> None:
    attended(session, meeting, voted=True)
    dossier = queries.open_dossiers(meeting.panel)[0]
    services.declare_conflict(meeting.members[0].seat, dossier, kind=ConflictKind.SAME_HOUSEHOLD)
    session.commit()
    login(people[0])
    here = f"/es/evaluacion/sesiones/{meeting.id}"
    page = client.get(here).text
    assert "Te excusaste de este expediente" in page
    assert MOTION not in page
    assert client.post(f"{here}/puntos/1/votar", data={"choice": "in_favour"}).status_code == 409


def test_a_vote_without_a_choice_is_asked_for_again(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, people: list[User]
) -> None:
    attended(session, meeting, voted=True)
    login(people[0])
    answer = client.post(f"/es/evaluacion/sesiones/{meeting.id}/puntos/1/votar", data={"choice": "quizás"})
    assert (answer.status_code, "Elige a favor, en contra o abstención." in answer.text) == (422, True)


def test_nobody_sees_an_order_or_a_score_in_a_session(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, people: list[User]
) -> None:
    attended(session, meeting, voted=True)
    login(people[0])
    member = client.get(f"/es/evaluacion/sesiones/{meeting.id}").text
    login(Role.PROGRAMME_OFFICER)
    staff = client.get(f"/es/paneles/{meeting.panel_id}/sesiones/1").text
    for page in (member, staff):
        assert make.JUSTIFICATION not in page
        assert "/orden" not in page


def test_an_auditor_reads_and_does_nothing(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting
) -> None:
    login(Role.AUDITOR)
    base = f"/es/paneles/{meeting.panel_id}/sesiones"
    page = client.get(f"{base}/1").text
    assert "Empezar la sesión" not in page
    assert client.post(f"{base}/1/empezar").status_code == 403
    assert client.get(f"{base}/convocar").status_code == 403


def test_pages_ask_the_same_number_of_questions_however_many_points(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, count_queries: Counting
) -> None:
    attended(session, meeting, voted=True)
    member, officer = session.get_one(User, meeting.members[0].seat.reviewer_id), make_user(Role.PROGRAMME_OFFICER)
    base = f"/es/paneles/{meeting.panel_id}/sesiones"
    here = f"/es/evaluacion/sesiones/{meeting.id}"
    paths = ((here, member), ("/es/evaluacion", member), (f"{base}/1", officer), (base, officer))

    def counted() -> list[int]:
        found = []
        for path, person in paths:
            login(person)
            client.get(path)
            with count_queries() as sent:
                assert client.get(path).status_code == 200
            found.append(len(sent))
        return found

    few = counted()
    for dossier in queries.open_dossiers(meeting.panel) * 3:
        services.add_point(meeting, MOTION, dossier)
    for seat in queries.seats_of_panel(meeting.panel):
        services.cast_vote(meeting, 1, seat, "in_favour")
    services.convene_meeting(meeting.panel, starts_at=now() + timedelta(days=9), place="Otra")
    session.commit()
    assert counted() == few


def test_the_programme_ends_the_signing_with_a_reason_that_everybody_reads(
    client: FlaskClient, login: Login, session: Session, meeting: Meeting, people: list[User]
) -> None:
    attended(session, meeting)
    services.close_meeting(meeting)
    services.sign_minutes(meeting, meeting.members[0].seat, meeting.minutes_sha256 or "")
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    here = f"/es/paneles/{meeting.panel_id}/sesiones/1"
    assert "Cerrar las firmas sin las que faltan" not in client.get(here).text
    answer = client.post(f"{here}/cerrar-firmas", data={"reason": "No contestan."})
    assert (answer.status_code, "Todavía se puede firmar" in answer.text) == (422, True)
    assert "No contestan." in answer.text
    services.sign_minutes(meeting, meeting.members[1].seat, meeting.minutes_sha256 or "")
    session.commit()
    assert f"{here}/cerrar-firmas" in client.get(here).text
    assert "Faltan: C." in client.get(f"{here}/cerrar-firmas").text
    assert client.post(f"{here}/cerrar-firmas", data={"reason": "No contesta."}).headers["Location"] == here
    assert "No firmaron: C." in client.get(here).text
    assert client.get(f"{here}/cerrar-firmas").status_code == 303
    login(people[2])
    assert "Razón: No contesta." in client.get(f"/es/evaluacion/sesiones/{meeting.id}").text


def test_who_presided_ends_the_signing_and_nobody_else_of_the_committee(
    client: FlaskClient, login: Login, session: Session, panel: Panel, people: list[User]
) -> None:
    chair = queries.seats_of_panel(panel)[1]
    held = services.convene_meeting(panel, starts_at=now() + timedelta(days=3), place="Sala 2", chair=chair)
    attended(session, held)
    services.close_meeting(held)
    for member in held.members[:2]:
        services.sign_minutes(held, member.seat, held.minutes_sha256 or "")
    session.commit()
    here = f"/es/evaluacion/sesiones/{held.id}"
    for person, status in zip(people, (404, 200, 404), strict=True):
        login(person)
        assert client.get(f"{here}/cerrar-firmas").status_code == status
        assert (f"{here}/cerrar-firmas" in client.get(here).text) == (status == 200)
    assert client.post(f"{here}/cerrar-firmas", data={"reason": "No contesta."}).status_code == 404
    login(people[1])
    assert client.post(f"{here}/cerrar-firmas", data={"reason": " "}).status_code == 422
    assert client.post(f"{here}/cerrar-firmas", data={"reason": "No contesta."}).headers["Location"] == here
    assert "No firmaron: C." in client.get(here).text
