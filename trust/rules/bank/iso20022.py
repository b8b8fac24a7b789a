"""ISO 20022 CAMT.053 statements."""

import xml.etree.ElementTree as Xml

from core.errors import InvalidInput
from core.money import Money
from trust.rules.bank.values import (
    BAD_AMOUNT,
    BAD_SHAPE,
    OTHER_CURRENCY,
    Statement,
    StatementLine,
    day_from,
    refuse,
)


def read_camt053(data: bytes, currency: str) -> Statement:
    """Read an ISO 20022 CAMT.053 of any version: booked entries, opening and closing booked balances."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise refuse(1, BAD_SHAPE)
    try:
        root = Xml.fromstring(data)  # noqa: S314 (no document type passes: entities cannot be declared)
    except Xml.ParseError as error:
        raise refuse(error.position[0], BAD_SHAPE) from None
    statements = [node for node in root.iter() if _tag(node) == "Stmt"]
    if len(statements) != 1:
        raise refuse(1, BAD_SHAPE)
    opening = closing = None
    lines = []
    for number, node in enumerate(statements[0], start=1):
        if _tag(node) == "Bal":
            kind, amount = _text(node, "Cd"), _signed(node, currency, number)
            opening = amount if kind in ("OPBD", "PRCD") else opening
            closing = amount if kind == "CLBD" else closing
        elif _tag(node) == "Ntry" and _is_booked(node):
            booked = next((one for one in node if _tag(one) == "BookgDt"), node)
            day = day_from(_text(booked, "Dt") or _text(booked, "DtTm"), "%Y-%m-%d", number)
            told = (_text(node, name) for name in ("EndToEndId", "AcctSvcrRef", "NtryRef"))
            reference = next((one for one in told if one not in ("", "NOTPROVIDED")), "")
            says = " ".join((_text(node, "Ustrd") or _text(node, "AddtlNtryInf")).split())
            money = _signed(node, currency, number)
            if not money:
                raise refuse(number, BAD_AMOUNT)
            lines.append(StatementLine(day, money, reference[:120], says[:500]))
    if opening is None or closing is None:
        raise refuse(1, BAD_SHAPE)
    return Statement("camt053", tuple(lines), opening, closing)


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
