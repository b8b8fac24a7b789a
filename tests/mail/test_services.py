from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import events_of
from core.clock import FrozenClock
from core.database import db
from core.errors import IllegalTransition
from core.files import store_generated
from core.jobs import run_due
from core.settings import install_settings
from mail import gateway
from mail.errors import AddressRefused
from mail.models import OutboxMessage
from mail.queries import letters_since, message
from mail.services import enqueue_mail, requeue_message, send_message
from mail.states import MessageState


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    install_settings({**app.config, "MAIL_TRANSPORT": "file", "MAIL_FOLDER": str(tmp_path)})
    return tmp_path


def letter(**changes: object) -> OutboxMessage:
    facts: dict[str, object] = {
        "to": "ana@example.org",
        "subject": "Acuse PM-0001",
        "paragraphs": ["Hola, Ana:", "Recibimos tu postulación.\nGracias."],
        "language": "es",
        "about": "grants.acuse",
    }
    return enqueue_mail(**{**facts, **changes})  # type: ignore[arg-type]


def only_file(folder: Path) -> str:
    (path,) = folder.glob("*.eml")
    return path.read_bytes().decode()


def test_letter_travels_when_its_transaction_is_kept(session: Session, clock: FrozenClock, folder: Path) -> None:
    queued = letter(action=("Ver el acuse", "http://localhost/es/x?a=1&b=2"))
    session.commit()
    assert run_due() == 1
    session.refresh(queued)
    assert (queued.state, queued.sent_at, queued.last_error) == (MessageState.SENT, clock.now(), None)
    sent = message_from_bytes(only_file(folder).encode(), policy=default)
    assert sent["To"] == "ana@example.org"
    assert sent["Subject"] == "Acuse PM-0001"
    assert sent["Message-ID"] == queued.message_id
    assert sent["Content-Language"] == "es"
    assert sent["Date"] == "Mon, 02 Mar 2026 18:00:00 +0000"
    plain, page = sent.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == (
        "Hola, Ana:\n\nVer el acuse:\nhttp://localhost/es/x?a=1&b=2\n\nRecibimos tu postulación.\nGracias.\n\n"
        "-- \nPuente, de parte de Fideicomiso Puente para la acción internacional\n"
    )
    assert 'href="http://localhost/es/x?a=1&amp;b=2"' in page.get_content()


def test_letter_of_a_rolled_back_transaction_never_existed(session: Session, clock: FrozenClock, folder: Path) -> None:
    letter()
    session.rollback()
    assert run_due() == 0
    assert list(folder.glob("*.eml")) == []


def test_job_repeated_sends_once(session: Session, clock: FrozenClock, folder: Path) -> None:
    queued = letter()
    send_message(queued)
    (folder / f"{queued.id:08d}.eml").unlink()
    send_message(queued)
    assert list(folder.glob("*.eml")) == []


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org\nBcc: todos@example.org",
        "ana@example.org\r\nSubject: otra cosa",
        "ana@example.org, eva@example.org",
        "Ana <ana@example.org>",
        "ana\x00@example.org",
        "ana@@example.org",
        "ana",
        "",
        "ñandú@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_address_that_could_add_a_header_is_refused(session: Session, clock: FrozenClock, address: str) -> None:
    with pytest.raises(AddressRefused):
        letter(to=address)
    assert session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_subject_cannot_add_a_header(session: Session, clock: FrozenClock, folder: Path) -> None:
    queued = letter(subject="Hola\r\nBcc: todos@example.org\x00\x85" + "x" * 300)
    assert queued.subject == ("Hola Bcc: todos@example.org " + "x" * 300)[:200]
    send_message(queued)
    sent = message_from_bytes(only_file(folder).encode(), policy=default)
    assert sent["Bcc"] is None
    assert sent["Subject"] == queued.subject


def test_html_body_escapes_what_people_wrote(session: Session, clock: FrozenClock) -> None:
    queued = letter(subject="<b>", paragraphs=["<script>alert(1)</script>"], action=('"><x>', 'http://h/"onclick="x'))
    assert "<script>" not in queued.body_html
    assert "<title>&lt;b&gt;</title>" in queued.body_html
    assert 'href="http://h/&#34;onclick=&#34;x"' in queued.body_html


