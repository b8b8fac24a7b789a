"""Budget against actual as page, PDF, CSV and XLSX: the same rows, worked out once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.language import _, current_language, localised
from core.money import Money
from core.settings import setting
from rendering.pdf import Block, Column, Document, Heading, Paragraph, Table, render_pdf
from rendering.spreadsheets import Cell, CellKind, Sheet, SheetColumn, render_csv, render_xlsx
from treasury.queries import Execution, ProgrammeLine
from trust.documents import bare


@dataclass(frozen=True, slots=True)
class ExecutionTable:
    """A table as people read it: words first, then money."""

    title: str
    words: tuple[str, ...]
    amounts: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Money, ...]], ...]
    total: tuple[Money, ...]


def execution_tables(one: Execution) -> tuple[ExecutionTable, ExecutionTable]:
    """Return the budget by programme and by fund, each with its totals."""
    axes = {axis["id"]: localised(axis.get("short") or axis["name"]) for axis in setting("AXES")}
    by_programme = [
        (
            (_name(line), axes.get(line.axis, str(line.axis)), localised(line.fund.name)),
            (line.approved, line.committed, line.accrued, line.paid, line.left),
        )
        for line in one.programmes
    ]
    by_fund = [((localised(line.fund.name),), line.moments.amounts) for line in one.funds]
    currency = one.plan.currency
    return (
        ExecutionTable(
            _("Por programa"),
            (_("Programa"), _("Eje"), _("Bolsa")),
            (_("Aprobado"), _("Comprometido"), _("Devengado"), _("Pagado"), _("Por comprometer")),
            tuple(by_programme),
            _sums([amounts for _words, amounts in by_programme], 5, currency),
        ),
        ExecutionTable(
            _("Por bolsa, según el libro"),
            (_("Bolsa"),),
            (
                _("Recaudado"),
                _("Aprobado"),
                _("Comprometido"),
                _("Devengado"),
                _("Ejercido"),
                _("Pagado"),
                _("Por ejercer"),
            ),
            tuple(by_fund),
            _sums([amounts for _words, amounts in by_fund], 7, currency),
        ),
    )


def execution_title(one: Execution) -> str:
    """Return what the report is called."""
    return _("Presupuesto y gasto de %(year)s", year=one.plan.year)


def execution_pdf(one: Execution) -> bytes:
    """Return budget against actual as a PDF."""
    language, trust = current_language(), localised(setting("TRUST_NAME"))
    blocks: list[Block] = [Paragraph(_("%(trust)s, en %(currency)s.", trust=trust, currency=one.plan.currency), "lead")]
    for table in execution_tables(one):
        columns = [*(Column(head) for head in _joined(table.words)), *(Column(head, "right") for head in table.amounts)]
        rows = [[*_joined(words), *(bare(money) for money in amounts)] for words, amounts in table.rows]
        blank = [""] * (len(_joined(table.words)) - 1)
        total = [_("Total"), *blank, *(bare(money) for money in table.total)]
        blocks += [Heading(table.title), Table(columns, rows, total)]
    title = execution_title(one)
    return render_pdf(
        Document(title=title, language=language, author=trust, subject=title, footer_note=trust, blocks=blocks)
    )


def execution_csv(one: Execution) -> Iterator[bytes]:
    """Return budget against actual by programme as CSV."""
    table = execution_tables(one)[0]
    return render_csv(_columns(table), _rows(table, one.plan.currency))


def execution_xlsx(one: Execution) -> bytes:
    """Return budget against actual as a workbook: by programme, and by fund."""
    sheets = [Sheet(table.title, _columns(table), _rows(table, one.plan.currency)) for table in execution_tables(one)]
    return render_xlsx(sheets, title=execution_title(one))


def _columns(table: ExecutionTable) -> list[SheetColumn]:
    words = [*(SheetColumn(head) for head in table.words), SheetColumn(_("Moneda"))]
    return [*words, *(SheetColumn(head, CellKind.MONEY) for head in table.amounts)]


def _rows(table: ExecutionTable, currency: str) -> Iterator[list[Cell]]:
    for words, amounts in table.rows:
        yield [*words, currency, *amounts]
    yield [_("Total"), *[""] * (len(table.words) - 1), currency, *table.total]


def _joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words for a page's width: programme and axis in one column."""
    return (" · ".join(words[:2]), *words[2:]) if len(words) > 2 else words


def _name(line: ProgrammeLine) -> str:
    return "; ".join(localised(one.name) for one in line.programmes) or _("Sin programa en el plan")


def _sums(rows: Sequence[Sequence[Money]], width: int, currency: str) -> tuple[Money, ...]:
    return tuple(sum((row[place] for row in rows), Money.zero(currency)) for place in range(width))
