"""What the books say about a range of dates or about one call, added up by the database."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, select

from core.database import session
from grants.models import Call
from transparency.queries.awards import entries_of_awards
from transparency.rules.books import LedgerSum
from transparency.rules.figures import Books, CallRef, FundRef, Names
from transparency.rules.reconciliation import BookSum
from trust import queries as trust_queries
from trust.models import Account, Fund, JournalEntry, Posting


def fund_refs() -> dict[int, FundRef]:
    """Return every fund as reports name it, by id."""
    rows = session().execute(select(Fund.id, Fund.code, Fund.name, Fund.kind).order_by(Fund.id))
    return {row.id: FundRef(row.id, row.code, row.name, row.kind.value) for row in rows}


def account_names() -> dict[str, Names]:
    """Return the chart of accounts, by code."""
    rows = session().execute(select(Account.code, Account.name).order_by(Account.code))
    return {row.code: row.name for row in rows}


SUM_KEY = (Posting.account_code, Posting.fund_id, Posting.currency)


def ledger_sums(start: date, end: date) -> list[LedgerSum]:
    """Return each account, fund and currency before and within a range, both ends included, in one pass."""
    before, cents = JournalEntry.entry_date < start, Posting.amount_cents
    query = (
        select(
            *SUM_KEY,
            func.sum(case((before, cents), else_=0)),
            func.sum(case((before, 0), (cents > 0, cents), else_=0)),
            func.sum(case((before, 0), (cents < 0, cents), else_=0)),
            func.sum(case((before, Posting.base_cents), else_=0)),
            func.sum(case((before, 0), else_=Posting.base_cents)),
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.entry_date <= end)
        .group_by(*SUM_KEY)
        .order_by(*SUM_KEY)
    )
    return _sums(query)


def call_sums(call: Call) -> list[LedgerSum]:
    """Return what was posted for the awards of a call: commitments, payments, returns and their reversals."""
    cents = Posting.amount_cents
    query = (
        select(
            *SUM_KEY,
            literal(0),
            func.sum(case((cents > 0, cents), else_=0)),
            func.sum(case((cents < 0, cents), else_=0)),
            literal(0),
            func.sum(Posting.base_cents),
        )
        .where(Posting.entry_id.in_(entries_of_awards(call)))
        .group_by(*SUM_KEY)
        .order_by(*SUM_KEY)
    )
    return _sums(query)


def _sums(query: Any) -> list[LedgerSum]:
    return [
        LedgerSum(account, fund_id, currency, *(int(value) for value in values))
        for account, fund_id, currency, *values in session().execute(query)
    ]


def call_refs() -> dict[int, CallRef]:
    """Return every call that ever went before the public as reports name it, by id."""
    known = Call.consultation_closes_at.is_not(None)
    query = select(Call.id, Call.slug, Call.title).where(known).order_by(Call.id)
    return {row.id: CallRef(row.slug, row.title) for row in session().execute(query)}


def books(start: date, end: date) -> Books:
    """Return how many entries a range has, with the first and the last number."""
    return _books(JournalEntry.entry_date.between(start, end))


def call_books(call: Call) -> Books:
    """Return how many entries were posted for the awards of a call, with the first and the last number."""
    return _books(JournalEntry.id.in_(entries_of_awards(call)))


def _books(condition: ColumnElement[bool]) -> Books:
    # Year and number as one big number, so that one statement finds the first and the last of all years.
    label = cast(JournalEntry.fiscal_year, BigInteger) * 10_000_000 + JournalEntry.number
    query = select(func.count(JournalEntry.id), func.min(label), func.max(label)).where(condition)
    count, first, last = session().execute(query).one()
    if not count:
        return Books(0, None, None)
    return Books(int(count), *(f"{one // 10_000_000}-{one % 10_000_000:06d}" for one in (first, last)))


def book_sums(start: date, end: date, funds: dict[int, FundRef]) -> tuple[BookSum, ...]:
    """Return the ledger's own sums, from the trust's queries: the other side of the reconciliation."""
    closing = {(row.account_code, row.fund_id, row.currency): row.balance_cents for row in trust_queries.balances(end)}
    moved = {(row.account_code, row.fund_id, row.currency): row for row in trust_queries.movements(start, end)}
    sums = []
    for key in sorted(set(closing) | set(moved)):
        account, fund_id, currency = key
        one = BookSum(account, funds[fund_id].code, currency, closing=closing.get(key, 0))
        if key in moved:
            one = replace(one, debit=moved[key].debit_cents, credit=moved[key].credit_cents)
        sums.append(one)
    return tuple(sums)
