"""A statement as page, PDF, CSV and XLSX: the same rows, worked out once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from core.language import N_, _, current_language, localised
from core.money import Money, exponent
from core.settings import setting
from rendering.pdf import Block, Column, Document, Heading, Notice, Paragraph, Space, Table, render_pdf
from rendering.spreadsheets import Cell, CellKind, Sheet, SheetColumn, render_csv, render_xlsx
from trust.models import FUND_KINDS
from trust.queries import Statement, StatementKind
from trust.rules.statements import Level, Part, StatementRow, StatementSection

TITLES = {
    StatementKind.POSITION: N_("Estado de posición financiera"),
    StatementKind.ACTIVITIES: N_("Estado de actividades"),
    StatementKind.CASH_FLOW: N_("Estado de flujos de efectivo"),
}
LEADS = {
    StatementKind.POSITION: N_("Lo que el fideicomiso tiene, lo que debe y lo que le queda, en una fecha."),
    StatementKind.ACTIVITIES: N_("Lo que entró y lo que se gastó, y cómo cambió el patrimonio."),
    StatementKind.CASH_FLOW: N_("De dónde vino el dinero y a dónde fue, por el método directo."),
}
PARTS = {Part.CASH: N_("En dinero, %(currency)s"), Part.IN_KIND: N_("En especie a valor razonable, %(currency)s")}
AGREES = N_("Comprobado: cada bolsa y cada moneda cuadra con los asientos.")
DIFFERS = N_("Las sumas no cuadran con los asientos. Avisa a Tesorería: hay que probar los libros.")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row as people read it."""

    label: str
    account: str
    level: str
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """One part in one currency: a heading, the columns after the concept, and its rows."""

    part: Part
    currency: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]


def bare(money: Money) -> str:
    """Return a figure for a column whose heading names the currency: grouped, with its decimals, a dash for nothing."""
    if not money:
        return "—"
    decimals = exponent(money.currency)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    figure = format_decimal(abs(money.decimal), format=pattern, locale="es_MX" if current_language() == "es" else "en")
    return f"\N{MINUS SIGN}{figure}" if money.amount_cents < 0 else figure


def statement_title(one: Statement) -> str:
    """Return what a statement is called."""
    return _(TITLES[one.kind])


def statement_dates(one: Statement) -> str:
    """Return the day or the days a statement is about."""
    if one.kind is StatementKind.POSITION:
        return _("Al %(day)s", day=_day(one.end))
    return _("Del %(start)s al %(end)s", start=_day(one.start), end=_day(one.end))


def statement_sections(one: Statement) -> list[ShownSection]:
    """Return a statement by kind of fund with its total, or of the one fund asked for."""
    columns = [_(FUND_KINDS[kind][0]) for kind in one.kinds]
    if one.fund is not None:
        columns = [localised(one.fund.name)]
    shown = []
    for section in one.sections:
        rows = tuple(_shown(one, section, row, total=one.fund is None) for row in section.rows)
        heads = (*columns, _("Total")) if one.fund is None else tuple(columns)
        shown.append(ShownSection(section.part, section.currency, _heading(section), heads, rows))
    return shown


def statement_by_fund(one: Statement) -> list[ShownSection]:
    """Return a statement turned on its side: a row for each fund that has something to say, a column for each sum."""
    shown = []
    for section in one.by_fund:
        sums = [row for row in section.rows if row.level is not Level.LINE]
        rows = []
        for place, fund in enumerate(one.funds):
            cents = [row.cents[place] for row in sums]
            if any(row.cents[place] for row in section.rows):
                amounts = tuple(Money(value, section.currency) for value in cents)
                rows.append(ShownRow(localised(fund.name), fund.code, Level.LINE.value, amounts))
        total = tuple(Money(row.total, section.currency) for row in sums)
        rows.append(ShownRow(_("Total"), "", Level.TOTAL.value, total))
        heads = tuple(_(row.label) for row in sums)
        shown.append(ShownSection(section.part, section.currency, _heading(section), heads, tuple(rows)))
    return shown


def statement_pdf(one: Statement) -> bytes:
    """Return a statement as a PDF."""
    language, trust = current_language(), localised(setting("TRUST_NAME"))
    blocks: list[Block] = [Paragraph(f"{trust}. {statement_dates(one)}", "lead")]
    if not one.sections:
        blocks.append(Paragraph(_("No hay movimientos en estas fechas.")))
    for title, sections in ((None, statement_sections(one)), (_("Bolsa por bolsa"), statement_by_fund(one))):
        if title and sections:
            blocks.append(Heading(title))
        for section in sections:
            columns = [Column(_("Concepto")), *(Column(head, "right") for head in section.columns)]
            rows = [
                [row.label if title else _indented(row), *(bare(money) for money in row.amounts)]
                for row in section.rows
            ]
            blocks += [Heading(section.heading, 2), Table(columns, rows), Space(6)]
    blocks.append(Notice(_(AGREES if one.agrees else DIFFERS), "good" if one.agrees else "bad"))
    return render_pdf(
        Document(
            title=statement_title(one),
            language=language,
            author=trust,
            subject=statement_title(one),
            footer_note=trust,
            blocks=blocks,
        )
    )


def statement_csv(one: Statement, *, by_fund: bool = False) -> Iterator[bytes]:
    """Return a statement as CSV: a row for each line, and for each currency and part."""
    sections = statement_by_fund(one) if by_fund else statement_sections(one)
    return render_csv(_columns(sections), _rows(sections))


def statement_xlsx(one: Statement) -> bytes:
    """Return a statement as a workbook: by kind of fund, and fund by fund."""
    sheets: list[Sheet] = []
    for name, sections in ((statement_title(one), statement_sections(one)), (_("Por bolsa"), statement_by_fund(one))):
        if sections or not sheets:
            sheets.append(Sheet(name, _columns(sections), _rows(sections)))
    return render_xlsx(sheets, title=statement_title(one))


def _columns(sections: list[ShownSection]) -> list[SheetColumn]:
    heads = list(dict.fromkeys(head for section in sections for head in section.columns))
    first = [SheetColumn(head) for head in (_("Parte"), _("Moneda"), _("Clave"), _("Concepto"))]
    return [*first, *(SheetColumn(head, CellKind.MONEY) for head in heads)]


def _rows(sections: list[ShownSection]) -> Iterator[list[Cell]]:
    heads = list(dict.fromkeys(head for section in sections for head in section.columns))
    parts = {Part.CASH: _("En dinero"), Part.IN_KIND: _("En especie")}
    for section in sections:
        for row in section.rows:
            figures = dict(zip(section.columns, row.amounts, strict=True))
            yield [
                parts[section.part],
                section.currency,
                row.account,
                row.label,
                *(figures.get(head) for head in heads),
            ]


def _shown(one: Statement, section: StatementSection, row: StatementRow, *, total: bool) -> ShownRow:
    label = _(row.label) if row.label else localised(one.accounts[row.account])
    cents = (*row.cents, row.total) if total else row.cents
    return ShownRow(label, row.account, row.level.value, tuple(Money(value, section.currency) for value in cents))


def _indented(row: ShownRow) -> str:
    """Return a row's label, further in when it is one of those that a sum below adds up."""
    return f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{row.label}" if row.level == Level.LINE.value else row.label


def _heading(section: StatementSection) -> str:
    return _(PARTS[section.part], currency=section.currency)


def _day(day: date) -> str:
    return format_date(day, "long", locale="es_MX" if current_language() == "es" else "en")
