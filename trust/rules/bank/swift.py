"""SWIFT MT940 statements: what the tags say is read by the mt-940 library; what they prove is asked here."""

import logging
import re
from typing import Any

from mt940 import tags
from mt940.models import Transactions

from core.errors import InvalidInput
from core.money import Money
from trust.rules.bank.values import (
    BAD_AMOUNT,
    BAD_SHAPE,
    BAD_TOTAL,
    BROKEN_CHAIN,
    OTHER_CURRENCY,
    SEVERAL_ACCOUNTS,
    Statement,
    StatementLine,
    day_from,
    refuse,
)

# The library writes what it cannot read into the log: names and amounts of the bank's customers.
logging.getLogger("mt940").setLevel(logging.CRITICAL)
BALANCE, LINE = tags.BalanceBase(), tags.Statement()
NO_REFERENCE = ("", "NONREF", "NONREFERENCE", "NOTPROVIDED")


def read_mt940(data: bytes, currency: str) -> Statement:
    """Read a SWIFT MT940: balances in :60:/:62:, lines in :61:, what they say in :86:; one statement or several.

    Each statement, and each of its pages, must add up and begin with what the one before it ended with.
    """
    fields = _fields(data)
    if len({value.strip() for _, tag, value in fields if tag.startswith("25")}) > 1:
        raise refuse(1, SEVERAL_ACCOUNTS)
    opening = closing = balance = None
    lines: list[StatementLine] = []
    tag_before = ""
    for number, tag, value in fields:
        if tag in ("60F", "60M"):
            balance = _balance(value, currency, number)
            if closing is not None and balance != closing:
                raise refuse(number, BROKEN_CHAIN)
            opening = balance if opening is None else opening
        elif tag == "61" and balance is not None:
            lines.append(_line(value, currency, number))
            balance += lines[-1].money
        elif tag in ("62F", "62M"):
            closing = _balance(value, currency, number)
            if balance != closing:
                raise refuse(number, BAD_SHAPE if balance is None else BAD_TOTAL)
        elif tag == "86" and tag_before == "61":  # after a balance it tells of the whole statement
            last = lines[-1]
            lines[-1] = StatementLine(last.booked_on, last.money, last.reference, _plain(value) or last.description)
        tag_before = tag
    if opening is None or closing is None:
        raise refuse(fields[-1][0] if fields else 1, BAD_SHAPE)
    return Statement("mt940", tuple(lines), opening, closing)


def _fields(data: bytes) -> list[tuple[int, str, str]]:
    """Return each tag with its row and all it says, over the rows it takes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The standard knows no accents; banks that write them do it in their own code page.
        text = data.decode("cp1252", errors="replace")
    fields: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        tag = re.match(r":([0-9A-Z]{2,3}):(.*)", line)
        if tag:
            fields.append((number, tag[1], tag[2]))
        elif fields and line.strip() and not line.startswith(("-", "{")):
            fields[-1] = (fields[-1][0], fields[-1][1], f"{fields[-1][2]}\n{line}")
    return fields


def _said(tag: tags.Tag, value: str, row: int) -> dict[str, Any]:
    try:
        return tag.parse(Transactions(), value)
    except RuntimeError:
        raise refuse(row, BAD_SHAPE) from None


def _balance(value: str, currency: str, row: int) -> Money:
    said = _said(BALANCE, value, row)
    if said["currency"] != currency:
        raise refuse(row, OTHER_CURRENCY)
    cents = _cents(said["amount"], currency, row)
    return Money(cents if said["status"] == "C" else -cents, currency)


def _line(value: str, currency: str, row: int) -> StatementLine:
    first, _, rest = value.partition("\n")
    said = _said(LINE, first, row)
    cents = _cents(said["amount"], currency, row)
    if not cents:
        raise refuse(row, BAD_AMOUNT)
    came = said["status"] in ("C", "RD")  # a reversed debit comes back
    told = ((said[name] or "").strip() for name in ("customer_reference", "bank_reference"))
    reference = next((one for one in told if one not in NO_REFERENCE), "")
    day = day_from(f"{said['year']}{said['month']}{said['day']}", "%y%m%d", row)
    return StatementLine(day, Money(cents if came else -cents, currency), reference[:120], _plain(rest))


def _plain(text: str) -> str:
    return " ".join(text.split())[:500]


def _cents(text: str, currency: str, row: int) -> int:
    try:
        return Money.parse(text.replace(",", ".").rstrip("."), currency).amount_cents
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
