"""Put a letter in the outbox, send it, and put a failed one back."""

import secrets
from collections.abc import Callable, Sequence
from email.utils import parseaddr

from core.audit import record
from core.clock import now
from core.database import session
from core.files import StoredFile
from core.jobs import enqueue
from core.language import LANGUAGES, N_, _, in_language
from core.settings import setting
from mail import emails, gateway, queries
from mail.errors import AddressRefused, PermanentFailure, TemporaryFailure
from mail.models import OutboxMessage
from mail.rules import is_one_address, one_line
from mail.states import MESSAGE_STATES, MessageState

LONGEST_ERROR = 500
FORGOTTEN = "nadie@destruido.invalid"
BLOTTED = N_("El texto se borró al enviarse porque llevaba un enlace personal.")


def enqueue_mail(
    *,
    to: str,
    subject: str,
    paragraphs: list[str],
    language: str,
    action: emails.Action | None = None,
    attachments: Sequence[StoredFile] = (),
    about: str,
    private: bool = False,
) -> OutboxMessage:
    """Queue a letter in the caller's transaction: it leaves if and only if what caused it is kept.

    `paragraphs` are plain text in the reader's `language`; `action` is a label and an absolute address; `about` names
    the cause ("grants.acuse"). A `private` letter's body is blotted out of the database once it was sent.

    Raises:
        AddressRefused: `to` is not one address.
    """
    if not is_one_address(to):
        raise AddressRefused(address=one_line(to))
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    head = one_line(subject)
    letter = OutboxMessage(
        message_id=_message_id(),
        to=to,
        subject=head,
        language=spoken,
        body_text=emails.text_body(paragraphs, action, spoken),
        body_html=emails.html_body(head, paragraphs, action, spoken),
        attachments=[stored.id for stored in attachments],
        about=about,
        private=private,
        state=MessageState.QUEUED,
        created_at=now(),
    )
    session().add(letter)
    session().flush()
    enqueue("mail.send", {"message_id": letter.id})
    return letter


def send_message(
    letter: OutboxMessage, *, last_attempt: bool = False, settle: Callable[[], object] = lambda: None
) -> None:
    """Hand a queued letter to the transport and note how it went; a letter already sent or failed is left alone.

    `settle` ends the caller's transaction once the letter is read: a mail server may take its time, and no lock may
    wait for it.

    Raises:
        TemporaryFailure: to be tried again. On the `last_attempt` the letter fails instead.
    """
    if letter.state is not MessageState.QUEUED:
        return
    composed = emails.compose(letter, queries.attached_files(letter))
    settle()
    try:
        gateway.deliver(composed, name=f"{letter.id:08d}")
    except PermanentFailure as failure:
        _fail(letter, failure)
    except TemporaryFailure as failure:
        if not last_attempt:
            raise
        _fail(letter, failure)
    else:
        _move(letter, MessageState.SENT)
        letter.sent_at, letter.last_error = now(), None
        if letter.private:
            with in_language(letter.language):
                letter.body_text = letter.body_html = _(BLOTTED)
        session().flush()


def requeue_message(letter: OutboxMessage) -> None:
    """Try a failed letter again from the start.

    Raises:
        IllegalTransition: the letter has not failed.
    """
    _move(letter, MessageState.QUEUED)
    session().flush()
    record("mail.requeued", "outbox_message", letter.id, {"state": MessageState.FAILED}, {"state": letter.state})
    enqueue("mail.send", {"message_id": letter.id})


def _fail(letter: OutboxMessage, failure: Exception) -> None:
    _move(letter, MessageState.FAILED)
    letter.last_error = one_line(str(failure))[:LONGEST_ERROR] or type(failure).__name__
    session().flush()
    record("mail.failed", "outbox_message", letter.id, {"state": MessageState.QUEUED}, {"state": letter.state})


def _move(letter: OutboxMessage, target: MessageState) -> None:
    MESSAGE_STATES.check(letter.state, target)
    letter.state = target


def _message_id() -> str:
    domain = parseaddr(setting("MAIL_FROM"))[1].rpartition("@")[2] or "localhost"
    return f"<{secrets.token_hex(16)}@{domain}>"


def forget_letters(to: str, containing: str) -> int:
    """Blot out the letters to an address that speak of something, and who they went to; return how many.

    One that still waits to be sent is left alone.
    """
    letters = queries.letters_about(to, containing)
    for letter in letters:
        letter.to, letter.subject, letter.attachments = FORGOTTEN, "—", []
        letter.body_text = letter.body_html = "—"
    session().flush()
    return len(letters)
