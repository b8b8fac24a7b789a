"""Statements as tables (CSV), whatever the bank calls its columns."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import islice

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

DELIMITERS = ",;\t|"
HEADER_WITHIN = 40
COMMA_TO_POINT = str.maketrans(",.", ".,")
MONTHS = {
    name: f"{number:02d}"
    for number, names in enumerate(
        ["ene jan", "feb", "mar", "abr apr", "may", "jun", "jul", "ago aug", "sep", "oct", "nov", "dic dec"], start=1
    )
    for name in names.split()
}


def read_csv(data: bytes, currency: str, mapping: CsvMapping) -> Statement:
    """Read a CSV by its columns' names, whatever the delimiter."""
    text = _text(data, mapping.encoding)
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter)
        try:
            found = _header(rows, mapping)
            if found is not None:
                number, columns = found
                return Statement("csv", tuple(_csv_lines(rows, number, columns, currency, mapping)))
        except csv.Error:
            raise refuse(rows.line_num, BAD_SHAPE) from None
    raise refuse(1, NO_COLUMN)


def _text(data: bytes, encoding: str) -> str:
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        row = data[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 1
        raise refuse(row, NOT_TEXT) from None
    foreign = re.search(rb"[\x80-\xff]", data)
    if foreign and encoding != "utf-8" and _is_utf8(data):
        # Every byte means something in Windows-1252: only this tells that the names would be read as gibberish.
        raise refuse(data[: foreign.start()].count(b"\n") + 1, NOT_TEXT)
    if "\x00" in text:
        raise refuse(text[: text.index("\x00")].count("\n") + 1, NOT_TEXT)
    return text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _header(rows: Iterator[list[str]], mapping: CsvMapping) -> tuple[int, dict[str, int]] | None:
    """Return the row that names every column, and where each is: banks write a few rows about the account first."""
    for number, row in enumerate(islice(rows, HEADER_WITHIN), start=1):
        columns = _columns([name.strip() for name in row], mapping)
        if columns is not None:
            return number, columns
    return None


def _columns(header: list[str], mapping: CsvMapping) -> dict[str, int] | None:
    wanted = {name: getattr(mapping, name).strip() for name in ("booked_on", "reference", "description")}
    amounts = ("amount",) if mapping.amount.strip() else ("money_in", "money_out")
    wanted |= {name: getattr(mapping, name).strip() for name in amounts}
    found = {}
    for what, name in wanted.items():
        if not name and what in ("reference", "description"):
            continue
        if header.count(name) != 1:
            return None
        found[what] = header.index(name)
    return found


def _csv_lines(
    rows: Iterator[list[str]], header: int, columns: Mapping[str, int], currency: str, mapping: CsvMapping
) -> Iterator[StatementLine]:
    for number, row in enumerate(rows, start=header + 1):
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
        day = day_from(_plain_day(cell("booked_on"), mapping), DATE_FORMATS[mapping.dates], number)
        yield StatementLine(day, Money(cents, currency), cell("reference")[:120], cell("description")[:500])


def _plain_day(text: str, mapping: CsvMapping) -> str:
    """Write 22-11-2026, 22.11.2026 and 22/NOV/2026 with bars and numbers, as the patterns with bars read them."""
    if mapping.dates == "iso":
        return text
    plain = re.sub(r"[-. ]", "/", text.strip())
    return re.sub(r"[A-Za-z]{3,}", lambda name: MONTHS.get(name[0][:3].lower(), name[0]), plain)


def _cents(text: str, currency: str, mapping: CsvMapping, row: int, *, empty: bool = False) -> int:
    if empty and not text:
        return 0
    if mapping.decimal_comma:
        text = text.translate(COMMA_TO_POINT)  # points must then group by thousands: 1500.50 is not 150,050
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    try:
        return Money.parse(text.removeprefix("+"), currency).amount_cents
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
