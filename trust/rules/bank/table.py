"""Statements as tables (CSV), whatever the bank calls its columns."""

import csv
import io
from collections.abc import Iterator, Mapping

from core.errors import InvalidInput
from core.money import Money
from trust.rules.bank.values import (
    BAD_AMOUNT,
    BAD_SHAPE,
    DATE_FORMATS,
    NO_COLUMN,
    NOT_TEXT,
    CsvMapping,
    Statement,
    StatementLine,
    day_from,
    refuse,
)


def read_csv(data: bytes, currency: str, mapping: CsvMapping) -> Statement:
    """Read a CSV by its columns' names, whatever the delimiter."""
    try:
        text = data.decode("utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        row = data[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 1
        raise refuse(row, NOT_TEXT) from None
    if "\x00" in text:
        raise refuse(text[: text.index("\x00")].count("\n") + 1, NOT_TEXT)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows = csv.reader(io.StringIO(text), dialect)
    try:
        header = [name.strip() for name in next(rows, [])]
        columns = _columns(header, mapping)
        lines = tuple(_csv_lines(rows, columns, currency, mapping))
    except csv.Error:
        raise refuse(rows.line_num, BAD_SHAPE) from None
    return Statement("csv", lines)


def _columns(header: list[str], mapping: CsvMapping) -> dict[str, int]:
    wanted = {name: getattr(mapping, name).strip() for name in ("booked_on", "reference", "description")}
    amounts = ("amount",) if mapping.amount.strip() else ("money_in", "money_out")
    wanted |= {name: getattr(mapping, name).strip() for name in amounts}
    found = {}
    for what, name in wanted.items():
        if not name and what in ("reference", "description"):
            continue
        if header.count(name) != 1:
            raise refuse(1, NO_COLUMN)
        found[what] = header.index(name)
    return found


def _csv_lines(
    rows: Iterator[list[str]], columns: Mapping[str, int], currency: str, mapping: CsvMapping
) -> Iterator[StatementLine]:
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(columns.values()):
            raise refuse(number, BAD_SHAPE)

        def cell(what: str, row: list[str] = row) -> str:
            return row[columns[what]].strip() if what in columns else ""

        if "amount" in columns:
            cents = _cents(cell("amount"), currency, mapping, number)
        else:
            came = _cents(cell("money_in"), currency, mapping, number, empty=True)
            went = _cents(cell("money_out"), currency, mapping, number, empty=True)
            if came < 0 or (came and went):
                raise refuse(number, BAD_AMOUNT)
            cents = came - abs(went)
        if not cents:
            raise refuse(number, BAD_AMOUNT)
        day = day_from(cell("booked_on"), DATE_FORMATS[mapping.dates], number)
        yield StatementLine(day, Money(cents, currency), cell("reference")[:120], cell("description")[:500])


def _cents(text: str, currency: str, mapping: CsvMapping, row: int, *, empty: bool = False) -> int:
    if empty and not text:
        return 0
    if mapping.decimal_comma:
        text = text.replace(".", "").replace(",", ".")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    try:
        return Money.parse(text.removeprefix("+"), currency).amount_cents
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
