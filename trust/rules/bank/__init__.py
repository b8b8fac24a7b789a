"""Bank statements as banks write them, read into values or refused by row and reason."""

import hashlib
import re

from trust.rules.bank.iso20022 import read_camt053
from trust.rules.bank.proposal import propose_mapping
from trust.rules.bank.swift import read_mt940
from trust.rules.bank.table import read_csv
from trust.rules.bank.values import (
    DATE_FORMATS,
    EMPTY,
    MOST_LINES,
    NO_LINES,
    NO_MAPPING,
    NOT_A_STATEMENT,
    TOO_MANY,
    CsvMapping,
    Statement,
    StatementLine,
    StatementUnreadable,
    refuse,
)

__all__ = [
    "DATE_FORMATS",
    "CsvMapping",
    "Statement",
    "StatementLine",
    "StatementUnreadable",
    "fingerprints",
    "propose_mapping",
    "read_statement",
]

# What people send by mistake, by how it begins: images, PDF, spreadsheets (zip and the old kind).
OTHER_FILES = (b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"GIF8")


def read_statement(data: bytes, currency: str, mapping: CsvMapping | None) -> Statement:
    """Read a statement in whichever of the three formats it is; `mapping` is for CSV.

    Raises:
        StatementUnreadable: naming the row and the reason; nothing of it is taken.
    """
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:400]
    if not head:
        raise refuse(1, EMPTY)
    if head.startswith(OTHER_FILES):
        raise refuse(1, NOT_A_STATEMENT)
    if head.startswith(b"<"):
        found = read_camt053(data, currency)
    elif re.search(rb"(^|\n):20:", head) or head.startswith(b"{1:"):
        found = read_mt940(data, currency)
    elif mapping is not None:
        found = read_csv(data, currency, mapping)
    else:
        raise refuse(1, NO_MAPPING)
    if not found.lines:
        raise refuse(1, NO_LINES)
    if len(found.lines) > MOST_LINES:
        raise refuse(MOST_LINES, TOO_MANY)
    return found


def fingerprints(lines: tuple[StatementLine, ...]) -> list[str]:
    """Return what makes each line the same line in another file: what it says, and which of its kind it is."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        says = f"{line.booked_on}|{line.money}|{line.reference}|{line.description}"
        seen[says] = seen.get(says, 0) + 1
        found.append(hashlib.sha256(f"{says}|{seen[says]}".encode()).hexdigest())
    return found
