"""What the months of the books are, what they sum to, and what was done to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from core.database import session
from trust.errors import ClosingNotFound, ReopeningNotFound
from trust.models import (
    ClosingAction,
    EntryCounter,
    FiscalPeriod,
    Fund,
    JournalEntry,
    PeriodClosing,
    PeriodReopening,
    Posting,
)
from trust.states import PeriodState, ReopeningState


@dataclass(frozen=True, slots=True)
class EntryRange:
    """How many entries a month or a year has, and the numbers of the first and the last."""

    count: int
    first: int | None
    last: int | None


def hold_books() -> None:
    """Keep every year's counter until the transaction ends, so that no entry is posted while the books are proved."""
    query = select(EntryCounter.fiscal_year).order_by(EntryCounter.fiscal_year).with_for_update()
    session().execute(query).all()


def period_held(year: int, month: int) -> FiscalPeriod | None:
    """Return a month as it is now, kept until the transaction ends."""
    return session().scalar(
        select(FiscalPeriod)
        .where(FiscalPeriod.year == year, FiscalPeriod.month == month)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def last_closed_period() -> FiscalPeriod | None:
    """Return the latest closed month: the only one that can be opened again."""
    return session().scalar(
        select(FiscalPeriod)
        .where(FiscalPeriod.state == PeriodState.CLOSED)
        .order_by(FiscalPeriod.year.desc(), FiscalPeriod.month.desc())
        .limit(1)
    )


def last_number(year: int) -> int:
    """Return the number of the year's last entry; 0 when it has none."""
    return session().scalar(select(EntryCounter.last_number).where(EntryCounter.fiscal_year == year)) or 0


def dated(year: int, month: int) -> ColumnElement[bool]:
    """Return the condition that an entry is dated in a month, or with month 0 in the year."""
    start = date(year, month or 1, 1)
    end = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return (JournalEntry.entry_date >= start) & (JournalEntry.entry_date < end)


def period_sums(year: int, month: int, *, up_to: int | None = None) -> dict[str, int]:
    """Return what each account, fund and currency moved in a month, or with month 0 in the year.

    The keys are "account|fund|currency" and the values minor units. `up_to` leaves out entries numbered after it.
    """
    query = (
        select(Posting.account_code, Fund.code, Posting.currency, func.sum(Posting.amount_cents))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Fund, Fund.id == Posting.fund_id)
        .where(dated(year, month))
        .group_by(Posting.account_code, Fund.code, Posting.currency)
        .order_by(Posting.account_code, Fund.code, Posting.currency)
    )
    if up_to is not None:
        query = query.where(JournalEntry.number <= up_to)
    return {f"{account}|{code}|{currency}": int(cents) for account, code, currency, cents in session().execute(query)}


def entry_range(year: int, month: int) -> EntryRange:
    """Return how many entries a month has, or with month 0 the year, with the first and the last number."""
    query = select(func.count(JournalEntry.id), func.min(JournalEntry.number), func.max(JournalEntry.number))
    count, first, last = session().execute(query.where(dated(year, month))).one()
    return EntryRange(int(count), first, last)


def _history(*conditions: ColumnElement[bool]) -> Select[PeriodClosing]:
    return (
        select(PeriodClosing)
        .where(*conditions)
        .options(joinedload(PeriodClosing.by), joinedload(PeriodClosing.reopening))
        .order_by(PeriodClosing.id)
    )


def period_history() -> list[PeriodClosing]:
    """Return everything that was done to months and years, oldest first."""
    return list(session().scalars(_history()))


def closings_of(year: int, month: int) -> list[PeriodClosing]:
    """Return what was done to a month, or with month 0 to the year, oldest first."""
    return list(session().scalars(_history(PeriodClosing.year == year, PeriodClosing.month == month)))


def closing(closing_id: int) -> PeriodClosing:
    """Return one closing that has an act.

    Raises:
        ClosingNotFound: there is none.
    """
    found = session().scalar(_history(PeriodClosing.id == closing_id, PeriodClosing.content.is_not(None)))
    if found is None:
        raise ClosingNotFound()
    return found


def is_year_closed(year: int) -> bool:
    """Return whether the last thing done to the year as a whole was closing it."""
    history = closings_of(year, 0)
    return bool(history) and history[-1].action is ClosingAction.CLOSED


def years_to_close() -> list[int]:
    """Return the years whose twelve months are closed and that were not closed as a whole."""
    closed = (
        select(FiscalPeriod.year)
        .where(FiscalPeriod.state == PeriodState.CLOSED)
        .group_by(FiscalPeriod.year)
        .having(func.count() == 12)
        .order_by(FiscalPeriod.year)
    )
    last = select(func.max(PeriodClosing.id)).where(PeriodClosing.month == 0).group_by(PeriodClosing.year)
    done = set(
        session().scalars(
            select(PeriodClosing.year)
            .where(PeriodClosing.id.in_(last), PeriodClosing.action == ClosingAction.CLOSED)
            .order_by(PeriodClosing.year)
        )
    )
    return [year for year in session().scalars(closed) if year not in done]


def _asked(*conditions: ColumnElement[bool]) -> Select[PeriodReopening]:
    return (
        select(PeriodReopening)
        .where(*conditions)
        .options(
            joinedload(PeriodReopening.period),
            joinedload(PeriodReopening.asked_by),
            joinedload(PeriodReopening.decided_by),
        )
        .order_by(PeriodReopening.id.desc())
    )


def reopenings() -> Sequence[PeriodReopening]:
    """Return every wish to open a month again, newest first."""
    return list(session().scalars(_asked()))


def reopening(reopening_id: int) -> PeriodReopening:
    """Return one wish to open a month again.

    Raises:
        ReopeningNotFound: there is none.
    """
    found = session().scalar(_asked(PeriodReopening.id == reopening_id))
    if found is None:
        raise ReopeningNotFound()
    return found


def reopening_waiting(period: FiscalPeriod) -> PeriodReopening | None:
    """Return the wish about a month that nobody has decided yet."""
    return session().scalar(
        _asked(PeriodReopening.period_id == period.id, PeriodReopening.state == ReopeningState.ASKED)
    )


def reopenings_to_decide(user_id: int | None) -> int:
    """Return how many wishes wait for this person: those that somebody else asked for."""
    query = select(func.count(PeriodReopening.id)).where(PeriodReopening.state == ReopeningState.ASKED)
    if user_id is not None:
        query = query.where(PeriodReopening.asked_by_id != user_id)
    return session().scalar(query) or 0
