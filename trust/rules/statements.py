"""The statements of the books: sums by account, fund and currency in, rows and columns out.

Money and things stay apart and so do currencies: each has a section of its own, and nothing is ever added across them.
Income and expense stay on their accounts for ever; what they made of the net assets is worked out here, by date.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.language import N_

IN_KIND = ("1.3", "4.2", "5.3")  # goods held, received and used: never cash
TRANSFERS = "4.8"
BUDGET = "8."


class Part(StrEnum):
    """Money, or goods and services at their fair value."""

    CASH = "cash"
    IN_KIND = "in_kind"


class Level(StrEnum):
    """How a row reads: a figure of the books, a sum of those above it, or where a sum begins and ends."""

    LINE = "line"
    TOTAL = "total"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What an account of a fund held before a range and what moved in it, in minor units; debits are positive."""

    account: str
    fund_id: int
    currency: str
    opening: int
    moved: int

    @property
    def closing(self) -> int:
        """What it held at the end of the range."""
        return self.opening + self.moved


@dataclass(frozen=True, slots=True)
class FlowSum:
    """What came into the money of a fund against one other account; `returned` when it undid a gift or an award."""

    account: str
    returned: bool
    fund_id: int
    currency: str
    cents: int


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One row: the account it comes from or the sentence it says, and a figure for each column."""

    level: Level
    label: str
    account: str
    cents: tuple[int, ...]

    @property
    def total(self) -> int:
        """All columns together."""
        return sum(self.cents)


@dataclass(frozen=True, slots=True)
class StatementSection:
    """The rows of one part in one currency, and whether they add up to the books."""

    part: Part
    currency: str
    rows: tuple[StatementRow, ...]
    agrees: bool


Column = Callable[[int], int]
Figures = list[int]


def part_of(account: str) -> Part:
    """Return whether an account measures money or things."""
    return Part.IN_KIND if account.startswith(IN_KIND) else Part.CASH


class _Sheet:
    """Sums of one part and currency, by account and column."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.opening: dict[str, Figures] = defaultdict(lambda: [0] * width)
        self.moved: dict[str, Figures] = defaultdict(lambda: [0] * width)

    def add(self, one: AccountSum, column: int) -> None:
        self.opening[one.account][column] += one.opening
        self.moved[one.account][column] += one.moved

    def accounts(self, *prefixes: str) -> list[str]:
        return sorted(account for account in self.opening if account.startswith(prefixes))

    def over(self, book: Mapping[str, Figures], *prefixes: str, sign: int = 1) -> Figures:
        found = [book[account] for account in self.accounts(*prefixes)]
        return [sign * sum(figures[i] for figures in found) for i in range(self.width)]

    def at_end(self, *prefixes: str, sign: int = 1) -> Figures:
        return plus(self.over(self.opening, *prefixes, sign=sign), self.over(self.moved, *prefixes, sign=sign))

    def lines(self, book: Mapping[str, Figures], *prefixes: str, sign: int = 1) -> list[StatementRow]:
        rows = [
            StatementRow(Level.LINE, "", account, tuple(sign * cents for cents in book[account]))
            for account in self.accounts(*prefixes)
        ]
        return [row for row in rows if any(row.cents)]

    def closing_lines(self, *prefixes: str, sign: int = 1) -> list[StatementRow]:
        ends = {account: plus(self.opening[account], self.moved[account]) for account in self.accounts(*prefixes)}
        return self.lines(ends, *prefixes, sign=sign)


def plus(*figures: Sequence[int]) -> Figures:
    """Return the sums of figures, column by column."""
    return [sum(cells) for cells in zip(*figures, strict=True)]


def minus(left: Sequence[int], right: Sequence[int]) -> Figures:
    """Return what is left of figures once others are taken away, column by column."""
    return [a - b for a, b in zip(left, right, strict=True)]


def _row(label: str, figures: Sequence[int], level: Level = Level.LINE) -> StatementRow:
    return StatementRow(level, label, "", tuple(figures))


def _said(rows: Iterable[StatementRow]) -> list[StatementRow]:
    """Return rows without the lines that have nothing to say; sums and balances always stand."""
    return [row for row in rows if row.level is not Level.LINE or any(row.cents)]


