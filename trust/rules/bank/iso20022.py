"""ISO 20022 CAMT.053 statements."""

from itertools import pairwise
from typing import Any

from lxml import etree

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


def read_camt053(data: bytes, currency: str) -> Statement:
    """Read an ISO 20022 CAMT.053 of any version: booked entries and balances, one statement or several in a row."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise refuse(1, BAD_SHAPE)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise refuse(error.position[0], BAD_SHAPE) from None
    nodes = [node for node in root.iter() if _tag(node) == "Stmt"]
    if not nodes:
        raise refuse(1, BAD_SHAPE)
    return _chained(nodes, [_statement(node, currency) for node in nodes])


def _chained(nodes: list[etree._Element], found: list[tuple[str, Statement]]) -> Statement:
    """Return the statements of a file as one: of one account, each beginning with what the one before ended with.

    Banks put one statement a day into a file of a week.
    """
    if len({account for account, _ in found}) > 1:
        raise refuse(_row(nodes[1]), SEVERAL_ACCOUNTS)
    whole = [statement for _, statement in found]
    for (_, before), (node, after) in pairwise(zip(nodes, whole, strict=True)):
        if before.closing != after.opening:
            raise refuse(_row(node), BROKEN_CHAIN)
    lines = tuple(line for statement in whole for line in statement.lines)
    return Statement("camt053", lines, whole[0].opening, whole[-1].closing)


def _statement(statement: etree._Element, currency: str) -> tuple[str, Statement]:
    """Return which account a statement is of, and what it says."""
    opening = closing = None
    lines = []
    for node in statement:
        kind = _text(node, "Cd") if _tag(node) == "Bal" else ""
        if kind == "OPBD" or (kind == "PRCD" and opening is None):
            opening = _signed(node, currency)
        elif kind == "CLBD":
            closing = _signed(node, currency)
        elif _tag(node) == "Ntry" and _is_booked(node):
            lines.append(_line(node, currency))
    if opening is None or closing is None:
        raise refuse(_row(statement), BAD_SHAPE)
    if sum((line.money for line in lines), opening) != closing:
        raise refuse(_row(statement), BAD_TOTAL)
    account = next((node for node in statement if _tag(node) == "Acct"), None)
    names = [] if account is None else [node.text or "" for node in account.iter() if _tag(node) in ("IBAN", "Id")]
    return next((name.strip() for name in names if name.strip()), ""), Statement(
        "camt053", tuple(lines), opening, closing
    )


def _line(entry: etree._Element, currency: str) -> StatementLine:
    number = _row(entry)
    booked = next((one for one in entry if _tag(one) == "BookgDt"), entry)
    day = day_from(_text(booked, "Dt") or _text(booked, "DtTm"), "%Y-%m-%d", number)
    told = (_text(entry, name) for name in ("EndToEndId", "AcctSvcrRef", "NtryRef"))
    reference = next((one for one in told if one not in ("", "NOTPROVIDED")), "")
    # What it was for, in the payer's own words where there are any; then a structured reference, then a name.
    told_for = (_text(entry, name) for name in ("Ustrd", "AddtlNtryInf", "AddtlTxInf", "Ref", "Nm"))
    says = " ".join(next((one for one in told_for if one), "").split())
    money = _signed(entry, currency)
    if not money:
        raise refuse(number, BAD_AMOUNT)
    return StatementLine(day, money, reference[:120], says[:500])


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname


def _row(node: Any) -> int:
    return int(node.sourceline or 1)


def _is_booked(node: etree._Element) -> bool:
    """Tell whether an entry is booked: its status is a word of its own, or since version 8 a code within."""
    status = next((one for one in node if _tag(one) == "Sts"), None)
    word = "" if status is None else (status.text or "").strip() or _text(status, "Cd")
    return word in ("BOOK", "")


def _text(node: etree._Element, name: str) -> str:
    return next(((one.text or "").strip() for one in node.iter() if _tag(one) == name), "")


def _signed(node: etree._Element, currency: str) -> Money:
    row = _row(node)
    amount = next((one for one in node if _tag(one) == "Amt"), None)
    if amount is None or amount.get("Ccy") != currency:
        raise refuse(row, BAD_SHAPE if amount is None else OTHER_CURRENCY)
    try:
        money = Money.parse((amount.text or "").strip(), currency)
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
    sign = next((one.text for one in node if _tag(one) == "CdtDbtInd"), "CRDT")
    return money if sign == "CRDT" else -money
