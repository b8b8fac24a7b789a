"""Notes for oneself, one's own other scores, and questions to the programme: whose they are, and nobody else's."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import now
from core.roles import Role
from scoring import queries, services
from scoring.errors import ReviewEditedElsewhere
from scoring.errors.questions import AlreadyAnswered, QuestionEmpty
from scoring.models import Assignment, Panel
from tests.factories import scoring as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.usefixtures("clock", "app")

Counting = Callable[[], Any]
SECRET = "Me recuerda a otra gira; revisar el presupuesto."
QUESTION = "¿El permiso de la sede es del año pasado?"


@pytest.fixture
def reviewer(session: Session) -> User:
    person = make_user(Role.REVIEWER, name="Ramiro Oyarzábal")
    session.commit()
    return person


@pytest.fixture
def panel(session: Session, reviewer: User) -> Panel:
    made = make.assigned_panel(2, 3, first_reviewer_id=reviewer.id)
    session.commit()
    return made


def mine(reviewer: User) -> list[Assignment]:
    return [row.assignment for row in queries.desk_rows(reviewer.id, now())]


def test_a_note_is_kept_with_the_draft_and_shown_to_its_writer_alone(
    client: FlaskClient, session: Session, panel: Panel, reviewer: User, login: Callable[..., User]
) -> None:
    first = mine(reviewer)[0]
    code = first.dossier.code
    login(reviewer)
    sent = {"note": SECRET, "version": "0", "edition": "una", "score_calidad": "4"}
    assert client.post(f"/es/evaluacion/{code}", data=sent).status_code == 303
    assert SECRET in client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    services.submit_review(first, make.entries(4, 4, 4, 4))
    session.commit()
    assert SECRET in client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    login(make_user(Role.PROGRAMME_OFFICER, name="Oficial"))
    for path in ("", f"/expedientes/{code}", "/marcha", "/preguntas"):
        assert SECRET not in client.get(f"/es/paneles/{panel.id}{path}").get_data(as_text=True)


def test_two_windows_never_overwrite_a_note_unseen(panel: Panel, reviewer: User) -> None:
    first = mine(reviewer)[0]
    services.save_review_draft(first, {}, expected_version=0, edition="una", note="Primera")
    with pytest.raises(ReviewEditedElsewhere) as conflict:
        services.save_review_draft(first, {}, expected_version=0, edition="otra", note="Segunda")
    assert conflict.value.note == "Primera"


def test_a_note_goes_with_the_review(session: Session, panel: Panel, reviewer: User) -> None:
    first = mine(reviewer)[0]
    services.save_review_draft(first, make.entries(4, 4, 4, 4), note=SECRET)
    services.withdraw_assignment(first, reason="No contesta.")
    session.commit()
    assert session.scalars(text("SELECT note FROM review")).all() == [""]


def test_a_reviewer_sees_their_own_other_scores_and_nobody_else_s(
    client: FlaskClient, session: Session, panel: Panel, reviewer: User, login: Callable[..., User]
) -> None:
    first, second = mine(reviewer)
    services.save_review_draft(first, {"calidad": make.entries(2, 2, 2, 2)["calidad"]})
    others = [one for one in queries.assignments_of_panel(panel) if one.seat.reviewer_id != reviewer.id]
    make.review(others[0], 5, 5, 5, 5)
    session.commit()
    assert [(one.code, one.scores) for one in queries.own_other_scores(second)] == [
        (first.dossier.code, {"calidad": Fraction(2)})
    ]
    login(reviewer)
    page = client.get(f"/es/evaluacion/{second.dossier.code}").get_data(as_text=True)
    assert "Tus calificaciones de otro expediente" in page
    assert first.dossier.code in page


def test_a_question_is_told_by_letter_and_answered_once(
    client: FlaskClient, session: Session, panel: Panel, reviewer: User, login: Callable[..., User]
) -> None:
    code = mine(reviewer)[0].dossier.code
    login(reviewer)
    assert client.post(f"/es/evaluacion/{code}/preguntar", data={"text": " "}).status_code == 422
    assert client.post(f"/es/evaluacion/{code}/preguntar", data={"text": QUESTION}).status_code == 303
    assert "Todavía no." in client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    assert queries.count_unanswered() == 1
    officer = make_user(Role.PROGRAMME_OFFICER, name="Oficial")
    session.commit()
    login(officer)
    page = client.get(f"/es/paneles/{panel.id}/preguntas").get_data(as_text=True)
    assert QUESTION in page
    assert "Persona A" in page
    assert "Oyarzábal" not in page
    question = queries.questions_in(panel)[0]
    address = f"/es/paneles/{panel.id}/preguntas/{question.id}"
    assert client.post(address, data={"text": ""}).status_code == 422
    assert client.post(address, data={"text": "De este año."}).status_code == 303
    assert client.post(address, data={"text": "Otra."}).status_code == 409
    assert client.post(f"/es/paneles/{panel.id}/preguntas/999", data={"text": "x"}).status_code == 404
    assert queries.count_unanswered() == 0
    login(reviewer)
    assert "De este año." in client.get(f"/es/evaluacion/{code}").get_data(as_text=True)


def test_nobody_asks_about_or_reads_a_dossier_of_others(
    client: FlaskClient, session: Session, panel: Panel, reviewer: User, login: Callable[..., User]
) -> None:
    stranger = [make_user(Role.REVIEWER, name="Otra persona") for _number in range(3)][-1]  # no seat has this id
    session.commit()
    login(stranger)
    code = mine(reviewer)[0].dossier.code
    assert client.get(f"/es/evaluacion/{code}/preguntar").status_code == 404
    assert client.post(f"/es/evaluacion/{code}/preguntar", data={"text": QUESTION}).status_code == 404
    assert client.get(f"/es/paneles/{panel.id}/preguntas").status_code == 403


def test_what_is_too_long_or_empty_is_refused_and_an_answer_stands(panel: Panel, reviewer: User) -> None:
    first = mine(reviewer)[0]
    for said in ("", "x" * 2_001):
        with pytest.raises(QuestionEmpty):
            services.ask_programme(first, said)
    question = services.ask_programme(first, "x" * 2_000)
    services.answer_reviewer(question, "Sí.")
    with pytest.raises(AlreadyAnswered):
        services.answer_reviewer(question, "No.")
    assert question.answer == "Sí."


def test_the_page_asks_as_much_for_many_dossiers_as_for_one(
    client: FlaskClient, session: Session, reviewer: User, login: Callable[..., User], count_queries: Counting
) -> None:
    def asked(dossiers: int, key: str) -> int:
        made = make.assigned_panel(dossiers, 3, first_reviewer_id=reviewer.id, call_key=key)
        for assignment in queries.assignments_of_panel(made):
            if assignment.seat.reviewer_id == reviewer.id:
                services.save_review_draft(assignment, {"calidad": make.entries(3, 3, 3, 3)["calidad"]}, note="n")
                services.ask_programme(assignment, QUESTION)
        session.commit()
        code = queries.open_dossiers(made)[0].code
        session.expunge_all()
        client.get(f"/es/evaluacion/{code}")
        session.expunge_all()  # what the story left in memory would be counted, or not, as the collector pleases
        with count_queries() as sent:
            page = client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
        assert len(re.findall(re.escape(QUESTION), page)) == 1
        return len(sent)

    login(reviewer)
    client.get("/es/evaluacion")
    few, many = asked(2, "pocos"), asked(12, "muchos")
    assert few == many
