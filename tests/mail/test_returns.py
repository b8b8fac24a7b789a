"""Letters that come back: what mail servers say is read, and only of letters that are ours."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.jobs import run_due
from core.settings import install_settings
from mail.errors import SentAgain, StillWaiting, TextGone
from mail.models import OutboxMessage
from mail.queries import failed_count
from mail.rules import DeliveryReport, Fate, read_report
from mail.services import enqueue_mail, read_reports, requeue_message, send_again
from mail.states import MessageState


def report(message_id: str, *recipients: str, head: str = "message/rfc822", kind: str = "delivery-status") -> bytes:
    """Return a delivery report as Postfix writes it; with `head` text/rfc822-headers, as Exchange does."""
    blocks = "\n\n".join(recipients)
    letter = f"From: Puente <puente@example.org>\nTo: ana@example.org\nSubject: Acuse\nMessage-ID: {message_id}\n"
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net (Mail Delivery System)\nTo: puente@example.org\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind};\n boundary="4Dq.1700000000/mx"\n\n'
        "--4Dq.1700000000/mx\nContent-Type: text/plain; charset=us-ascii\n\nI'm sorry to have to inform you.\n\n"
        f"--4Dq.1700000000/mx\nContent-Type: message/{kind}\n\n"
        "Reporting-MTA: dns; mx.example.net\nX-Postfix-Queue-ID: 4Dq\n\n"
        f"{blocks}\n\n"
        f"--4Dq.1700000000/mx\nContent-Type: {head}\n\n{letter}\nHola\n\n--4Dq.1700000000/mx--\n"
    ).encode()


GONE = (
    "Final-Recipient: rfc822; ana@example.org\nOriginal-Recipient: rfc822;ana@example.org\nAction: failed\n"
    "Status: 5.1.1\nRemote-MTA: dns; mx.example.org\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: Recipient address\n    rejected: User unknown"
)
LATE = (
    "Final-Recipient: rfc822; ana@example.org\nAction: delayed\nStatus: 4.4.1\n"
    "Diagnostic-Code: smtp; connect to mx.example.org: Connection timed out\nWill-Retry-Until: Tue, 3 Mar 2026"
)
ARRIVED = "Final-Recipient: rfc822; ana@example.org\nAction: delivered\nStatus: 2.0.0"
PART = "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n"
NESTED = b"Content-Type: multipart/report; boundary=b0\n\n" + "".join(PART % (n, n + 1) for n in range(2_000)).encode()
WHY = "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (report("<a@b>", GONE), DeliveryReport("<a@b>", Fate.RETURNED, WHY)),
        (report("<a@b>", GONE, head="text/rfc822-headers"), DeliveryReport("<a@b>", Fate.RETURNED, WHY)),
        (report("<a@b>", GONE).replace(b"\n", b"\r\n"), DeliveryReport("<a@b>", Fate.RETURNED, WHY)),
        (
            report("<a@b>", LATE),
            DeliveryReport("<a@b>", Fate.DELAYED, "connect to mx.example.org: Connection timed out"),
        ),
        (
            report("<a@b>", LATE, "Final-Recipient: rfc822; b@c\nAction: Failed\nStatus: 5.2.2"),
            DeliveryReport("<a@b>", Fate.RETURNED, "5.2.2"),
        ),
        (report("<a@b>", ARRIVED), None),
        (report("", GONE), None),
        (report("<a@b>", "Disposition: manual-action/MDN-sent; displayed", kind="disposition-notification"), None),
        (b"From: ana@example.org\nSubject: Re: Acuse\nMessage-ID: <a@b>\n\nAction: failed\n", None),
        (report("<a@b>", GONE)[:300], None),
        (b"\xff\x00" * 50, None),
        (NESTED, None),
        (b"", None),
    ],
    ids=lambda value: None,
)
def test_a_report_says_which_letter_and_why(data: bytes, said: DeliveryReport | None) -> None:
    assert read_report(data) == said


@pytest.fixture
def mailbox(app: Flask, tmp_path: Path) -> Path:
    folder = tmp_path / "devueltas"
    (folder / "new").mkdir(parents=True)
    install_settings({**app.config, "MAIL_FOLDER": str(tmp_path / "fuera"), "MAIL_RETURN_FOLDER": str(folder)})
    return folder


def sent(session: Session, **more: Any) -> OutboxMessage:
    facts: dict[str, Any] = {"to": "ana@example.org", "subject": "Acuse", "paragraphs": ["Hola:"], "language": "es"}
    letter = enqueue_mail(**{**facts, "about": "grants.acuse", **more})
    session.commit()
    run_due()
    session.refresh(letter)
    assert letter.state is MessageState.SENT
    return letter


def test_the_worker_reads_what_came_back_and_ignores_the_rest(
    session: Session, clock: FrozenClock, mailbox: Path
) -> None:
    lost, late, fine = sent(session), sent(session), sent(session)
    (mailbox / "new" / "1.mx").write_bytes(report(lost.message_id, GONE))
    (mailbox / "2.eml").write_bytes(report(late.message_id, LATE))
    (mailbox / "3.eml").write_bytes(report("<0123456789abcdef@example.org>", GONE))  # nobody's: invented
    (mailbox / "4.eml").write_bytes(report(lost.message_id, GONE))  # told twice
    clock.advance(minutes=10)
    run_due()
    for letter in (lost, late, fine):
        session.refresh(letter)
    assert (lost.state, lost.last_error, lost.sent_at) == (MessageState.BOUNCED, WHY, lost.sent_at)
    assert (late.state, late.last_error) == (MessageState.SENT, "connect to mx.example.org: Connection timed out")
    assert (fine.state, fine.last_error) == (MessageState.SENT, None)
    assert failed_count() == 1
    assert not [path for path in (*mailbox.iterdir(), *(mailbox / "new").iterdir()) if path.is_file()]
    tally = read_reports(mailbox, settle=session.commit)
    assert (tally.returned, tally.delayed, tally.others) == (0, 0, 0)


def test_a_letter_is_repeated_word_by_word_once(session: Session, clock: FrozenClock, mailbox: Path) -> None:
    letter = sent(session)
    again = send_again(letter, to="ana.nueva@example.org")
    assert (again.to, again.subject, again.body_text) == ("ana.nueva@example.org", "Acuse", letter.body_text)
    assert again.message_id != letter.message_id
    with pytest.raises(SentAgain):
        send_again(letter, to="ana@example.org")
    with pytest.raises(StillWaiting):
        send_again(again, to="ana@example.org")
    with pytest.raises(TextGone):
        send_again(sent(session, private=True), to="ana@example.org")


def test_a_failed_letter_that_was_repeated_is_not_tried_again(session: Session, clock: FrozenClock) -> None:
    letter = enqueue_mail(
        to="nadie@sin-correo.invalid", subject="Acuse", paragraphs=["Hola:"], language="es", about="grants.acuse"
    )
    session.commit()
    run_due()
    session.refresh(letter)
    assert failed_count() == 1
    send_again(letter, to="ana@example.org")
    assert failed_count() == 0
    with pytest.raises(SentAgain):
        requeue_message(letter)
