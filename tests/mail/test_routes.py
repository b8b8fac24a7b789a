from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.roles import Role
from core.settings import install_settings
from mail.services import enqueue_mail, send_message
from mail.states import MessageState

Login = Callable[..., Any]


@pytest.mark.parametrize("role", list(Role))
def test_outbox_is_for_administrators_and_read_by_auditors(
    session: Session, client: FlaskClient, clock: FrozenClock, login: Login, role: Role
) -> None:
    letter = enqueue_mail(
        to="ana@example.org", subject="Resolución", paragraphs=["Texto privado"], language="es", about="grants.letter"
    )
    install_settings({**client.application.config, "MAIL_TRANSPORT": "pigeon"})
    send_message(letter, last_attempt=True)
    login(role)
    page = client.get("/es/correo-saliente?estado=failed&q=ana")
    assert page.status_code == (200 if role in (Role.ADMINISTRATOR, Role.AUDITOR) else 403)
    assert "Texto privado" not in page.text
    path = f"/es/correo-saliente/{letter.id}/reenviar"
    assert client.post(path).status_code == (303 if role is Role.ADMINISTRATOR else 403)
    session.refresh(letter)
    assert letter.state is (MessageState.QUEUED if role is Role.ADMINISTRATOR else MessageState.FAILED)
    assert client.post(path).status_code == (409 if role is Role.ADMINISTRATOR else 403)
    assert client.post("/es/correo-saliente/999/reenviar").status_code == (404 if role is Role.ADMINISTRATOR else 403)
