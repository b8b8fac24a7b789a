"""A report as PDF, CSV, XLSX and JSON, from the same sections and the same figures as the page."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from core.language import _, localised
from core.money import NARROW_SPACE, Money
from core.settings import setting
from rendering.pdf import Column as PdfColumn
from rendering.pdf import Document, Figure, Heading, Notice, Paragraph, Table, render_pdf
from rendering.pdf.blocks import Block
from rendering.spreadsheets import CellKind, Sheet, SheetColumn, render_csv, render_xlsx
from transparency.documents.sections import Section, sections
from transparency.documents.words import Cell, scope_title, shown
from transparency.rules.figures import Report

FORMAT = "puente-report/1"
CROWDED = 5
SHARES = {"text": 1.15, "money": 1.25, "currency": 0.8}
KINDS = {
    "text": CellKind.TEXT,
    "integer": CellKind.INTEGER,
    "money": CellKind.MONEY,
    "percent": CellKind.PERCENT,
}


def report_pdf(report: Report) -> bytes:
    """Return the report as a PDF; the same report always gives the same bytes."""
    blocks: list[Block] = [Paragraph(localised(setting("TRUST_NAME")), style="lead")]
    for one in sections(report):
        blocks += _blocks(one)
    blocks += [Heading(_("Fundamento"), 2), *(Paragraph(_article(item), style="small") for item in _articles())]
    return render_pdf(Document(title=scope_title(report.scope), blocks=blocks, footer_note=_footer(report)))


def _footer(report: Report) -> str:
    return _("%(entries)s asientos", entries=report.books.entries)


def _blocks(one: Section) -> list[Block]:
    blocks: list[Block] = [Heading(one.question, 2), Paragraph(one.answer)]
    if one.chart is not None:
        blocks.append(Figure(one.chart))
    if one.rows:
        blocks.append(_table(one))
    blocks += [Paragraph(note, style="small") for note in one.notes]
    if one.id == "libros":
        return [Heading(one.question, 2), Notice(one.answer, tone="good"), *blocks[2:]]
    return blocks


def _table(one: Section) -> Table:
    # A sheet of paper is narrow: the currency is said once over the table, or stands in a column if there are several.
    currencies = sorted({cell.currency for row in one.rows for cell in row.cells if isinstance(cell, Money)})
    crowded = sum(column.kind == "money" for column in one.columns) >= CROWDED
    columns = [
        PdfColumn(
            column.heading,
            "left" if column.kind == "text" else "right",
            SHARES.get(column.kind, 1.0) if crowded else None,
        )
        for column in one.columns
    ]
    several = len(currencies) > 1
    if several:
        columns.append(PdfColumn(_("Moneda"), width=SHARES["currency"] if crowded else None))
    rows = [_printed(row.cells, several) for row in one.rows]
    caption = _("Cantidades en %(currency)s", currency=currencies[0]) if len(currencies) == 1 else ""
    return Table(columns, rows, total=_printed(one.foot, several) if one.foot else None, caption=caption)


def _printed(cells: Sequence[Cell], several: bool) -> list[str]:
    written = [_amount(cell) if isinstance(cell, Money) else shown(cell) for cell in cells]
    return [*written, _currency(cells)] if several else written


def _amount(money: Money) -> str:
    return shown(money).partition(NARROW_SPACE)[0].replace("$", "").replace("€", "")


def _currency(cells: Sequence[Cell]) -> str:
    return next((cell.currency for cell in cells if isinstance(cell, Money)), "")


def _articles() -> list[dict[str, Any]]:
    return list(setting("TRANSPARENCY_ARTICLES"))


def _article(item: dict[str, Any]) -> str:
    return f"{localised(item['code'])}: {localised(item['name'])}"


def section_columns(one: Section) -> list[SheetColumn]:
    """Return a section's columns for a spreadsheet; amounts get their currency in a column of its own."""
    columns = [SheetColumn(column.heading, KINDS[column.kind]) for column in one.columns]
    return [*columns, SheetColumn(_("Moneda"))] if _has_money(one) else columns


def section_rows(one: Section) -> Iterator[list[Cell]]:
    """Yield a section's rows for a spreadsheet. The total is left to the reader's sum."""
    for row in one.rows:
        cells: list[Cell] = list(row.cells)
        if _has_money(one):
            cells.append(_currency(row.cells))
        yield cells


def _has_money(one: Section) -> bool:
    return any(column.kind == "money" for column in one.columns)


def report_xlsx(report: Report) -> bytes:
    """Return the report as a workbook, one sheet a question."""
    sheets = [Sheet(one.id, section_columns(one), list(section_rows(one))) for one in sections(report) if one.columns]
    return render_xlsx(sheets, title=scope_title(report.scope))


def report_csv(report: Report) -> Iterator[bytes]:
    """Yield the report as one long table: section, row, column, value and currency on each line."""
    columns = [_("Sección"), _("Renglón"), _("Concepto"), _("Columna"), _("Valor"), _("Moneda")]
    return render_csv(columns, _long_rows(report))


def _long_rows(report: Report) -> Iterator[list[Cell]]:
    for one in sections(report):
        for number, row in enumerate(one.rows, start=1):
            label = " · ".join(
                str(cell) for cell, column in zip(row.cells, one.columns, strict=True) if column.kind == "text"
            )
            for cell, column in zip(row.cells, one.columns, strict=True):
                if column.kind != "text" or (len(one.columns) == 2 and column is one.columns[1]):
                    currency = cell.currency if isinstance(cell, Money) else ""
                    yield [one.id, number, label, column.heading, cell, currency]


def report_json(report: Report) -> bytes:
    """Return the figures themselves: amounts in minor units with their currency, hidden figures as null."""
    content = {"format": FORMAT, "reconciled": True, "entries": report.books.entries, **_plain(report)}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount_cents": value.amount_cents, "currency": value.currency}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name != "id"]
        return {name: _plain(getattr(value, name)) for name in names}
    return value