def _told(sections: Iterable[StatementSection]) -> list[StatementSection]:
    """Return the sections in which something stands; one that does not agree is never left out."""
    return [one for one in sections if not one.agrees or any(any(row.cents) for row in one.rows)]


def _sheets(sums: Iterable[AccountSum], column: Column, width: int) -> dict[tuple[Part, str], _Sheet]:
    sheets: dict[tuple[Part, str], _Sheet] = {}
    for one in sums:
        if not one.account.startswith(BUDGET) and (one.opening or one.moved):
            key = (part_of(one.account), one.currency)
            sheets.setdefault(key, _Sheet(width)).add(one, column(one.fund_id))
    return dict(sorted(sheets.items()))


def _conversions(sheets: Mapping[tuple[Part, str], _Sheet]) -> dict[tuple[Part, str], tuple[Figures, Figures]]:
    """Return what each part owes the other, before and within the range: things that became money, money things.

    An entry balances over both parts together. What one part has gained without any income of its own, the other
    has lost, so both together are zero.
    """
    return {
        key: (
            sheet.over(sheet.opening, "1", "2", "3", "4", "5", "9"),
            sheet.over(sheet.moved, "1", "2", "3", "4", "5", "9"),
        )
        for key, sheet in sheets.items()
    }


def _balanced(conversions: Mapping[tuple[Part, str], tuple[Figures, Figures]], currency: str, width: int) -> bool:
    both = [conversions.get((part, currency), ([0] * width, [0] * width)) for part in Part]
    return all(not any(plus(both[0][i], both[1][i])) for i in (0, 1))


def financial_position(sums: Iterable[AccountSum], column: Column, width: int) -> list[StatementSection]:
    """Return assets, liabilities and net assets at the end of a range that begins with the year.

    What was earned before the range is the result of earlier years; what moved within it is this year's.
    """
    sheets = _sheets(sums, column, width)
    converted = _conversions(sheets)
    sections = []
    for (part, currency), sheet in sheets.items():
        assets, liabilities = sheet.at_end("1"), sheet.at_end("2", sign=-1)
        before, within = converted[part, currency]
        own = [
            *sheet.closing_lines("3", sign=-1),
            _row(N_("Resultados de años anteriores"), sheet.over(sheet.opening, "4", "5", sign=-1)),
            _row(N_("Resultado del año"), sheet.over(sheet.moved, "4", "5", sign=-1)),
            _row(N_("Cambios de moneda"), sheet.at_end("9", sign=-1)),
            _row(N_("Especie convertida en dinero"), plus(before, within)),
        ]
        net = [sum(row.cents[i] for row in own) for i in range(width)]
        rows = [
            *sheet.closing_lines("1"),
            _row(N_("Activo"), assets, Level.TOTAL),
            *sheet.closing_lines("2", sign=-1),
            _row(N_("Pasivo"), liabilities, Level.TOTAL),
            *own,
            _row(N_("Patrimonio"), net, Level.TOTAL),
            _row(N_("Pasivo más patrimonio"), plus(liabilities, net), Level.BALANCE),
        ]
        agrees = not any(minus(assets, plus(liabilities, net))) and _balanced(converted, currency, width)
        sections.append(StatementSection(part, currency, tuple(_said(rows)), agrees))
    return _told(sections)


def activities(sums: Iterable[AccountSum], column: Column, width: int) -> list[StatementSection]:
    """Return what changed the net assets within a range, from what they were before it to what they were after it."""
    sheets = _sheets(sums, column, width)
    converted = _conversions(sheets)
    sections = []
    for (part, currency), sheet in sheets.items():
        income = minus(sheet.over(sheet.moved, "4", sign=-1), sheet.over(sheet.moved, TRANSFERS, sign=-1))
        expense = sheet.over(sheet.moved, "5")
        opening = sheet.over(sheet.opening, "1", "2")
        other = [
            *sheet.lines(sheet.moved, "3", sign=-1),
            *sheet.lines(sheet.moved, TRANSFERS, sign=-1),
            _row(N_("Cambios de moneda"), sheet.over(sheet.moved, "9", sign=-1)),
            _row(N_("Especie convertida en dinero"), converted[part, currency][1]),
        ]
        change = plus(minus(income, expense), [sum(row.cents[i] for row in other) for i in range(width)])
        closing = plus(opening, change)
        rows = [
            _row(N_("Patrimonio al inicio"), opening, Level.BALANCE),
            *[row for row in sheet.lines(sheet.moved, "4", sign=-1) if not row.account.startswith(TRANSFERS)],
            _row(N_("Ingresos"), income, Level.TOTAL),
            *sheet.lines(sheet.moved, "5"),
            _row(N_("Gastos"), expense, Level.TOTAL),
            *other,
            _row(N_("Cambio en el patrimonio"), change, Level.TOTAL),
            _row(N_("Patrimonio al final"), closing, Level.BALANCE),
        ]
        agrees = not any(minus(closing, sheet.at_end("1", "2"))) and _balanced(converted, currency, width)
        sections.append(StatementSection(part, currency, tuple(_said(rows)), agrees))
    return _told(sections)


