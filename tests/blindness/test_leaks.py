"""A reviewer looks everywhere and learns nobody's name. Each way of telling is then tried, and each is noticed."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from flask import Flask, Response, request, request_finished
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.clock import now
from core.context import acting_as
from core.roles import Role
from grants import services as grants
from grants.queries import determinations
from grants.queries.feedback import feedback_texts
from mail.services import enqueue_mail
from scoring import queries, services
from scoring.errors.meetings import MotionNamesSomebody
from scoring.errors.questions import AnswerTells
from scoring.models import Assignment
from scoring.states import PanelState
from tests.blindness.conftest import Blind, Browser
from tests.blindness.watch import Leak, leaks_in, leaks_in_letters, leaks_in_pdf, secrets_of, secrets_of_person
from tests.factories import scoring as make
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor, written_pdf
from tests.web.pages import Page as Seen
from tests.web.pages import links

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database

Counting = Callable[[], Any]

MOST = 45
START = ("/es/", "/es/mi-espacio", "/es/evaluacion", "/es/evaluacion/calibracion")
# Doors a reviewer has no business at, and ways to sort, search, count and take away what they have.
CLOSED = ("/es/paneles", "/es/programa", "/es/personas", "/es/registro", "/es/auditoria", "/es/evaluacion/D-XXXXX")
BESIDES = ("/enviar", "/reconozco", "/preguntar", "/archivos/1", "/archivos/9")
WAYS = ("?q=a", "?orden=-titulo", "?pagina=2", "?estado=submitted", "?formato=csv")


def look(client: FlaskClient, paths: tuple[str, ...], *, follow: bool = True) -> list[TestResponse]:
    """Open every path, then what it leads to, each once: the committee's own pages before the public ones."""
    waiting, found, seen, answers = list(paths), set[str](), set[str](), list[TestResponse]()
    while waiting and len(answers) < MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, buffered=True)
        answers.append(answer)
        if follow and answer.mimetype == "text/html":
            page = Seen("reviewer", path, "", answer.status_code, answer.mimetype, answer.get_data())
            found |= {*links(page)} - seen
        if not waiting:
            waiting = sorted(found - seen, key=lambda one: ("/evaluacion" not in one, one))
            found = set()
    return answers


def everything_told(client: FlaskClient, blind: Blind) -> list[Leak]:
    """Return every leak on every page, search, error and letter a reviewer can get at."""
    secrets = set().union(*(secrets_of(application) for application in blind.applications))
    dossiers = [f"/es/evaluacion/{row.assignment.dossier.code}" for row in queries.desk_rows(blind.reviewer.id)]
    odd = tuple(f"/es/evaluacion{way}" for way in WAYS) + tuple(f"{path}{WAYS[0]}" for path in dossiers)
    sessions = [f"/es/evaluacion/sesiones/{one.id}" for one in queries.meetings_of(blind.panel)]
    mine = [*dossiers, *(f"{path}{step}" for path in sessions for step in ("", "/firmar", "/acta.pdf"))]
    steps = tuple(f"{path}{step}" for path in dossiers for step in BESIDES)
    answers = look(client, (*START, *mine)) + look(client, (*CLOSED, *odd, *steps), follow=False)
    leaks = [leak for answer in answers for leak in leaks_in(answer, secrets)]
    return leaks + list(leaks_in_letters(blind.reviewer, secrets))


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


def ranked(blind: Blind) -> None:
    services.commit_lot(blind.panel)
    services.draw_lots(blind.panel, "04.11.23.31.40.52.07")
    ranking = services.compute_ranking(blind.panel)
    services.select(ranking, budget_cents=10**9, currency=ranking.currency)
    services.release_ranking(ranking)


@pytest.mark.parametrize(
    "phase", [lambda _blind, _session: None, declared, reviewed, discussed, said, met, recorded, released]
)
def test_a_reviewer_learns_nobody_s_name(
    browser: Browser, session: Session, blind: Blind, phase: Callable[[Blind, Session], None]
) -> None:
    phase(blind, session)
    browser.sign_in(blind.reviewer)
    assert everything_told(browser.client, blind) == []


STEPS = ("", "/enviar", "/reconozco", "/preguntar", "/archivos/1", "/cambiar/calidad")


