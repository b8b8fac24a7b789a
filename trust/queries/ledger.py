"""What stands in the books."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import selectinload

from core.clock import today
from core.database import session
from core.errors import NotFound
from core.language import N_
from core.money import Money
from trust.models import (
    Account,
    AccountBalance,
    EntryKind,
    FiscalPeriod,
    Fund,
    FundKind,
    JournalEntry,
    Posting,
)
from trust.rules import SpendingRules
from trust.states import FundState, PeriodState


class FundNotFound(NotFound):
    """There is no fund with this code."""

    sentence = N_("No hay ninguna bolsa con la clave %(code)s.")


class EntryNotFound(NotFound):
    """There is no entry with this number."""

    sentence = N_("No hay ningún asiento con el número %(number)s.")


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """The balance of one account in one fund and currency."""

    fund_id: int
    fund_code: str
    account_code: str
    currency: str
    balance_cents: int
    base_cents: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    """What moved in one account, fund and currency over a range of dates."""

    account_code: str
    fund_id: int
    currency: str
    debit_cents: int
    credit_cents: int


def accounts() -> list[Account]:
    """Return the chart of accounts."""
    return list(session().scalars(select(Account).order_by(Account.code)))


def fund_by_code(code: str) -> Fund:
    """Return a fund.

    Raises:
        FundNotFound: no fund has this code.
    """
    fund = session().scalar(select(Fund).where(Fund.code == code))
    if fund is None:
        raise FundNotFound(code=code[:40])
    return fund


def fund(fund_id: int) -> Fund:
    """Return the fund with this id, which is known to exist."""
    return session().get_one(Fund, fund_id)


def funds(kind: FundKind | None = None) -> list[Fund]:
    """Return every fund, or those of one kind, oldest first."""
    query = select(Fund).order_by(Fund.id)
    return list(session().scalars(query if kind is None else query.where(Fund.kind == kind)))


def funds_offered() -> list[Fund]:
    """Return the open funds that the public may give to on line."""
    return list(
        session().scalars(
            select(Fund)
            .where(Fund.accepts_gifts.is_(True), Fund.state == FundState.OPEN, Fund.kind != FundKind.ENDOWMENT)
            .order_by(Fund.id)
        )
    )


def general_fund() -> Fund | None:
    """Return where money goes when the giver leaves it to the trust: the first open fund of free use."""
    return session().scalar(
        select(Fund)
        .where(Fund.kind == FundKind.UNRESTRICTED, Fund.state == FundState.OPEN)
        .order_by(Fund.accepts_gifts.desc(), Fund.id)
        .limit(1)
    )


def fund_rules(one: Fund) -> SpendingRules:
    """Return a fund's spending rules as a value; an endowment is never spendable."""
    stored: Mapping[str, Any] = one.spending_rules or {}
    extra = {"spendable": False} if one.kind == FundKind.ENDOWMENT else {}
    return SpendingRules.from_json({**stored, **extra})


def available(one: Fund, currency: str | None = None) -> Money:
    """Return what a fund has free in one currency: what is in the bank less what is committed and not yet paid."""
    wanted = currency or one.currency
    cents = session().scalar(
        select(func.coalesce(func.sum(Account.available_sign * AccountBalance.balance_cents), 0))
        .select_from(AccountBalance)
        .join(Account, Account.code == AccountBalance.account_code)
        .where(AccountBalance.fund_id == one.id, AccountBalance.currency == wanted)
    )
    return Money(int(cents or 0), wanted)


def balances(on: date | None = None) -> list[BalanceRow]:
    """Return every balance that is not zero: now from the running rows, or at the end of a day from the postings."""
    if on is None:
        query = select(
            AccountBalance.fund_id,
            Fund.code,
            AccountBalance.account_code,
            AccountBalance.currency,
            AccountBalance.balance_cents,
            AccountBalance.base_cents,
        ).join(Fund, Fund.id == AccountBalance.fund_id)
        query = query.where(AccountBalance.balance_cents != 0).order_by(
            Fund.id, AccountBalance.account_code, AccountBalance.currency
        )
        return [BalanceRow(*row) for row in session().execute(query)]
    total, base = func.sum(Posting.amount_cents), func.sum(Posting.base_cents)
    dated = (
        select(Posting.fund_id, Fund.code, Posting.account_code, Posting.currency, total, base)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Fund, Fund.id == Posting.fund_id)
        .where(JournalEntry.entry_date <= on)
        .group_by(Posting.fund_id, Fund.code, Posting.account_code, Posting.currency)
        .having(total != 0)
        .order_by(Posting.fund_id, Posting.account_code, Posting.currency)
    )
    return [
        BalanceRow(fund_id, code, account, currency, int(cents), int(worth))
        for fund_id, code, account, currency, cents, worth in session().execute(dated)
    ]


