"""A question that follows from another answer of the same page: it is there from the first, and counts only then."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.settings import setting
from grants.models import Application
from grants.rules.form_building import put_question
from tests.factories.grants import make_draft_application, make_open_call
from tests.factories.rules import standard_form


def question(question_id: str, kind: str, **more: Any) -> dict[str, Any]:
    label = {"es": f"¿{question_id}?", "en": question_id}
    return {"id": question_id, "type": kind, "label": label, "required": True, "blind": True, **more}


@pytest.fixture
def draft(session: Session, clock: FrozenClock, login: Callable[..., User]) -> Application:
    document: Any = standard_form(setting("AXES"), setting("TERRITORIES"))
    document = put_question(document, "proyecto", question("festival", "yes_no"))
    when = {"question": "festival", "in": ["yes"]}
    document = put_question(document, "proyecto", question("cual", "line", when=when))
    application = make_draft_application(make_open_call(form=document), login())
    session.commit()
    return application


def test_it_is_on_the_page_before_the_answer_that_brings_it(
    client: FlaskClient, draft: Application, session: Session
) -> None:
    url = f"/es/solicitudes/{draft.id}/proyecto"
    page = client.get(url).text
    assert 'data-when="q_festival" data-in="[&#34;yes&#34;]"' in page
    assert "Solo si en «¿festival?» respondes «Sí»." in page
    answer = client.post(url, data={"accion": "seguir", "q_festival": "yes", "q_cual": "La Mar de Músicas"})
    assert (answer.status_code, answer.location) == (303, f"/es/solicitudes/{draft.id}/itinerario")
    session.refresh(draft)
    assert (draft.answers["festival"], draft.answers["cual"]) == ("yes", "La Mar de Músicas")


def test_it_is_neither_asked_nor_kept_after_another_answer(
    client: FlaskClient, draft: Application, session: Session
) -> None:
    url = f"/es/solicitudes/{draft.id}/proyecto"
    assert client.post(url, data={"accion": "seguir", "q_festival": "no", "q_cual": "Ninguno"}).status_code == 303
    session.refresh(draft)
    assert "cual" not in draft.answers
    answer = client.post(url, data={"accion": "seguir", "q_festival": "yes", "q_cual": ""})
    assert answer.status_code == 422
    assert 'href="#q_cual"' in answer.text
