"""Put a letter in the outbox, send it, and put a failed one back."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.clock import now
from core.database import session
from core.files import StoredFile
from core.jobs import enqueue
from core.language import LANGUAGES, N_, _, in_language
from core.settings import setting
from mail import emails, gateway, queries
from mail.errors import AddressRefused, PermanentFailure, SentAgain, StillWaiting, TemporaryFailure, TextGone
from mail.models import OutboxMessage
from mail.rules import Fate, is_one_address, one_line, read_report
from mail.states import MESSAGE_STATES, MessageState

LONGEST_ERROR = 500
LARGEST_REPORT = 32 * 1024 * 1024
READ = "mail.read_reports"
READ_EVERY = 600  # seconds
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
    unsubscribe_url: str | None = None,
) -> OutboxMessage:
    """Queue a letter in the caller's transaction: it leaves if and only if what caused it is kept.

    `paragraphs` are plain text in the reader's `language`; `action` is a label and an absolute address; `about` names
    the cause ("grants.acuse"). A `private` letter's body is blotted out of the database once it was sent. A letter
    that is no part of a procedure has an `unsubscribe_url`, where one POST ends all of its kind (RFC 8058).

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
        unsubscribe_url=unsubscribe_url,
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
            letter.unsubscribe_url = None
        session().flush()
        plan_reading()


def requeue_message(letter: OutboxMessage) -> None:
    """Try a failed letter again from the start.

    Raises:
        IllegalTransition: the letter has not failed. SentAgain: another took its place.
    """
    if queries.sent_again(letter) is not None:
        raise SentAgain()
    _move(letter, MessageState.QUEUED)
    session().flush()
    record("mail.requeued", "outbox_message", letter.id, {"state": MessageState.FAILED}, {"state": letter.state})
    enqueue("mail.send", {"message_id": letter.id})


def send_again(letter: OutboxMessage, *, to: str) -> OutboxMessage:
    """Queue the same words and enclosures once more, to the same address or another, and return the new letter.

    Raises:
        AddressRefused: `to` is not one address. StillWaiting: it has not left yet. SentAgain: another took its place,
        and that one may be sent again. TextGone: its words were blotted out.
    """
    if not is_one_address(to):
        raise AddressRefused(address=one_line(to))
    if letter.state is MessageState.QUEUED:
        raise StillWaiting()
    if letter.private or letter.to == FORGOTTEN:
        raise TextGone()
    if queries.sent_again(letter) is not None:
        raise SentAgain()
    again = OutboxMessage(
        message_id=_message_id(),
        to=to,
        subject=letter.subject,
        language=letter.language,
        body_text=letter.body_text,
        body_html=letter.body_html,
        attachments=list(letter.attachments),
        about=letter.about,
        private=False,
        state=MessageState.QUEUED,
        again_of_id=letter.id,
        created_at=now(),
    )
    try:
        with session().begin_nested():
            session().add(again)
    except IntegrityError:
        raise SentAgain() from None
    enqueue("mail.send", {"message_id": again.id})
    return again


Lost = Callable[[OutboxMessage], object]
_after_losing: list[Lost] = []


def when_lost(act: Lost) -> Lost:
    """Have `act(letter)` called, in the same transaction, whenever it is known that a letter will not arrive."""
    if act not in _after_losing:
        _after_losing.append(act)
    return act


def take_report(data: bytes) -> Fate | None:
    """Note what a delivery report says of one of our letters; None for anything else, or what is known already.

    Who does not know the Message-ID of a letter, which only its readers do, can say nothing about it.
    """
    report = read_report(data)
    letter = queries.by_message_id(report.message_id) if report is not None else None
    if report is None or letter is None or letter.state is not MessageState.SENT:
        return None
    letter.last_error = one_line(report.reason)[:LONGEST_ERROR] or report.fate.value
    if report.fate is Fate.RETURNED:
        _lose(letter, MessageState.BOUNCED, "mail.returned")
    session().flush()
    return report.fate


@dataclass(slots=True)
class Tally:
    """How many letters of a mailbox said that one of ours came back, that one is delayed, or something else."""

    returned: int = 0
    delayed: int = 0
    others: int = 0


def read_reports(folder: Path, *, settle: Callable[[], object]) -> Tally:
    """Read the delivery reports in a folder or Maildir and put each away; `settle` keeps what one of them changed.

    Doing it twice, or again after a crash, changes nothing: what is known already is not noted again.
    """
    tally = Tally()
    for path in gateway.waiting_reports(folder):
        fate = take_report(path.read_bytes()) if path.stat().st_size <= LARGEST_REPORT else None
        settle()
        gateway.put_away(path)
        tally.returned += fate is Fate.RETURNED
        tally.delayed += fate is Fate.DELAYED
        tally.others += fate is None
    return tally


def plan_reading() -> None:
    """Have the reports read in the coming ten minutes, once, where a folder for them is set."""
    if not setting("MAIL_RETURN_FOLDER"):
        return
    turn = int(now().timestamp()) // READ_EVERY + 1
    try:
        with session().begin_nested():
            enqueue(READ, run_after=datetime.fromtimestamp(turn * READ_EVERY, UTC), unique_key=f"{READ}:{turn}")
    except IntegrityError:
        return  # somebody else asked for it in this very moment


def _fail(letter: OutboxMessage, failure: Exception) -> None:
    letter.last_error = one_line(str(failure))[:LONGEST_ERROR] or type(failure).__name__
    _lose(letter, MessageState.FAILED, "mail.failed")


def _lose(letter: OutboxMessage, target: MessageState, action: str) -> None:
    before = letter.state
    _move(letter, target)
    session().flush()
    record(action, "outbox_message", letter.id, {"state": before}, {"state": letter.state})
    for act in _after_losing:
        act(letter)


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
    return _forget(queries.letters_about(to, containing))


def forget_messages(numbers: Sequence[int]) -> int:
    """Blot out these letters, and who they went to; return how many. One that still waits is left alone."""
    return _forget([letter for letter in queries.messages_by_id(numbers) if letter.state is not MessageState.QUEUED])


def _forget(letters: Sequence[OutboxMessage]) -> int:
    for letter in letters:
        letter.to, letter.subject, letter.attachments = FORGOTTEN, "—", []
        letter.body_text = letter.body_html = "—"
        letter.unsubscribe_url = None
        letter.last_error = "—" if letter.last_error is not None else None
    session().flush()
    return len(letters)