def entries(
    *,
    fund_id: int | None = None,
    kind: EntryKind | None = None,
    accounts: Sequence[str] = (),
    start: date | None = None,
    end: date | None = None,
    number: str = "",
) -> Select[JournalEntry]:
    """Return the ordered query of entries that a list or an export shows, newest first, with their postings."""
    query = select(JournalEntry).options(selectinload(JournalEntry.postings))
    if kind is not None:
        query = query.where(JournalEntry.kind == kind)
    if start is not None:
        query = query.where(JournalEntry.entry_date >= start)
    if end is not None:
        query = query.where(JournalEntry.entry_date <= end)
    if fund_id is not None or accounts:
        lines = select(Posting.entry_id)
        if fund_id is not None:
            lines = lines.where(Posting.fund_id == fund_id)
        if accounts:
            lines = lines.where(Posting.account_code.in_(accounts))
        query = query.where(JournalEntry.id.in_(lines))
    named = _year_and_number(number)
    if named is not None:
        query = query.where(JournalEntry.fiscal_year == named[0], JournalEntry.number == named[1])
    return query.order_by(JournalEntry.fiscal_year.desc(), JournalEntry.number.desc())


def _year_and_number(label: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{1,9})", label)
    return (int(match[1]), int(match[2])) if match else None


def entry_by_label(label: str) -> JournalEntry:
    """Return the entry people call by year and number.

    Raises:
        EntryNotFound: the books have no such number.
    """
    named = _year_and_number(label)
    found = None
    if named is not None:
        found = session().scalar(
            select(JournalEntry)
            .options(selectinload(JournalEntry.postings))
            .where(JournalEntry.fiscal_year == named[0], JournalEntry.number == named[1])
        )
    if found is None:
        raise EntryNotFound(number=label[:20])
    return found


def reversal_of(entry: JournalEntry) -> JournalEntry | None:
    """Return the entry that reverses this one, if any."""
    return session().scalar(select(JournalEntry).where(JournalEntry.reverses_id == entry.id))


def movements(start: date, end: date, *, accounts_like: str = "", fund_id: int | None = None) -> list[MovementRow]:
    """Return debits and credits by account, fund and currency over a range, both ends included."""
    debit = func.sum(func.coalesce(_only(Posting.amount_cents, positive=True), 0))
    credit = func.sum(func.coalesce(_only(Posting.amount_cents, positive=False), 0))
    query = (
        select(Posting.account_code, Posting.fund_id, Posting.currency, debit, credit)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.entry_date.between(start, end))
        .group_by(Posting.account_code, Posting.fund_id, Posting.currency)
        .order_by(Posting.account_code, Posting.fund_id, Posting.currency)
    )
    if accounts_like:
        query = query.where(Posting.account_code.startswith(accounts_like, autoescape=True))
    if fund_id is not None:
        query = query.where(Posting.fund_id == fund_id)
    return [
        MovementRow(account, one, currency, int(debits), -int(credits_))
        for account, one, currency, debits, credits_ in session().execute(query)
    ]


def _only(column: Any, *, positive: bool) -> Any:
    return case((column > 0 if positive else column < 0, column))


def periods(year: int | None = None) -> list[FiscalPeriod]:
    """Return the months of the books, or of one year, in order."""
    query = select(FiscalPeriod).order_by(FiscalPeriod.year, FiscalPeriod.month)
    return list(session().scalars(query if year is None else query.where(FiscalPeriod.year == year)))


def year_to_open() -> int | None:
    """Return the year whose books should be opened now: this one, or in its last two months the next; else None."""
    day = today()
    known = {period.year for period in periods()}
    if day.year not in known:
        return day.year
    return day.year + 1 if day.month >= 11 and day.year + 1 not in known else None


def first_open_period() -> FiscalPeriod | None:
    """Return the earliest month that still takes entries."""
    return session().scalar(
        select(FiscalPeriod)
        .where(FiscalPeriod.state == PeriodState.OPEN)
        .order_by(FiscalPeriod.year, FiscalPeriod.month)
        .limit(1)
    )


def is_period_open(day: date) -> bool:
    """Return whether the month of `day` takes entries."""
    state = session().scalar(
        select(FiscalPeriod.state).where(FiscalPeriod.year == day.year, FiscalPeriod.month == day.month)
    )
    return state == PeriodState.OPEN