def told_of(browser: Browser, code: str, count_queries: Counting) -> list[tuple[int, str, int]]:
    """Return status, page and number of statements of every address of a dossier: what can be seen and timed."""
    told = []
    for step in STEPS:
        with count_queries() as sent:
            answer = browser.client.get(f"/es/evaluacion/{code}{step}")
        told.append((answer.status_code, _but_for(code, answer), len(sent)))
    return told


def code_of_others(session: Session) -> str:
    panel = make.assigned_panel(1, 3, call_key="otra")
    session.commit()
    return queries.open_dossiers(panel)[0].code


def test_a_dossier_of_others_is_the_same_as_none_at_all(
    browser: Browser, session: Session, blind: Blind, count_queries: Counting
) -> None:
    code = code_of_others(session)
    browser.sign_in(blind.reviewer)
    told = told_of(browser, code, count_queries)
    assert {status for status, _page, _count in told} == {404}
    assert told == told_of(browser, "D-XXXXX", count_queries)


def test_one_more_look_at_what_exists_is_noticed(
    browser: Browser, session: Session, blind: Blind, count_queries: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slower(reviewer_id: int, code: str) -> Assignment | None:
        found = queries.dossier_by_code(code)
        if found is not None:
            queries.seats_of_panel(found.panel)
        return None

    code = code_of_others(session)
    browser.sign_in(blind.reviewer)
    monkeypatch.setattr("scoring.queries.assignment_by_code", slower)
    assert told_of(browser, code, count_queries) != told_of(browser, "D-XXXXX", count_queries)


def test_searching_and_sorting_the_desk_tell_nothing(browser: Browser, blind: Blind) -> None:
    browser.sign_in(blind.reviewer)
    desk = _rows(browser.client.get("/es/evaluacion"))
    assert desk
    for application in blind.applications:
        for way in ("q", "orden", "nombre", "folio"):
            asked = browser.client.get("/es/evaluacion", query_string={way: application.applicant.name})
            assert _rows(asked) == desk


def _rows(answer: TestResponse) -> list[str]:
    return re.findall(r"<tr.*?</tr>", answer.get_data(as_text=True), flags=re.DOTALL)


def _but_for(code: str, answer: TestResponse) -> str:
    """Return a page without what is its own anyway: the code asked for and the number of the request."""
    return re.sub(r"<code[^>]*>[^<]*</code>", "", answer.get_data(as_text=True).replace(code, ""))


@pytest.mark.usefixtures("session", "clock")
def test_dossiers_do_not_stand_in_the_order_they_came_in() -> None:
    panel = make.assigned_panel(7, 1)
    codes = sorted(dossier.code for dossier in queries.open_dossiers(panel))
    assert [row.assignment.dossier.code for row in queries.desk_rows(901)] == codes
    assert [dossier.code for dossier in queries.open_dossiers(panel)] == codes


def test_what_a_reviewer_gets_is_kept_by_nobody_on_the_way(browser: Browser, blind: Blind) -> None:
    browser.sign_in(blind.reviewer)
    for path in ("/es/evaluacion", f"/es/evaluacion/{blind.code_of(blind.applications[0])}"):
        assert browser.client.get(path).headers["Cache-Control"].startswith("private")


# --- planted leaks -----------------------------------------------------------


def _in_the_page(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + f"<!-- {blind.applications[0].applicant.name} -->".encode())


def _without_accents(_blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + b'<img src="/es/foto/xochitl-quetzalli.jpg">')


def _email(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + blind.applications[1].applicant.email.upper().encode())


def _folio(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + f'<a href="/es/folios/{blind.applications[2].folio}">.</a>'.encode())


def _account_id(blind: Blind, answer: Response) -> None:
    answer.set_data(answer.get_data() + f'<form action="/es/personas/{blind.applications[0].applicant.id}">'.encode())


def _header(blind: Blind, answer: Response) -> None:
    answer.headers["X-Application"] = str(blind.applications[0].id)


def _etag(blind: Blind, answer: Response) -> None:
    answer.headers["ETag"] = f'"{blind.applications[0].content_sha256}"'


def _cookie(blind: Blind, answer: Response) -> None:
    answer.set_cookie("ultimo", str(blind.applications[0].folio))


def _file_name(blind: Blind, answer: Response) -> None:
    answer.headers["Content-Disposition"] = f'attachment; filename="{blind.applications[0].folio}.pdf"'


PLANTED: list[tuple[Callable[[Blind, Response], None], str, str]] = [
    (_in_the_page, "scoring.dossier_show", "page"),
    (_in_the_page, "scoring.desk", "page"),
    (_in_the_page, "scoring.review_confirm", "page"),
    (_in_the_page, "scoring.dossier_recognise", "page"),
    (_in_the_page, "scoring.question_ask", "page"),
    (_without_accents, "scoring.dossier_show", "page"),
    (_email, "web.desk", "page"),
    (_folio, "scoring.desk", "page"),
    (_account_id, "scoring.dossier_show", "page"),
    (_header, "scoring.desk", "header X-Application"),
    (_etag, "scoring.dossier_file", "header ETag"),
    (_cookie, "scoring.dossier_show", "cookie"),
    (_file_name, "scoring.dossier_file", "header Content-Disposition"),
    (_in_the_page, "scoring.meeting_attend", "page"),
    (_in_the_page, "grants.minutes_sign", "page"),
    (_file_name, "scoring.meeting_minutes_copy", "header Content-Disposition"),
    (_in_the_page, "scoring.panel_list", "error page"),
    (_in_the_page, "missing", "error page"),
]


@contextmanager
def planting(app: Flask, blind: Blind, plant: Callable[[Blind, Response], None], endpoint: str) -> Iterator[None]:
    """Let every answer of an endpoint tell; "missing" is an address of a dossier that is not there."""

    def tell(_sender: Flask, response: Response, **_more: object) -> None:
        missing = response.status_code == 404 and request.path.endswith("D-XXXXX")
        if (missing if endpoint == "missing" else request.endpoint == endpoint) and response.status_code < 500:
            response.direct_passthrough = False
            plant(blind, response)

    request_finished.connect(tell, app)
    try:
        yield
    finally:
        request_finished.disconnect(tell, app)


@pytest.mark.parametrize("case", PLANTED)
def test_a_leak_planted_in_an_answer_is_noticed(
    browser: Browser, session: Session, blind: Blind, case: tuple[Callable[[Blind, Response], None], str, str]
) -> None:
    plant, endpoint, channel = case
    if endpoint == "scoring.review_confirm":
        declared(blind, session)
        services.advance_panel(blind.panel, PanelState.REVIEW)
        for row in queries.desk_rows(blind.reviewer.id):
            services.save_review_draft(row.assignment, make.entries(4, 4, 4, 4))
        session.commit()
    elif endpoint == "scoring.dossier_file":
        declared(blind, session)
    elif endpoint in ("scoring.meeting_attend", "grants.minutes_sign", "scoring.meeting_minutes_copy"):
        recorded(blind, session)
    browser.sign_in(blind.reviewer)
    with planting(browser.app, blind, plant, endpoint):
        leaks = everything_told(browser.client, blind)
    assert channel in {leak.channel for leak in leaks}


@pytest.mark.parametrize("channel", ["file metadata", "file"])
def test_a_leak_planted_in_a_file_is_noticed(
    browser: Browser, session: Session, blind: Blind, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    declared(blind, session)
    name = blind.applications[0].applicant.name
    monkeypatch.setattr("scoring.routes.desk.send_stored", lambda *_a, **_k: _telling_file(name, channel))
    browser.sign_in(blind.reviewer)
    assert channel in {leak.channel for leak in everything_told(browser.client, blind)}


def _telling_file(name: str, channel: str) -> Response:
    data = written_pdf(name) if channel == "file" else written_pdf("Obra.")
    if channel == "file metadata":
        with pikepdf.open(io.BytesIO(data)) as pdf:
            with pdf.open_metadata() as known:
                known["dc:creator"] = [name]
            made = io.BytesIO()
            pdf.save(made)
            data = made.getvalue()
    return Response(data, mimetype="application/pdf")


def _bookmark(pdf: pikepdf.Pdf, name: str) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(name, 0))


def _link(pdf: pikepdf.Pdf, name: str) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"https://ejemplo.mx/{name}"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0]["/Annots"] = pikepdf.Array([link])


