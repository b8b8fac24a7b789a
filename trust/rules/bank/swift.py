"""SWIFT MT940 statements."""

import re

from core.errors import InvalidInput
from core.money import Money
from trust.rules.bank.values import (
    BAD_AMOUNT,
    BAD_SHAPE,
    BROKEN_CHAIN,
    OTHER_CURRENCY,
    SEVERAL_ACCOUNTS,
    Statement,
    StatementLine,
    day_from,
    refuse,
)

MT_LINE = re.compile(r"(\d{6})(?:\d{4})?(R?[CD])[A-Z]?(\d+,\d*)[A-Z][A-Z0-9]{3}([^\n/]{0,34})(?://([^\n]*))?")
MT_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d+,\d*)")


def read_mt940(data: bytes, currency: str) -> Statement:
    """Read a SWIFT MT940: balances in :60:/:62:, lines in :61:, what they say in :86:."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The standard knows no accents; banks that write them do it in their own code page.
        text = data.decode("cp1252", errors="replace")
    fields: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        tag = re.match(r":(\d{2}[A-Z]?):(.*)", line)
        if tag:
            fields.append((number, tag[1], tag[2]))
        elif fields and line not in ("-", "-}") and not line.startswith("{"):
            fields[-1] = (fields[-1][0], fields[-1][1], f"{fields[-1][2]}\n{line}")
    if len({value.strip() for _, tag_name, value in fields if tag_name.startswith("25")}) > 1:
        raise refuse(1, SEVERAL_ACCOUNTS)
    opening = closing = None
    lines: list[StatementLine] = []
    for number, tag_name, value in fields:
        if tag_name in ("60F", "60M"):
            starts = _mt_balance(value, currency, number)
            if closing is not None and starts != closing:
                raise refuse(number, BROKEN_CHAIN)
            opening = starts if opening is None else opening
        elif tag_name in ("62F", "62M"):
            closing = _mt_balance(value, currency, number)
        elif tag_name == "61":
            lines.append(_mt_line(value, currency, number))
        elif tag_name == "86" and lines and not lines[-1].description:
            last = lines[-1]
            lines[-1] = StatementLine(last.booked_on, last.money, last.reference, " ".join(value.split())[:500])
    if opening is None or closing is None:
        raise refuse(len(fields), BAD_SHAPE)
    return Statement("mt940", tuple(lines), opening, closing)


def _mt_balance(value: str, currency: str, row: int) -> Money:
    found = MT_BALANCE.match(value)
    if found is None:
        raise refuse(row, BAD_SHAPE)
    if found[3] != currency:
        raise refuse(row, OTHER_CURRENCY)
    cents = _mt_cents(found[4], currency, row)
    return Money(cents if found[1] == "C" else -cents, currency)


def _mt_line(value: str, currency: str, row: int) -> StatementLine:
    found = MT_LINE.match(value)
    if found is None:
        raise refuse(row, BAD_SHAPE)
    came = found[2] in ("C", "RD")  # a reversed debit comes back
    cents = _mt_cents(found[3], currency, row)
    if not cents:
        raise refuse(row, BAD_AMOUNT)
    reference = (found[4] or "").strip()
    reference = "" if reference == "NONREF" else reference
    day = day_from(found[1], "%y%m%d", row)
    return StatementLine(day, Money(cents if came else -cents, currency), reference or (found[5] or "").strip(), "")


def _mt_cents(text: str, currency: str, row: int) -> int:
    try:
        return Money.parse(text.replace(",", ".").rstrip("."), currency).amount_cents
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
