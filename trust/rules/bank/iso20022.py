"""ISO 20022 CAMT.053 statements."""

import xml.etree.ElementTree as Xml
from itertools import pairwise

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


def read_camt053(data: bytes, currency: str) -> Statement:
    """Read an ISO 20022 CAMT.053 of any version: booked entries and balances, one statement or several in a row."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise refuse(1, BAD_SHAPE)
    try:
        root = Xml.fromstring(data)  # noqa: S314 (no document type passes: entities cannot be declared)
    except Xml.ParseError as error:
        raise refuse(error.position[0], BAD_SHAPE) from None
    found = [_statement(node, currency) for node in root.iter() if _tag(node) == "Stmt"]
    if not found:
        raise refuse(1, BAD_SHAPE)
    return _chained(found)


def _chained(found: list[tuple[str, Statement]]) -> Statement:
    """Return the statements of a file as one: of one account, each beginning with what the one before ended with.

    Banks put one statement a day into a file of a week.
    """
    if len({account for account, _ in found}) > 1:
        raise refuse(1, SEVERAL_ACCOUNTS)
    whole = [statement for _, statement in found]
    row = 0
    for before, after in pairwise(whole):
        row += len(before.lines)
        if before.closing != after.opening:
            raise refuse(row + 1, BROKEN_CHAIN)
    lines = tuple(line for statement in whole for line in statement.lines)
    return Statement("camt053", lines, whole[0].opening, whole[-1].closing)


def _statement(statement: Xml.Element, currency: str) -> tuple[str, Statement]:
    """Return which account a statement is of, and what it says."""
    opening = closing = None
    lines = []
    for number, node in enumerate(statement, start=1):
        if _tag(node) == "Bal":
            kind, amount = _text(node, "Cd"), _signed(node, currency, number)
            opening = amount if kind in ("OPBD", "PRCD") else opening
            closing = amount if kind == "CLBD" else closing
        elif _tag(node) == "Ntry" and _is_booked(node):
            lines.append(_line(node, currency, number))
    if opening is None or closing is None:
        raise refuse(1, BAD_SHAPE)
    account = next((node for node in statement if _tag(node) == "Acct"), None)
    names = [] if account is None else [node.text or "" for node in account.iter() if _tag(node) in ("IBAN", "Id")]
    return next((name.strip() for name in names if name.strip()), ""), Statement(
        "camt053", tuple(lines), opening, closing
    )


def _line(entry: Xml.Element, currency: str, number: int) -> StatementLine:
    booked = next((one for one in entry if _tag(one) == "BookgDt"), entry)
    day = day_from(_text(booked, "Dt") or _text(booked, "DtTm"), "%Y-%m-%d", number)
    told = (_text(entry, name) for name in ("EndToEndId", "AcctSvcrRef", "NtryRef"))
    reference = next((one for one in told if one not in ("", "NOTPROVIDED")), "")
    says = " ".join((_text(entry, "Ustrd") or _text(entry, "AddtlNtryInf")).split())
    money = _signed(entry, currency, number)
    if not money:
        raise refuse(number, BAD_AMOUNT)
    return StatementLine(day, money, reference[:120], says[:500])


def _tag(node: Xml.Element) -> str:
    return node.tag.rsplit("}", 1)[-1]


def _is_booked(node: Xml.Element) -> bool:
    """Tell whether an entry is booked: its status is a word of its own, or since version 8 a code within."""
    status = next((one for one in node if _tag(one) == "Sts"), None)
    word = "" if status is None else (status.text or "").strip() or _text(status, "Cd")
    return word in ("BOOK", "")


def _text(node: Xml.Element, name: str) -> str:
    return next(((one.text or "").strip() for one in node.iter() if _tag(one) == name), "")


def _signed(node: Xml.Element, currency: str, row: int) -> Money:
    amount = next((one for one in node if _tag(one) == "Amt"), None)
    if amount is None or amount.get("Ccy") != currency:
        raise refuse(row, BAD_SHAPE if amount is None else OTHER_CURRENCY)
    try:
        money = Money.parse((amount.text or "").strip(), currency)
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
    sign = next((one.text for one in node if _tag(one) == "CdtDbtInd"), "CRDT")
    return money if sign == "CRDT" else -money