# What a movement of money was, by the account against which it was posted: the first that fits.
FLOWS: tuple[tuple[str, bool | None, str], ...] = (
    ("4.8", None, N_("Traspasos entre bolsas")),
    ("4.9", None, N_("Ganancias y pérdidas cambiarias")),
    ("5.9", None, N_("Ganancias y pérdidas cambiarias")),
    ("4.", True, N_("Devuelto a quien dio")),
    ("5.1", True, N_("Devuelto por quien recibió apoyo")),
    ("3.", None, N_("Capital inicial recibido")),
    ("4.", None, ""),
    ("5.", None, ""),
    ("9.", None, N_("Cambios de moneda")),
    ("1.3", None, N_("Especie convertida en dinero")),
)
OTHER_FLOW = N_("Retenido, por cobrar o por pagar")
RECEIVED, PAID, FINANCED = "received", "paid", "other"


def _flow(one: FlowSum) -> tuple[str, str, str]:
    """Return the group, the sentence and the account of a movement; an account says its own name."""
    for prefix, returned, label in FLOWS:
        if one.account.startswith(prefix) and returned in (None, one.returned):
            group = RECEIVED if prefix == "4." else PAID if prefix.startswith("5.") and prefix != "5.9" else FINANCED
            return group, label, "" if label else one.account
    return FINANCED, OTHER_FLOW, ""


def cash_flow(
    sums: Iterable[AccountSum], flows: Iterable[FlowSum], cash: Sequence[str], column: Column, width: int
) -> list[StatementSection]:
    """Return what came into and went out of the money at hand within a range, by what it was (direct method).

    `cash` are the accounts of money at hand. What moves between them is no flow.
    """
    held = [one for one in sums if one.account in cash and (one.opening or one.moved)]
    found: dict[str, dict[tuple[str, str, str], Figures]] = defaultdict(lambda: defaultdict(lambda: [0] * width))
    for one in flows:
        found[one.currency][_flow(one)][column(one.fund_id)] += one.cents
    sections = []
    for currency in sorted({one.currency for one in held} | set(found)):
        opening, closing = [0] * width, [0] * width
        for had in (one for one in held if one.currency == currency):
            opening[column(had.fund_id)] += had.opening
            closing[column(had.fund_id)] += had.closing
        rows, moved = [_row(N_("Dinero al inicio"), opening, Level.BALANCE)], [0] * width
        titles = ((RECEIVED, N_("Cobrado de quienes dan")), (PAID, N_("Pagado")), (FINANCED, N_("Otros movimientos")))
        for group, title in titles:
            keys = sorted(key for key in found[currency] if key[0] == group)
            lines = [StatementRow(Level.LINE, key[1], key[2], tuple(found[currency][key])) for key in keys]
            sum_ = [sum(line.cents[i] for line in lines) for i in range(width)]
            rows += [*_said(lines), _row(title, sum_, Level.TOTAL)]
            moved = plus(moved, sum_)
        rows += [
            _row(N_("Cambio en el dinero"), moved, Level.TOTAL),
            _row(N_("Dinero al final"), plus(opening, moved), Level.BALANCE),
        ]
        agrees = not any(minus(plus(opening, moved), closing))
        sections.append(StatementSection(Part.CASH, currency, tuple(rows), agrees))
    return _told(sections)
