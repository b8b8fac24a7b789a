"""Letters over a real mail server."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.jobs import run_due
from core.settings import install_settings
from mail.models import OutboxMessage
from mail.services import enqueue_mail
from mail.states import MessageState


class Postmaster:
    """A mail server that answers as told and keeps what it took."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.recipient_answer = "250 OK"
        self.taken: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.recipient_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2"):
            self.taken.append(envelope)
        return answer


@pytest.fixture
def postmaster(app: Flask) -> Iterator[Postmaster]:
    handler = Postmaster()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    install_settings({**app.config, "MAIL_TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port})
    yield handler
    controller.stop()


def queue(session: Session) -> OutboxMessage:
    letter = enqueue_mail(
        to="ana@example.org", subject="Resolución ñ", paragraphs=["Estimada Ana:"], language="es", about="grants.letter"
    )
    session.commit()
    return letter


def test_letter_arrives(session: Session, clock: FrozenClock, postmaster: Postmaster) -> None:
    letter = queue(session)
    run_due()
    session.refresh(letter)
    assert letter.state is MessageState.SENT
    (envelope,) = postmaster.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("puente@example.org", ["ana@example.org"])
    assert letter.message_id.encode() in envelope.content


def test_temporary_refusal_is_tried_again_with_the_same_message_id(
    session: Session, clock: FrozenClock, postmaster: Postmaster
) -> None:
    postmaster.answers = ["451 greylisted", "250 OK"]
    letter = queue(session)
    run_due()
    session.refresh(letter)
    assert (letter.state, postmaster.taken) == (MessageState.QUEUED, [])
    clock.advance(seconds=9)
    assert run_due() == 0
    clock.advance(seconds=1)
    assert run_due() == 1
    session.refresh(letter)
    assert (letter.state, len(postmaster.taken)) == (MessageState.SENT, 1)
    assert letter.message_id.encode() in postmaster.taken[0].content


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_permanent_refusal_fails_at_once(
    session: Session, clock: FrozenClock, postmaster: Postmaster, where: str
) -> None:
    if where == "recipient":
        postmaster.recipient_answer = "550 no such mailbox"
    else:
        postmaster.answers = ["554 not wanted"]
    letter = queue(session)
    run_due()
    clock.advance(days=1)
    assert run_due() == 0
    session.refresh(letter)
    expected = "550 no such mailbox" if where == "recipient" else "554 not wanted"
    assert (letter.state, letter.last_error) == (MessageState.FAILED, expected)


def test_temporary_refusal_of_a_recipient_is_tried_again(
    session: Session, clock: FrozenClock, postmaster: Postmaster
) -> None:
    postmaster.recipient_answer = "450 mailbox busy"
    letter = queue(session)
    run_due()
    postmaster.recipient_answer = "250 OK"
    clock.advance(seconds=10)
    run_due()
    session.refresh(letter)
    assert letter.state is MessageState.SENT
