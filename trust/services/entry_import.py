"""Entries brought from another system's books: a file of lines, posted all or none, each once however often it is read.

A reversal or what the treasury posts cannot come this way: those hang on awards, orders and other entries.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date

from core.errors import InvalidInput, Refusal
from core.language import N_
from core.money import Money
from trust import queries
from trust.errors import EntryFileRefused
from trust.models import EntryKind, Fund
from trust.services.ledger import Draft, Line, post_entries
from trust.services.posting import Posted

COLUMNS = ("key", "date", "kind", "memo", "account", "fund", "amount", "currency")
KINDS = {"contribution", "in_kind", "exchange", "transfer", "adjustment"}
BATCH = 1_000
BAD_COLUMNS = N_("las columnas deben ser: %(columns)s")
BAD_TEXT = N_("el archivo no es texto en UTF-8")
BAD_ROW = N_("falta un dato o sobra")
BAD_DATE = N_("la fecha no tiene la forma AAAA-MM-DD")
BAD_KIND = N_("este tipo de asiento no se importa")
BAD_ACCOUNT = N_("la cuenta no está en el catálogo")
BAD_ENTRY = N_("los renglones de una misma clave deben ir juntos y coincidir en fecha, tipo y concepto")


def import_entries(data: bytes) -> list[Posted]:
    """Post the entries of a CSV, one row a line of an entry, the rows of an entry together under its key.

    Raises:
        EntryFileRefused: names the row and why; nothing was posted.
    """
    drafts = list(_drafts(data))
    posted: list[Posted] = []
    for start in range(0, len(drafts), BATCH):
        part = drafts[start : start + BATCH]
        try:
            posted += post_entries([draft for _row, draft in part])
        except Refusal as refusal:
            row = part[(refusal.position or 1) - 1][0]
            raise EntryFileRefused(row=row, reason=refusal.message()) from None
    return posted


def _drafts(data: bytes) -> Iterator[tuple[int, Draft]]:
    known = {account.code for account in queries.accounts()}
    funds = {fund.code: fund for fund in queries.funds()}
    first, lines, seen = ("", "", "", ""), list[Line](), set[str]()
    began = 0
    for number, row in _rows(data):
        head = (row["key"], row["date"], row["kind"], row["memo"])
        if head != first:
            if lines:
                yield began, _draft(began, first, lines)
            if row["key"] in seen or not row["key"]:
                raise EntryFileRefused(row=number, reason=BAD_ENTRY)
            seen.add(row["key"])
            first, lines, began = head, [], number
        lines.append(_line(number, row, known, funds))
    if lines:
        yield began, _draft(began, first, lines)


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EntryFileRefused(row=data[: error.start].count(b"\n") + 1, reason=BAD_TEXT) from None
    reader = csv.reader(io.StringIO(text))
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise EntryFileRefused(row=1, reason=BAD_COLUMNS, columns=", ".join(COLUMNS))
        for row in reader:
            if len(row) != len(COLUMNS) or "\x00" in "".join(row):
                raise EntryFileRefused(row=reader.line_num, reason=BAD_ROW)
            yield reader.line_num, dict(zip(COLUMNS, (value.strip() for value in row), strict=True))
    except csv.Error:
        raise EntryFileRefused(row=reader.line_num, reason=BAD_ROW) from None


def _line(number: int, row: dict[str, str], accounts: set[str], funds: dict[str, Fund]) -> Line:
    if row["account"] not in accounts:
        raise EntryFileRefused(row=number, reason=BAD_ACCOUNT)
    if row["fund"] not in funds:
        raise EntryFileRefused(row=number, reason=queries.FundNotFound(code=row["fund"][:40]).message())
    try:
        money = Money.parse(row["amount"], row["currency"])
    except InvalidInput as refusal:
        raise EntryFileRefused(row=number, reason=refusal.message()) from None
    if not money:
        raise EntryFileRefused(row=number, reason=BAD_ROW)
    return Line(row["account"], funds[row["fund"]], money)


def _draft(row: int, head: tuple[str, str, str, str], lines: list[Line]) -> Draft:
    key, day, kind, memo = head
    try:
        entry_date = date.fromisoformat(day)
    except ValueError:
        raise EntryFileRefused(row=row, reason=BAD_DATE) from None
    if kind not in KINDS:
        raise EntryFileRefused(row=row, reason=BAD_KIND)
    if len(key) > 120:
        raise EntryFileRefused(row=row, reason=BAD_ROW)
    return Draft(EntryKind(kind), entry_date, memo, "trust.import", lines, f"import:{key}")
