"""The statements of a day or a range: position, activities and cash flow, by kind of fund and fund by fund.

Closed months are read from their proofs, which the ledger's verification compares with their entries; only the days
outside them are added up again. So a statement of closed years takes as long whatever the number of entries.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from core.database import session
from core.settings import setting
from trust.models import Account, EntryKind, FiscalPeriod, Fund, FundKind, JournalEntry, Posting
from trust.rules.statements import (
    BUDGET,
    AccountSum,
    FlowSum,
    StatementSection,
    activities,
    cash_flow,
    financial_position,
)
from trust.states import PeriodState

Key = tuple[str, int, str]


class StatementKind(StrEnum):
    """The three statements."""

    POSITION = "posicion"
    ACTIVITIES = "actividades"
    CASH_FLOW = "flujo"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its sections by kind of fund (or of the one fund asked for), and the same fund by fund."""

    kind: StatementKind
    start: date
    end: date
    fund: Fund | None
    kinds: tuple[FundKind, ...]
    sections: tuple[StatementSection, ...]
    funds: tuple[Fund, ...]
    by_fund: tuple[StatementSection, ...]
    accounts: dict[str, dict[str, str]]

    @property
    def agrees(self) -> bool:
        """Whether every section adds up to the books."""
        return all(section.agrees for section in (*self.sections, *self.by_fund))


def statement(kind: StatementKind, start: date, end: date, *, fund: Fund | None = None) -> Statement:
    """Return a statement of the days from `start` to `end`, both included; a position stands at `end`.

    A position counts the year of `end` as the present one, whatever `start` says.
    """
    chart = list(session().scalars(select(Account).order_by(Account.code)))
    funds = list(session().scalars(select(Fund).order_by(Fund.id)))
    begins = date(end.year, 1, 1) if kind is StatementKind.POSITION else start
    shown = [one for one in funds if fund is None or one.id == fund.id]
    places = {one.id: place for place, one in enumerate(shown)}
    sums = account_sums(begins, end, shown)
    cash = [account.code for account in chart if account.available_sign == 1]
    flows = flow_sums(begins, end, cash, shown) if kind is StatementKind.CASH_FLOW else []
    kinds = tuple(FundKind) if fund is None else ()
    order = {one.id: 0 if fund else kinds.index(one.kind) for one in shown}

    base = setting("BASE_CURRENCY")

    def drawn(columns: dict[int, int], width: int) -> tuple[StatementSection, ...]:
        match kind:
            case StatementKind.POSITION:
                found = financial_position(sums, columns.__getitem__, width)
            case StatementKind.ACTIVITIES:
                found = activities(sums, columns.__getitem__, width)
            case StatementKind.CASH_FLOW:
                found = cash_flow(sums, flows, cash, columns.__getitem__, width)
        # The money the books are kept in comes first: a foreign account of little weight must not hide it.
        return tuple(sorted(found, key=lambda one: (one.part, one.currency != base, one.currency)))

    return Statement(
        kind,
        begins,
        end,
        fund,
        kinds,
        drawn(order, len(kinds) or 1),
        tuple(shown),
        drawn(places, len(shown)) if fund is None else (),
        {account.code: account.name for account in chart},
    )


def account_sums(start: date, end: date, funds: Sequence[Fund]) -> list[AccountSum]:
    """Return what every account of these funds held before a range and what moved in it.

    One fund is read by its own entries: it takes as long however many the others have.
    """
    ids = {one.code: one.id for one in funds}
    proved = _proved()
    opening = _between(None, start - timedelta(days=1), proved, ids)
    moved = _between(start, end, proved, ids)
    return [
        AccountSum(*key, opening=opening.get(key, 0), moved=moved.get(key, 0)) for key in sorted({*opening, *moved})
    ]


def _proved() -> list[tuple[date, date, dict[str, int]]]:
    """Return the closed months: first day, last day and the sums they were closed with."""
    rows = session().execute(
        select(FiscalPeriod.year, FiscalPeriod.month, FiscalPeriod.proof)
        .where(FiscalPeriod.state == PeriodState.CLOSED)
        .order_by(FiscalPeriod.year, FiscalPeriod.month)
    )
    return [
        (date(year, month, 1), date(year, month, monthrange(year, month)[1]), proof["sums"])
        for year, month, proof in rows
    ]


def _between(
    start: date | None, end: date, proved: Iterable[tuple[date, date, dict[str, int]]], ids: dict[str, int]
) -> dict[Key, int]:
    """Return what moved from `start` (or ever) to `end`: whole closed months from their proofs, the rest added up.

    Months close in order, so those inside a range follow each other: what is left is before and after them.
    """
    found: dict[Key, int] = defaultdict(int)
    wanted = set(ids.values())
    inside = [one for one in proved if (start is None or one[0] >= start) and one[1] <= end]
    for _first, _last, sums in inside:
        for key, cents in sums.items():
            account, code, currency = key.split("|")
            if code in ids:
                found[account, ids[code], currency] += cents
    left: list[tuple[date | None, date]] = [(start, end)]
    if inside:
        left = [(start, inside[0][0] - timedelta(days=1)), (inside[-1][1] + timedelta(days=1), end)]
    for first, last in left:
        if first is None or first <= last:
            for account, fund_id, currency, cents in session().execute(_added(first, last, wanted)):
                if fund_id in wanted:
                    found[account, fund_id, currency] += int(cents)
    return found


def _added(first: date | None, last: date, fund_ids: Collection[int]) -> Select[str, int, str, int]:
    key = (Posting.account_code, Posting.fund_id, Posting.currency)
    query = (
        select(*key, func.sum(Posting.amount_cents))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.entry_date <= last)
        .group_by(*key)
        .order_by(*key)
    )
    if len(fund_ids) == 1:
        query = query.where(Posting.fund_id.in_(fund_ids))
    return query if first is None else query.where(JournalEntry.entry_date >= first)


def flow_sums(start: date, end: date, cash: list[str], funds: Sequence[Fund]) -> list[FlowSum]:
    """Return what came into the money at hand of these funds within a range, by the account it was posted against."""
    beside = aliased(Posting)
    moves_money = (
        select(beside.id)
        .where(
            beside.entry_id == Posting.entry_id,
            beside.fund_id == Posting.fund_id,
            beside.currency == Posting.currency,
            beside.account_code.in_(cash),
        )
        .exists()
    )
    key = (Posting.account_code, JournalEntry.kind, Posting.fund_id, Posting.currency)
    query = (
        select(*key, -func.sum(Posting.amount_cents))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.entry_date.between(start, end),
            Posting.account_code.not_in(cash),
            Posting.account_code.not_like(f"{BUDGET}%"),
            moves_money,
        )
        .group_by(*key)
        .order_by(*key)
    )
    if len(funds) == 1:
        query = query.where(Posting.fund_id == funds[0].id)
    return [
        FlowSum(account, kind is EntryKind.REFUND, fund_id, currency, int(cents))
        for account, kind, fund_id, currency, cents in session().execute(query)
    ]