def test_letter_speaks_its_readers_language(session: Session, clock: FrozenClock) -> None:
    assert letter(language="en").body_text.endswith("Puente, on behalf of Puente Trust for International Action\n")
    assert letter(language="xx").language == "es"


def test_enclosures_travel_with_their_names(session: Session, clock: FrozenClock, folder: Path) -> None:
    stored = store_generated(b"%PDF-1.7 acuse", "acuse-ñ.pdf", "application/pdf", "acuse")
    send_message(letter(attachments=[stored]))
    sent = message_from_bytes(only_file(folder).encode(), policy=default)
    (enclosed,) = sent.iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content_type()) == (stored.original_name, "application/pdf")
    assert enclosed.get_content() == b"%PDF-1.7 acuse"


def test_private_letter_is_blotted_out_once_sent(session: Session, clock: FrozenClock, folder: Path) -> None:
    queued = letter(action=("Abrir", "http://localhost/llave-secreta"), private=True)
    assert "llave-secreta" in queued.body_text
    send_message(queued)
    assert "llave-secreta" not in queued.body_text + queued.body_html
    assert "llave-secreta" in only_file(folder)


def test_unreachable_transport_retries_and_fails_in_the_end(session: Session, clock: FrozenClock, app: Flask) -> None:
    install_settings({**app.config, "MAIL_TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": 1})
    queued = letter()
    session.commit()
    for tried in range(1, 9):
        assert run_due() == 1
        session.refresh(queued)
        assert queued.state is (MessageState.QUEUED if tried < 8 else MessageState.FAILED)
        clock.advance(hours=7)
    assert run_due() == 0
    assert "ConnectionRefusedError" in (queued.last_error or "")
    assert [event.action for event in events_of("outbox_message", queued.id)] == ["mail.failed"]


def test_failed_letter_can_be_put_back(session: Session, clock: FrozenClock, app: Flask, folder: Path) -> None:
    install_settings({**app.config, "MAIL_TRANSPORT": "pigeon"})
    queued = letter()
    session.commit()
    send_message(queued, last_attempt=True)
    assert queued.state is MessageState.FAILED
    install_settings({**app.config, "MAIL_TRANSPORT": "file", "MAIL_FOLDER": str(folder)})
    requeue_message(queued)
    session.commit()
    run_due()
    session.refresh(queued)
    assert (queued.state, queued.last_error) == (MessageState.SENT, None)
    with pytest.raises(IllegalTransition):
        requeue_message(queued)


def test_letters_are_counted_by_matter_and_time(session: Session, clock: FrozenClock) -> None:
    start = clock.now()
    letter()
    clock.advance(minutes=10)
    letter()
    letter(about="other")
    letter(to="eva@example.org")
    assert letters_since("ana@example.org", "grants.acuse", start) == 2
    clock.advance(seconds=0)
    assert letters_since("ana@example.org", "grants.acuse", clock.now()) == 1


@pytest.mark.parametrize("change", ["sent_at = NULL, state = 'sent'", "state = 'failed'", "state = 'lost'"])
def test_database_refuses_a_state_that_contradicts_its_columns(
    session: Session, clock: FrozenClock, change: str
) -> None:
    queued = letter()
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE outbox_message SET {change} WHERE id = :id"), {"id": queued.id})
    session.rollback()
    assert message(queued.id) is not None


def test_no_lock_waits_for_the_mail_server(
    session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = letter()
    session.commit()

    def deliver(_letter: object, *, name: str) -> None:
        with db.engine.connect() as other:
            if db.engine.dialect.name == "sqlite":
                other.exec_driver_sql("PRAGMA busy_timeout = 50")
            others = update(OutboxMessage).where(OutboxMessage.id == sent.id).values(subject="Otra mano")
            other.execute(others)
            other.commit()

    monkeypatch.setattr(gateway, "deliver", deliver)
    run_due()
    session.expire_all()
    assert (sent.state, sent.subject) == (MessageState.SENT, "Otra mano")