def _file_within(pdf: pikepdf.Pdf, name: str) -> None:
    pdf.attachments["datos.txt"] = name.encode()


@pytest.mark.parametrize("plant", [_bookmark, _link, _file_within])
def test_a_leak_planted_out_of_sight_in_a_file_is_noticed(plant: Callable[[pikepdf.Pdf, str], None]) -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(written_pdf("Obra."))) as pdf:
        plant(pdf, "Xóchitl Quetzalli")
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert {leak.channel for leak in leaks_in_pdf("file", made.getvalue(), {"xochitl quetzalli"})} == {"file"}


def test_a_motion_that_tells_whose_dossier_it_is_is_refused(session: Session, blind: Blind) -> None:
    discussed(blind, session)
    meeting = services.convene_meeting(blind.panel, starts_at=now() + timedelta(days=2), place="Sala 2")
    application = blind.applications[0]
    dossier = queries.dossier_by_code(blind.code_of(application))
    for words in (application.applicant.name, "xochitl quetzalli", application.applicant.email):
        with pytest.raises(MotionNamesSomebody):
            services.add_point(meeting, f"Volver a leer lo de {words} con calma.", dossier)


def test_a_comment_that_tells_whose_dossier_it_is_waits_and_its_writer_cannot_tell(
    browser: Browser, session: Session, blind: Blind
) -> None:
    """Were it refused, a reviewer could try names until one is: that would answer the very question."""
    discussed(blind, session)
    browser.sign_in(blind.reviewer)
    application = blind.applications[0]
    code = blind.code_of(application)
    dossier = queries.dossier_by_code(code)
    assert dossier is not None
    guesses = (application.applicant.name, "Nadie de Aquí", "xochitl quetzalli", application.applicant.email)
    for guess in guesses:
        sent = browser.client.post(f"/es/evaluacion/{code}/comentarios", data={"text": f"Creo que es {guess}."})
        assert sent.status_code == 303
    other = next(one for one in queries.assignments_of_dossier(dossier) if one.seat.reviewer_id != blind.reviewer.id)
    assert [note.text for note in queries.notes_for(other)] == ["Creo que es Nadie de Aquí."]
    assert queries.count_notes_waiting() == len(guesses) - 1
    page = browser.client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    own = re.findall(r'<article aria-labelledby="comentario-.*?</article>', page, re.DOTALL)
    alike = [re.sub(r"\d+|Creo que es [^<]*", "·", one) for one in own]
    assert (len(own), len(set(alike))) == (len(guesses), 1)
    services.cover_note(queries.notes_of(dossier)[0], reason="Revela un nombre")
    session.commit()
    assert browser.client.get(f"/es/evaluacion/{code}").get_data(as_text=True).count("Creo que es") == len(guesses)
    services.clear_note(queries.notes_of(dossier)[2])
    session.commit()
    assert len(queries.notes_for(other)) == 3  # one covered, one plain, one let through


