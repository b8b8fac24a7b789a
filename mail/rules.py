"""What may stand in a letter's head, and what a mail server says became of one. Values in, verdict out."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default
from enum import StrEnum
from typing import Any

LONGEST_ADDRESS = 254
LONGEST_SUBJECT = 200
STATUS = "message/delivery-status"
RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,255}")


def is_one_address(text: str) -> bool:
    """Return whether `text` is a single bare address: no name, no list, no line break, ASCII only."""
    return len(text) <= LONGEST_ADDRESS and text.isascii() and _ADDRESS.fullmatch(text) is not None


def one_line(subject: str) -> str:
    """Return `subject` as a single printable line, at most 200 characters long, so that it cannot add a header."""
    printable = "".join(character if character.isprintable() else " " for character in subject)
    return " ".join(printable.split())[:LONGEST_SUBJECT]


class Fate(StrEnum):
    """What a delivery report says of a letter, as far as anybody here has to know."""

    RETURNED = "returned"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the letter with this Message-ID, and why, in the words of the mail server."""

    message_id: str
    fate: Fate
    reason: str


def read_report(data: bytes) -> DeliveryReport | None:
    """Return what a delivery report (RFC 3464) says, or None: another letter, an answer of a person, good news."""
    try:
        letter = message_from_bytes(data, policy=default)
        if letter.get_content_type() != "multipart/report":
            return None
        parts: list[Any] = list(letter.walk())
        blocks = [block for part in parts if part.get_content_type() == STATUS for block in _blocks(part)]
        returned = next((part for part in parts if part.get_content_type() in RETURNED_TYPES), None)
        message_id = _message_id_in(returned) if returned is not None else ""
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, RecursionError):
        return None  # what strangers send may be anything, parts within parts without end as well
    for action, fate in (("failed", Fate.RETURNED), ("delayed", Fate.DELAYED)):
        for block in blocks:
            if message_id and block.get("action", "").strip().casefold() == action:
                return DeliveryReport(message_id, fate, _reason(block))
    return None


def _blocks(part: Any) -> list[dict[str, str]]:
    payload = part.get_payload()
    found = payload if isinstance(payload, list) else []
    return [{name.casefold(): str(value) for name, value in block.items()} for block in found]


def _message_id_in(part: Any) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):  # the whole letter came back
        return str(payload[0].get("Message-ID", "")).strip()
    head = message_from_bytes(part.get_payload(decode=True) or b"", policy=default)  # only its head did
    return str(head.get("Message-ID", "")).strip()


def _reason(block: dict[str, str]) -> str:
    said = block.get("diagnostic-code", "").partition(";")[2] or block.get("diagnostic-code", "")
    return " ".join(said.split()) or block.get("status", "").strip() or "—"
