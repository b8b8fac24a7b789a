"""Statements as tables (CSV), whatever the bank calls its columns."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from core.errors import InvalidInput
from core.letters import fold_text
from core.money import Money
from trust.rules.bank.values import (
    BAD_AMOUNT,
    BAD_DIRECTION,
    BAD_SHAPE,
    BAD_SUM,
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
ABOUT = ("total", "subtotal", "saldo", "balance", "gran total")
# How banks say which way it went, in the words of either language and of bookkeeping (haber came in, debe went out).
CAME = frozenset({"cr", "crdt", "credit", "credito", "abono", "deposito", "ingreso", "haber", "h", "a", "+"})
WENT = frozenset({"d", "db", "dr", "dbit", "debit", "debito", "cargo", "retiro", "egreso", "debe", "-"})
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
                return Statement("csv", tuple(_csv_lines(list(rows), number, _Table(columns, currency, mapping))))
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
    wanted = {name: getattr(mapping, name) for name in ("booked_on", "reference", "description")}
    amounts = ("amount", "direction") if mapping.amount.strip() else ("money_in", "money_out")
    wanted |= {name: getattr(mapping, name) for name in amounts}
    titles = [_folded(title) for title in header]
    found = {}
    for what, name in wanted.items():
        if not name.strip() and what in ("reference", "description", "direction"):
            continue
        if titles.count(_folded(name)) != 1:
            return None
        found[what] = titles.index(_folded(name))
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """Where each column is and how this bank writes its cells."""

    columns: Mapping[str, int]
    currency: str
    mapping: CsvMapping

    def has(self, row: list[str]) -> bool:
        """Tell whether a row is long enough to be a movement."""
        return len(row) > max(self.columns.values())

    def cell(self, row: list[str], what: str) -> str:
        """Return what a row says in a column, or nothing where the file has none."""
        return row[self.columns[what]].strip() if what in self.columns else ""

    def cents(self, row: list[str], what: str, number: int) -> int:
        """Return the amount in a column; an empty cell beside another amount is none."""
        text = self.cell(row, what)
        return _cents(text, self.currency, self.mapping, number) if text or what == "amount" else 0

    def moved(self, row: list[str], said: set[str], number: int) -> int:
        """Return what a row moved, in cents: positive came in, negative went out."""
        if "direction" in self.columns:
            cents = self.cents(row, "amount", number)
            comes_in = _comes_in(_folded(self.cell(row, "direction")), said, number)
            if cents < 0 and comes_in:
                raise refuse(number, BAD_AMOUNT)
            cents = abs(cents) if comes_in else -abs(cents)
        elif "amount" in self.columns:
            cents = self.cents(row, "amount", number)
        else:
            came, went = self.cents(row, "money_in", number), self.cents(row, "money_out", number)
            if came < 0 or (came and went):
                raise refuse(number, BAD_AMOUNT)
            cents = came - abs(went)
        if not cents:
            raise refuse(number, BAD_AMOUNT)
        return cents

    def is_about(self, row: list[str]) -> bool:
        """Tell whether a row is no movement but says what the others add up to: a total or a balance, with no day."""
        day = self.cell(row, "booked_on") if self.has(row) else ""
        return not re.search(r"\d", day) and any(_folded(cell).startswith(ABOUT) for cell in row)

    def check_sum(self, row: list[str], number: int, came: int, went: int) -> None:
        """Refuse a total of the bank's that is not what the lines before it add up to: the file was cut short."""
        is_total = any(_folded(cell).startswith("total") for cell in row)
        if "money_in" not in self.columns or not is_total or not self.has(row):
            return
        written = [abs(self.cents(row, what, number)) for what in ("money_in", "money_out")]
        if any(written) and written != [came, went]:
            raise refuse(number, BAD_SUM)


def _csv_lines(rows: list[list[str]], header: int, table: _Table) -> Iterator[StatementLine]:
    said = {_folded(table.cell(row, "direction")) for row in rows if table.has(row)}
    came = went = 0
    is_over = False
    for number, row in enumerate(rows, start=header + 1):
        if not any(cell.strip() for cell in row):
            continue
        if table.is_about(row):
            is_over = is_over or bool(came or went)
            table.check_sum(row, number, came, went)
            continue
        if is_over or not table.has(row):
            raise refuse(number, BAD_SHAPE)
        cents = table.moved(row, said, number)
        came, went = came + max(cents, 0), went - min(cents, 0)
        told = _plain_day(table.cell(row, "booked_on"), table.mapping)
        yield StatementLine(
            day_from(told, DATE_FORMATS[table.mapping.dates], number),
            Money(cents, table.currency),
            table.cell(row, "reference")[:120],
            table.cell(row, "description")[:500],
        )


def _folded(text: str) -> str:
    return fold_text(text.strip()) or ""


def _comes_in(word: str, said: set[str], row: int) -> bool:
    """Tell whether a word says that money came in; a C alone is a credit beside D, and a charge beside A."""
    if word == "c" and ("d" in said) != ("a" in said):
        return "d" in said
    if word in CAME:
        return True
    if word not in WENT:
        raise refuse(row, BAD_DIRECTION)
    return False


def _plain_day(text: str, mapping: CsvMapping) -> str:
    """Write 22-11-2026, 22.11.2026 and 22/NOV/2026 with bars and numbers, as the patterns with bars read them."""
    if mapping.dates == "iso":
        return text
    plain = re.sub(r"[-. ]", "/", text.strip())
    return re.sub(r"[A-Za-z]{3,}", lambda name: MONTHS.get(name[0][:3].lower(), name[0]), plain)


def _cents(text: str, currency: str, mapping: CsvMapping, row: int) -> int:
    if mapping.decimal_comma:
        text = text.translate(COMMA_TO_POINT)  # points must then group by thousands: 1500.50 is not 150,050
    text = text.replace("\N{MINUS SIGN}", "-")
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    try:
        return Money.parse(text.removeprefix("+"), currency).amount_cents
    except InvalidInput:
        raise refuse(row, BAD_AMOUNT) from None