def test_what_another_reviewer_wrote_names_nobody(browser: Browser, session: Session, blind: Blind) -> None:
    discussed(blind, session)
    application = blind.applications[0]
    code = blind.code_of(application)
    dossier = queries.dossier_by_code(code)
    assert dossier is not None
    other = next(one for one in queries.assignments_of_dossier(dossier) if one.seat.reviewer_id != blind.reviewer.id)
    assert other.review is not None
    guess = f"Se nota que es {application.applicant.name}, a quien escribo a {application.applicant.email}."
    for justification in (guess, "Vale lo mismo, ya sin decir de quién es."):
        services.change_submitted_score(
            other.review, "calidad", value="3", justification=justification, reason="Conozco a xochitl quetzalli."
        )
    session.commit()
    browser.sign_in(blind.reviewer)
    page = browser.client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    assert "Se nota que es █████, a quien escribo a █████." in page
    assert "Conozco a █████." in page
    assert list(leaks_in(browser.client.get(f"/es/evaluacion/{code}"), secrets_of(application))) == []
    assert application.applicant.name in queries.score_changes(dossier)[0].justification  # on record as it was written


def test_an_answer_of_the_programme_names_nobody(session: Session, blind: Blind) -> None:
    application = blind.applications[0]
    dossier = queries.dossier_by_code(blind.code_of(application))
    assert dossier is not None
    question = services.ask_programme(queries.assignments_of_dossier(dossier)[0], "¿Quién viaja?")
    with pytest.raises(AnswerTells):
        services.answer_reviewer(question, "Viaja Xochitl Quetzalli con dos personas.")
    assert services.answer_reviewer(question, "Viajan tres personas.").answer == "Viajan tres personas."


def test_reviewers_letters_about_a_discussion_name_nobody(session: Session, blind: Blind) -> None:
    said(blind, session)
    people = [session.get_one(type(blind.reviewer), seat.reviewer_id) for seat in queries.seats_of_panel(blind.panel)]
    others = set().union(*(secrets_of_person(one) for one in people if one is not blind.reviewer)) - {"persona"}
    assert [leak for leak in leaks_in_letters(blind.reviewer, others) if leak.where == "grants.discussion"] == []


