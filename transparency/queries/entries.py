"""The lines of the journal that anybody may read: number, date, kind, account, fund and amount; never a memo."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.database import session
from core.money import Money
from core.settings import setting
from grants.models import Call
from transparency.queries.awards import entries_of_awards
from trust.models import Account, EntryKind, Fund, JournalEntry, Posting


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which lines: all of them when empty; in any of several `accounts`."""

    fund: str | None = None
    accounts: tuple[str, ...] = ()
    kind: EntryKind | None = None
    start: date | None = None
    end: date | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class EntrySum:
    """What lines add up to: in each currency, and all of it in the base currency."""

    amounts: tuple[Money, ...]
    base: Money


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of one entry."""

    number: str
    entry_date: date
    kind: EntryKind
    line: int
    account: str
    account_name: dict[str, str]
    fund: str
    fund_name: dict[str, str]
    money: Money
    base: Money


def _narrowed(query: Any, wanted: EntryFilter) -> Any:
    query = query.select_from(Posting).join(JournalEntry, JournalEntry.id == Posting.entry_id)
    query = query.join(Fund, Fund.id == Posting.fund_id).join(Account, Account.code == Posting.account_code)
    if wanted.fund is not None:
        query = query.where(Fund.code == wanted.fund)
    if wanted.accounts:
        query = query.where(Posting.account_code.in_(wanted.accounts))
    if wanted.kind is not None:
        query = query.where(JournalEntry.kind == wanted.kind)
    if wanted.start is not None:
        query = query.where(JournalEntry.entry_date >= wanted.start)
    if wanted.end is not None:
        query = query.where(JournalEntry.entry_date <= wanted.end)
    if wanted.call is not None:
        query = query.where(JournalEntry.id.in_(entries_of_awards(wanted.call)))
    return query


def entry_lines(wanted: EntryFilter) -> Any:
    """Return the query of lines, newest entry first."""
    columns = select(
        JournalEntry.fiscal_year,
        JournalEntry.number,
        JournalEntry.entry_date,
        JournalEntry.kind,
        Posting.line,
        Posting.account_code,
        Account.name.label("account_name"),
        Fund.code,
        Fund.name.label("fund_name"),
        Posting.amount_cents,
        Posting.currency,
        Posting.base_cents,
    )
    return _narrowed(columns, wanted).order_by(
        JournalEntry.fiscal_year.desc(), JournalEntry.number.desc(), Posting.line
    )


def entry_line(row: Any) -> EntryLine:
    """Return a row of `entry_lines` as a value."""
    return EntryLine(
        number=f"{row.fiscal_year}-{row.number:06d}",
        entry_date=row.entry_date,
        kind=row.kind,
        line=row.line,
        account=row.account_code,
        account_name=row.account_name,
        fund=row.code,
        fund_name=row.fund_name,
        money=Money(row.amount_cents, row.currency),
        base=Money(row.base_cents, str(setting("BASE_CURRENCY"))),
    )


def entry_sums(wanted: EntryFilter) -> EntrySum:
    """Return what the lines add up to, debits less credits."""
    sums = select(Posting.currency, func.sum(Posting.amount_cents), func.sum(Posting.base_cents))
    query = _narrowed(sums, wanted).group_by(Posting.currency).order_by(Posting.currency)
    rows = [(currency, int(cents), int(worth)) for currency, cents, worth in session().execute(query)]
    base = str(setting("BASE_CURRENCY"))
    worth = Money(sum(row[2] for row in rows), base)
    return EntrySum(tuple(Money(cents, currency) for currency, cents, _worth in rows), worth)


def entry_rows(wanted: EntryFilter) -> Iterator[list[Any]]:
    """Yield the lines for a file, oldest first, without holding them in memory: an old file begins a new one."""
    oldest_first = (JournalEntry.fiscal_year, JournalEntry.number, Posting.line)
    query = entry_lines(wanted).order_by(None).order_by(*oldest_first)
    for row in session().execute(query.execution_options(yield_per=1000)):
        one = entry_line(row)
        yield [
            one.number,
            one.entry_date,
            one.kind.value,
            one.line,
            one.account,
            one.fund,
            one.money,
            one.money.currency,
            one.base,
        ]
