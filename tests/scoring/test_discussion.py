"""The discussion of a dossier: by letter, among those who reviewed it, never deleted and never before its time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, now
from core.jobs import Job
from core.roles import Role
from grants.services import tell_readers
from grants.services.discussion import TELL
from mail.models import OutboxMessage
from scoring import queries, services
from scoring.errors import InConflict, ReasonMissing, WrongPhase
from scoring.errors.discussion import NoteEmpty, NoteNotFound
from scoring.models import Assignment, DiscussionNote, Panel
from scoring.states import ConflictKind, PanelState
from tests.factories import scoring as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., User]
Counting = Callable[[], Any]
SAID = "Me parece que el calendario no alcanza para seis ciudades."


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


def readers(panel: Panel) -> list[Assignment]:
    return queries.assignments_of_dossier(queries.open_dossiers(panel)[0])


def test_what_is_said_is_read_by_those_who_reviewed_it(panel: Panel) -> None:
    first, second, _third = readers(panel)
    services.write_note(first, SAID)
    assert [(note.seat.letter, note.text) for note in queries.notes_for(second)] == [("A", SAID)]
    assert queries.notes_for(queries.assignments_of_dossier(queries.open_dossiers(panel)[1])[0]) == []


def test_nobody_speaks_before_the_deliberation_nor_reads(session: Session) -> None:
    panel = make.reviewed_panel(1, 3)
    first = readers(panel)[0]
    with pytest.raises(WrongPhase):
        services.write_note(first, SAID)
    assert queries.notes_for(first) == []


@pytest.mark.parametrize("words", ["", "  \n", "x" * 3001])
def test_a_comment_says_something(panel: Panel, words: str) -> None:
    with pytest.raises(NoteEmpty):
        services.write_note(readers(panel)[0], words)


def test_who_has_a_conflict_neither_speaks_nor_reads_nor_is_told(
    session: Session, panel: Panel, clock: FrozenClock
) -> None:
    first, second, third = readers(panel)
    note = services.write_note(second, SAID)
    services.declare_conflict(first.seat, first.dossier, kind=ConflictKind.SAME_HOUSEHOLD)
    session.commit()
    with pytest.raises((InConflict, NoteNotFound)):
        services.write_note(first, SAID)
    assert queries.notes_for(first) == []
    told = queries.readers_to_tell(first.dossier, note.written_at, note.written_at + timedelta(minutes=1))
    assert told == {third.seat.reviewer_id: 1}
    with pytest.raises(DBAPIError, match="not theirs to write"):
        session.execute(
            text(
                "INSERT INTO discussion_note (dossier_id, seat_id, phase, text, written_at) "
                "SELECT dossier_id, :seat, phase, text, written_at FROM discussion_note"
            ),
            {"seat": first.seat_id},
        )
    session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE discussion_note SET text = 'Otra cosa'",
        "UPDATE discussion_note SET struck_at = NULL",
        "UPDATE discussion_note SET covered_at = NULL, covered_reason = NULL",
        "DELETE FROM discussion_note",
    ],
)
def test_the_database_takes_nothing_back(session: Session, panel: Panel, statement: str) -> None:
    first = readers(panel)[0]
    note = services.write_note(first, SAID)
    services.strike_note(note, first)
    services.cover_note(note, reason="Dice quién es.")
    session.commit()
    with pytest.raises(DBAPIError):
        session.execute(text(statement))
    session.rollback()


def test_one_strikes_out_ones_own_words_only_and_they_stay(panel: Panel) -> None:
    first, second, _third = readers(panel)
    note = services.write_note(first, SAID)
    with pytest.raises(NoteNotFound):
        services.strike_note(note, second)
    struck = services.strike_note(note, first).struck_at
    assert services.strike_note(note, first).struck_at == struck
    assert queries.notes_for(second)[0].text == SAID
    with pytest.raises(ReasonMissing):
        services.cover_note(note, reason=" ")


def test_the_others_are_told_once_for_a_quarter_of_an_hour_and_without_a_word_of_it(
    session: Session, panel: Panel, people: list[User], clock: FrozenClock
) -> None:
    first, second, _third = readers(panel)
    services.write_note(first, SAID)
    clock.advance(minutes=3)
    services.write_note(second, SAID)
    struck = services.write_note(first, "Otra cosa que luego se tacha.")
    services.strike_note(struck, first)
    session.commit()
    jobs = session.scalars(select(Job).where(Job.kind == TELL).order_by(Job.id)).all()
    assert len(jobs) == 1
    since = queries.notes_of(first.dossier)[0].written_at
    assert tell_readers(first.dossier, since, since + timedelta(minutes=15)) == 3
    session.commit()
    letters = session.scalars(
        select(OutboxMessage).where(OutboxMessage.about == "grants.discussion").order_by(OutboxMessage.id)
    ).all()
    assert [letter.to for letter in letters] == [person.email for person in people]
    counts = ["Hay 1 comentario", "Hay 1 comentario", "Hay 2 comentarios"]
    for letter, said in zip(letters, counts, strict=True):
        assert said in letter.body_text
        for secret in (SAID, *(person.name for person in people if person.email != letter.to)):
            assert secret not in letter.body_text
    clock.advance(minutes=20)
    services.write_note(second, SAID)
    assert len(session.scalars(select(Job).where(Job.kind == TELL).order_by(Job.id)).all()) == 2


# --- pages -------------------------------------------------------------------


def test_a_discussion_through_the_pages(
    client: FlaskClient, login: Login, session: Session, panel: Panel, people: list[User]
) -> None:
    here = f"/es/evaluacion/{readers(panel)[0].dossier.code}"
    login(people[0])
    assert client.post(f"{here}/comentarios", data={"text": ""}).status_code == 422
    assert client.post(f"{here}/comentarios", data={"text": SAID}).status_code == 303
    note = queries.notes_of(queries.open_dossiers(panel)[0])[0].id
    login(people[1])
    page = client.get(here).text
    assert SAID in page
    assert people[0].name not in page
    assert client.post(f"{here}/comentarios/{note}/tachar").status_code == 404
    login(people[0])
    assert client.post(f"{here}/comentarios/{note}/tachar").status_code == 303
    assert f"<s>{SAID}</s>" in client.get(here).text
    officer = login(Role.PROGRAMME_OFFICER)
    where = f"/es/paneles/{panel.id}/expedientes/{readers(panel)[0].dossier.code}"
    assert SAID in client.get(where).text
    assert client.post(f"{where}/comentarios/{note}", data={"reason": ""}).status_code == 422
    assert client.post(f"{where}/comentarios/{note}", data={"reason": "Dice quién es."}).status_code == 303
    assert client.get(f"{where}/comentarios/999").status_code == 404
    login(people[1])
    page = client.get(here).text
    assert SAID not in page
    assert "El programa cubrió este comentario" in page
    assert officer.name not in page


def test_who_does_not_read_the_dossier_reads_no_word_of_it(
    client: FlaskClient, login: Login, session: Session, panel: Panel, people: list[User]
) -> None:
    services.write_note(readers(panel)[0], SAID)
    session.commit()
    here = f"/es/evaluacion/{readers(panel)[0].dossier.code}"
    for person in (make_user(Role.REVIEWER), make_user(Role.APPLICANT)):
        login(person)
        assert client.get(here).status_code in (403, 404)
        assert client.post(f"{here}/comentarios", data={"text": SAID}).status_code in (403, 404)


def test_the_page_asks_the_same_number_of_questions_however_much_is_said(
    client: FlaskClient, login: Login, session: Session, panel: Panel, count_queries: Counting
) -> None:
    first = readers(panel)[0]
    person = session.get_one(User, first.seat.reviewer_id)
    here = f"/es/evaluacion/{first.dossier.code}"

    def counted() -> int:
        login(person)
        client.get(here)
        with count_queries() as asked:
            assert client.get(here).status_code == 200
        return len(asked)

    services.write_note(first, SAID)
    session.commit()
    few = counted()
    for _round in range(4):
        for assignment in readers(panel):
            services.write_note(assignment, SAID)
    session.commit()
    assert counted() == few


def test_the_desk_leads_to_what_is_discussed_and_to_nothing_that_waits_for_the_programme(
    client: FlaskClient, session: Session, panel: Panel, people: list[User], login: Login
) -> None:
    first, second, _third = readers(panel)
    code = first.dossier.code
    at = {"dossier": first.dossier, "phase": panel.state, "written_at": now()}
    session.add(DiscussionNote(seat=first.seat, text=SAID, withheld_at=now(), **at))
    session.commit()
    assert [len(queries.talked_over(one.id, most=9)) for one in people] == [1, 0, 0]  # whoever wrote it reads it
    login(people[1])
    assert "Lo que se discute" not in client.get("/es/evaluacion").text
    services.write_note(second, "De acuerdo.")
    session.commit()
    assert [(one.id, notes) for one, notes in queries.talked_over(people[1].id, most=9)] == [(second.id, 1)]
    page = client.get("/es/evaluacion").text
    assert page.index("Lo que se discute") < page.index(f"/es/evaluacion/{code}#discusion")
    assert "ya no se puede editar" not in client.get(f"/es/evaluacion/{code}").text
