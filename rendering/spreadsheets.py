"""Spreadsheets: typed rows go in, CSV or XLSX comes out, and no text ever becomes a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any, Final

import xlsxwriter

from core.money import Money

BOM: Final = "\ufeff"
CHUNK_CHARACTERS: Final = 64 * 1024
LONGEST_XLSX_TEXT: Final = 32_767
FIRST_XLSX_YEAR: Final = 1900
LONGEST_SHEET_NAME: Final = 31
# Spreadsheets round beyond fifteen digits; such a number (an account, a folio) is kept as text.
LARGEST_EXACT: Final = 10**15
# What a spreadsheet reads as the start of a formula, the full-width forms of East Asian keyboards included.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float | Decimal | bool | date | datetime | Money | None


class CellKind(StrEnum):
    """What a column holds; it decides the number format, never the value."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True)
class SheetColumn:
    """A heading, what stands under it, and its width in characters."""

    heading: str
    kind: CellKind = CellKind.TEXT
    width: float | None = None


@dataclass(frozen=True)
class Sheet:
    """A named table."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Cell]]


NUMBER_FORMATS: Final = {
    CellKind.TEXT: "@",
    CellKind.INTEGER: "#,##0",
    CellKind.NUMBER: "#,##0.00",
    CellKind.MONEY: "#,##0.00;[Red]-#,##0.00",
    CellKind.PERCENT: "0.0%",
    CellKind.DATE: "yyyy-mm-dd",
    CellKind.DATETIME: "yyyy-mm-dd hh:mm:ss",
}
WIDTHS: Final = {
    CellKind.TEXT: 28.0,
    CellKind.INTEGER: 12.0,
    CellKind.NUMBER: 14.0,
    CellKind.MONEY: 18.0,
    CellKind.PERCENT: 10.0,
    CellKind.DATE: 12.0,
    CellKind.DATETIME: 20.0,
}


def guard_text(text: str) -> str:
    """Return text that no spreadsheet runs: an apostrophe goes before what would start a formula, NULs go."""
    clean = text.replace("\0", "")
    return f"'{clean}" if clean.lstrip(" \u00a0").startswith(FORMULA_STARTS) else clean


def render_csv(
    columns: Sequence[SheetColumn | str], rows: Iterable[Sequence[Cell]], bom: bool = True
) -> Iterator[bytes]:
    """Yield CSV in UTF-8, in chunks, with the heading first; numbers and dates stay machine-readable."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    if bom:
        buffer.write(BOM)
    headings = [column if isinstance(column, str) else column.heading for column in columns]
    writer.writerow([guard_text(heading) for heading in headings])
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
        if buffer.tell() >= CHUNK_CHARACTERS:
            yield buffer.getvalue().encode(errors="replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode(errors="replace")


def _csv_cell(cell: Cell) -> str | int | float | None:
    match cell:
        case str():
            return guard_text(cell)
        case bool():
            return "true" if cell else "false"
        case Money() | Decimal():
            return f"{cell.decimal if isinstance(cell, Money) else cell:f}"
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()
    return cell


def render_xlsx(sheets: Sequence[Sheet], title: str = "", author: str = "Puente") -> bytes:
    """Return a workbook with typed cells, a frozen heading and filters; rows are written as they come."""
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        # A fixed moment, so that the same rows give the same bytes.
        workbook.set_properties({"title": title, "author": author, "created": datetime(2000, 1, 1, tzinfo=UTC)})
        formats = {kind: workbook.add_format({"num_format": code}) for kind, code in NUMBER_FORMATS.items()}
        heading = workbook.add_format({"bold": True, "font_color": "#4F3A86", "bottom": 1, "text_wrap": True})
        taken: set[str] = set()
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(_sheet_name(sheet.name, taken)), sheet, formats, heading)
    return out.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name the format allows: no forbidden characters, at most 31, none twice."""
    allowed = "".join(" " if letter in "[]:*?/\\" or letter < " " else letter for letter in name).strip(" '")
    base = candidate = allowed[:LONGEST_SHEET_NAME].strip(" '") or "Hoja"
    number = 2
    while candidate.lower() in taken or candidate.lower() == "history":
        suffix = f" {number}"
        candidate = base[: LONGEST_SHEET_NAME - len(suffix)] + suffix
        number += 1
    taken.add(candidate.lower())
    return candidate


def _write_sheet(worksheet: Any, sheet: Sheet, formats: dict[CellKind, Any], heading: Any) -> None:
    for index, column in enumerate(sheet.columns):
        worksheet.set_column(index, index, column.width or WIDTHS[column.kind])
    worksheet.freeze_panes(1, 0)
    for index, column in enumerate(sheet.columns):
        worksheet.write_string(0, index, _storable(column.heading), heading)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        for index, cell in enumerate(row):
            _write_cell(worksheet, number, index, cell, formats[sheet.columns[index].kind])
    if sheet.columns:
        worksheet.autofilter(0, 0, number, len(sheet.columns) - 1)


def _write_cell(worksheet: Any, row: int, column: int, cell: Cell, shape: Any) -> None:
    match cell:
        case str():
            worksheet.write_string(row, column, _storable(cell), shape)
        case bool():
            worksheet.write_boolean(row, column, cell, shape)
        case date() if cell.year < FIRST_XLSX_YEAR:
            worksheet.write_string(row, column, cell.isoformat(), shape)
        case datetime():
            worksheet.write_datetime(row, column, cell.replace(tzinfo=None), shape)
        case date():
            worksheet.write_datetime(row, column, cell, shape)
        case int() | float() | Decimal() | Money():
            number = _number(cell)
            if -LARGEST_EXACT < number < LARGEST_EXACT:  # false for what is not a number too
                worksheet.write_number(row, column, number, shape)
            else:
                worksheet.write_string(
                    row, column, f"{number:f}" if isinstance(number, Decimal) else str(number), shape
                )


def _number(cell: int | float | Decimal | Money) -> int | float | Decimal:
    return cell.decimal if isinstance(cell, Money) else cell


def _storable(text: str) -> str:
    return text[:LONGEST_XLSX_TEXT].encode(errors="replace").decode()