def test_minutes_say_nothing_of_names_in_their_text_or_their_data(session: Session, blind: Blind) -> None:
    recorded(blind, session)
    secrets = set().union(*(secrets_of(application) for application in blind.applications))
    for seat in queries.seats_of_panel(blind.panel):
        person = session.get(type(blind.reviewer), seat.reviewer_id)
        assert person is not None
        secrets |= secrets_of_person(person) - {"persona"}
    data = services.minutes_pdf(queries.meetings_of(blind.panel)[0])
    assert list(leaks_in_pdf("minutes", data, secrets)) == []
    assert list(leaks_in_pdf("minutes", data, {"sala 2"})) != []


def test_a_leak_planted_in_a_letter_is_noticed(browser: Browser, session: Session, blind: Blind) -> None:
    enqueue_mail(
        to=blind.reviewer.email,
        subject="Recordatorio",
        paragraphs=[f"Falta tu evaluación de {blind.applications[0].applicant.name}."],
        language="es",
        about="scoring.reminder",
    )
    session.commit()
    browser.sign_in(blind.reviewer)
    assert {leak.channel for leak in everything_told(browser.client, blind)} == {"letter"}


# --- the other way -----------------------------------------------------------


def test_what_a_reviewer_wrote_reaches_the_applicant_after_a_person_and_without_the_reviewer(
    browser: Browser, session: Session, blind: Blind
) -> None:
    discussed(blind, session)
    application = blind.applications[0]
    code = blind.code_of(application)
    dossier = queries.dossier_by_code(code)
    assert dossier is not None
    own = next(one for one in queries.assignments_of_dossier(dossier) if one.seat.reviewer_id == blind.reviewer.id)
    assert own.review is not None
    text = f"Firma Ramiro Oyarzabal ({blind.reviewer.email}); la propuesta es clara."
    services.change_submitted_score(own.review, "calidad", value="3", justification=text, reason="Lo pensé mejor.")
    ranked(blind)
    officer = make_user(Role.PROGRAMME_OFFICER)
    with acting_as(officer_actor(officer)):
        grants.prepare_determinations(blind.call)
        for found in determinations.awaiting_award(blind.call):
            assert found.money is not None
            grants.record_award(found.application, found.money)
        grants.release_determinations(blind.call)
    told, page = "Firma █████ (█████); la propuesta es clara.", f"/es/solicitudes/{application.id}/resultado"
    session.commit()
    browser.sign_in(application.applicant)

    def read() -> str:
        answer = browser.client.get(page)
        assert answer.status_code == 200
        assert list(leaks_in(answer, secrets_of_person(blind.reviewer) - {"persona"})) == []
        return answer.get_data(as_text=True)

    assert "la propuesta es clara" not in read()  # nobody prepared it
    grants.prepare_feedback(blind.call)
    session.commit()
    assert "la propuesta es clara" not in read()  # nobody looked
    with acting_as(officer_actor(officer)):
        grants.release_clean_feedback(blind.call)
    session.commit()
    assert "la propuesta es clara" not in read()  # what tells somebody's name is not let go with the rest
    (marked,) = session.scalars(feedback_texts(blind.call, with_findings=True)).all()
    with acting_as(officer_actor(officer)):
        while marked.open_findings:
            grants.redact_in_feedback(marked, 0, marked.version)
        grants.release_feedback(marked, marked.version)
    session.commit()
    assert told in read()
    assert text in [one.justification for one in queries.feedback_for(code)]  # on record as it was written


def test_an_applicant_learns_no_reviewer_s_name(browser: Browser, session: Session, blind: Blind) -> None:
    released(blind, session)
    secrets = set[str]()
    for seat in queries.seats_of_panel(blind.panel):
        person = session.get(type(blind.reviewer), seat.reviewer_id)
        assert person is not None
        secrets |= secrets_of_person(person)
    secrets -= {"persona"}
    browser.sign_in(blind.applications[0].applicant)
    answers = look(browser.client, ("/es/mi-espacio", "/es/solicitudes", f"/es/solicitudes/{blind.applications[0].id}"))
    assert [leak for answer in answers for leak in leaks_in(answer, secrets)] == []
