"""A reviewer's round through everything they can get at, and the states of a committee in which it is made."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.clock import now
from core.context import acting_as
from core.roles import Role
from grants import services as grants
from grants.queries import determinations
from grants.services.determinations import send_letters
from scoring import queries, services
from scoring.states import PanelState
from tests.blindness.conftest import Blind
from tests.blindness.watch import Leak, leaks_in, leaks_in_letters, secrets_of
from tests.factories import scoring as make
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor
from tests.web.pages import Page as Seen
from tests.web.pages import links

MOST = 45
START = ("/es/", "/es/mi-espacio", "/es/evaluacion", "/es/evaluacion/calibracion")
# Doors a reviewer has no business at, and ways to sort, search, count and take away what they have.
CLOSED = ("/es/paneles", "/es/programa", "/es/personas", "/es/registro", "/es/auditoria", "/es/evaluacion/D-XXXXX")
BESIDES = ("/enviar", "/reconozco", "/preguntar", "/archivos/1", "/archivos/9")
WAYS = ("?q=a", "?orden=-titulo", "?pagina=2", "?estado=submitted", "?formato=csv")


def look(client: FlaskClient, paths: tuple[str, ...], *, follow: bool = True) -> Iterator[TestResponse]:
    """Open every path, then what it leads to, each once: the committee's own pages before the public ones."""
    waiting, found, seen, opened = list(paths), set[str](), set[str](), 0
    while waiting and opened < MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        refresh()  # the language of the address, not of the one before: a test's requests share their context
        answer = client.get(path, buffered=True)
        opened += 1
        yield answer
        if follow and answer.mimetype == "text/html":
            page = Seen("reviewer", path, "", answer.status_code, answer.mimetype, answer.get_data())
            found |= {*links(page)} - seen
        if not waiting:
            waiting = sorted(found - seen, key=lambda one: ("/evaluacion" not in one, one))
            found = set()


def everything_told(client: FlaskClient, blind: Blind) -> Iterator[Leak]:
    """Yield every leak on every page, search, error and letter a reviewer can get at, as they come to it."""
    secrets = set().union(*(secrets_of(application) for application in blind.applications))
    dossiers = [f"/es/evaluacion/{row.assignment.dossier.code}" for row in queries.desk_rows(blind.reviewer.id, now())]
    odd = tuple(f"/es/evaluacion{way}" for way in WAYS) + tuple(f"{path}{WAYS[0]}" for path in dossiers)
    sessions = [f"/es/evaluacion/sesiones/{one.id}" for one in queries.meetings_of(blind.panel)]
    mine = [*dossiers, *(f"{path}{step}" for path in sessions for step in ("", "/firmar", "/acta.pdf"))]
    steps = tuple(f"{path}{step}" for path in dossiers for step in BESIDES)
    english = tuple(path.replace("/es/", "/en/", 1) for path in mine)
    for answer in chain(look(client, (*START, *mine)), look(client, (*CLOSED, *odd, *steps, *english), follow=False)):
        yield from leaks_in(answer, secrets)
    yield from leaks_in_letters(blind.reviewer, secrets)


def declared(blind: Blind, session: Session) -> None:
    for assignment in queries.assignments_of_panel(blind.panel):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    session.commit()


def reviewed(blind: Blind, session: Session) -> None:
    declared(blind, session)
    services.advance_panel(blind.panel, PanelState.REVIEW)
    for assignment in queries.assignments_of_panel(blind.panel):
        make.review(assignment, 4, 4, 4, 4)
    session.commit()


def begun(blind: Blind, session: Session) -> None:
    """Every review is written and waits for its last look."""
    declared(blind, session)
    services.advance_panel(blind.panel, PanelState.REVIEW)
    for assignment in queries.assignments_of_panel(blind.panel):
        services.save_review_draft(assignment, make.entries(4, 4, 4, 4))
    session.commit()


def discussed(blind: Blind, session: Session) -> None:
    reviewed(blind, session)
    services.advance_panel(blind.panel, PanelState.DISCUSSION)
    session.commit()


def said(blind: Blind, session: Session) -> None:
    discussed(blind, session)
    for assignment in queries.assignments_of_panel(blind.panel):
        note = services.write_note(assignment, "El calendario no alcanza para tres ciudades.")
        grants.tell_readers(note.dossier, note.written_at, note.written_at + timedelta(minutes=15))
    session.commit()


def met(blind: Blind, session: Session) -> None:
    said(blind, session)
    told = services.convene_meeting(blind.panel, starts_at=now() + timedelta(days=2), place="Sala 2")
    meeting = services.open_meeting(told)
    for member in meeting.members:
        services.register_attendance(meeting, member.seat)
    for dossier in queries.open_dossiers(blind.panel):
        services.add_point(meeting, "Dar por discutida la diferencia entre evaluaciones.", dossier)
    services.open_point(meeting, 1)
    session.commit()


def recorded(blind: Blind, session: Session) -> None:
    met(blind, session)
    meeting = queries.meetings_of(blind.panel)[0]
    services.close_point(meeting, 1)
    services.close_meeting(meeting)
    session.commit()


def released(blind: Blind, session: Session) -> None:
    reviewed(blind, session)
    ranked(blind)
    session.commit()


def ranked(blind: Blind, budget_cents: int = 10**9) -> None:
    services.commit_lot(blind.panel)
    services.compute_ranking(blind.panel)
    services.draw_lots(blind.panel, "04.11.23.31.40.52.07")
    ranking = services.compute_ranking(blind.panel)
    services.select(ranking, budget_cents=budget_cents, currency=ranking.currency)
    services.release_ranking(ranking)


def published(blind: Blind, session: Session) -> None:
    """The results are out, one or two of three supported, what the committee wrote as well, and all were written to."""
    reviewed(blind, session)
    ranked(blind, max(dossier.requested_cents for dossier in queries.open_dossiers(blind.panel)))
    with acting_as(officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        grants.prepare_determinations(blind.call)
        for found in determinations.awaiting_award(blind.call):
            assert found.money is not None
            grants.record_award(found.application, found.money)
        grants.release_determinations(blind.call)
        send_letters(blind.call)
        grants.prepare_feedback(blind.call)
        grants.release_clean_feedback(blind.call)
    session.commit()
