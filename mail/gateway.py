"""Hand a finished letter over: to a mail server, or to a folder that people and tests can open."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from core.settings import setting
from mail.errors import PermanentFailure, TemporaryFailure

TIMEOUT_SECONDS = 20
UNREACHABLE = ".invalid"  # RFC 2606: domains that will never exist


def deliver(letter: EmailMessage, *, name: str) -> None:
    """Send `letter` by the transport in the settings. `name` is its file name in the folder, without ending.

    Raises:
        TemporaryFailure: nothing was sent, try again. PermanentFailure: it never will be.
    """
    if str(letter["To"]).rpartition("@")[2].strip(" >").endswith(UNREACHABLE):
        raise PermanentFailure("this person gave no address: print the letter")
    transport = setting("MAIL_TRANSPORT")
    if transport == "file":
        _write(letter, Path(setting("MAIL_FOLDER")), name)
    elif transport == "smtp":
        _send(letter)
    else:
        raise TemporaryFailure(f"MAIL_TRANSPORT {transport!r} is neither file nor smtp")


def _write(letter: EmailMessage, folder: Path, name: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(letter.as_bytes(policy=SMTP))
        unfinished.rename(folder / f"{name}.eml")  # whole or not at all
    except OSError as error:
        raise TemporaryFailure(f"{type(error).__name__}: {error}") from error


def _send(letter: EmailMessage) -> None:
    try:
        with smtplib.SMTP(setting("SMTP_HOST"), setting("SMTP_PORT"), timeout=TIMEOUT_SECONDS) as server:
            if setting("SMTP_STARTTLS"):
                server.starttls(context=ssl.create_default_context())
            if setting("SMTP_USER"):
                server.login(setting("SMTP_USER"), setting("SMTP_PASSWORD"))
            server.send_message(letter, from_addr=setting("MAIL_RETURN_TO") or None)
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        raise _failure(code, reply) from error
    except smtplib.SMTPAuthenticationError as error:
        raise TemporaryFailure(f"{error.smtp_code} the mail server refuses our account") from error
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryFailure(f"{type(error).__name__}: {error}") from error


def waiting_reports(folder: Path) -> Iterator[Path]:
    """Yield the letters in a folder, one a file; of a Maildir, the new ones. What was read before is elsewhere."""
    for where in (folder / "new", folder):
        if where.is_dir():
            yield from sorted(path for path in where.iterdir() if path.is_file() and not path.name.startswith("."))


def put_away(path: Path) -> None:
    """Move a letter that was read to where nobody reads it again: `cur` of a Maildir, `leidas` of any other folder."""
    target = path.parent.parent / "cur" if path.parent.name == "new" else path.parent / "leidas"
    target.mkdir(exist_ok=True)
    path.replace(target / (f"{path.name}:2,S" if path.parent.name == "new" else path.name))


def _failure(code: int, reply: bytes | str) -> TemporaryFailure | PermanentFailure:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    kind = PermanentFailure if 500 <= code < 600 else TemporaryFailure
    return kind(f"{code} {text}")
