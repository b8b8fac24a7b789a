"""Posting: the one road into the books. It speaks Core to the database, which proves everything again by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.money import LARGEST_CENTS, AmountTooLarge, Money, format_money
from core.settings import setting
from trust import queries
from trust.errors import (
    AlreadyReversed,
    DateInFuture,
    FundOverdrawn,
    KeyReused,
    LedgerRefusal,
    PeriodClosed,
    ReasonRequired,
    ReversalOfReversal,
    UnbalancedEntry,
)
from trust.models import EntryCounter, EntryKind, Fund, JournalEntry, Posting
from trust.rules import PlannedPosting, Rate, imbalances, inputs_hash, planned
from trust.states import EntryState

_counter: Any = EntryCounter.__table__
_entry: Any = JournalEntry.__table__
_posting: Any = Posting.__table__


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry to be: debit positive, credit negative. Without a rate the published one is taken."""

    account: str
    fund: Fund
    money: Money
    rate: Rate | None = None


def post_entry(
    *,
    kind: EntryKind | str,
    entry_date: date,
    memo: str,
    source: str,
    lines: Sequence[Line],
    idempotency_key: str,
) -> JournalEntry:
    """Post a balanced entry under the next number of its year, once for each idempotency key.

    The same key with the same inputs returns the first entry. The running balances move in the same transaction.

    Raises:
        KeyReused: the key came before with other inputs.
        UnbalancedEntry, DateInFuture, PeriodClosed, FundOverdrawn, MissingRate: the books refuse it.
    """
    kind = EntryKind(kind)
    fingerprint = inputs_hash(
        kind=kind.value,
        date=entry_date.isoformat(),
        memo=memo,
        source=source,
        lines=[
            [line.account, line.fund.code, line.money.amount_cents, line.money.currency, line.rate and line.rate.value]
            for line in lines
        ],
    )
    earlier = _lock_and_find(entry_date.year, idempotency_key, fingerprint)
    if earlier is not None:
        return earlier
    _check(entry_date, lines)
    return _post(
        kind=kind,
        day=entry_date,
        memo=memo,
        source=source,
        postings=_valued(lines, entry_date),
        key=idempotency_key,
        fingerprint=fingerprint,
    )


def reverse_entry(entry: JournalEntry, *, reason: str, on: date | None = None) -> JournalEntry:
    """Undo a posted entry by its mirror image, once, saying why. The first entry stays as it is.

    Raises:
        ReasonRequired, AlreadyReversed, ReversalOfReversal, PeriodClosed, FundOverdrawn: nothing was posted.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonRequired()
    if entry.reverses_id is not None:
        raise ReversalOfReversal(number=entry.label)
    day = on or today()
    key = f"reversal:{entry.id}"
    _lock(day.year)
    if session().scalar(select(JournalEntry.id).where(JournalEntry.reverses_id == entry.id)) is not None:
        raise AlreadyReversed(number=entry.label)
    _check_date(day)
    mirrored = [
        PlannedPosting(
            posting.account_code,
            posting.fund_id,
            -posting.amount_cents,
            posting.currency,
            -posting.base_cents,
            Rate(posting.currency, setting("BASE_CURRENCY"), posting.rate, posting.rate_date, posting.rate_source or "")
            if posting.rate and posting.rate_date
            else None,
        )
        for posting in entry.postings
    ]
    reversal = _post(
        kind=EntryKind.REVERSAL,
        day=day,
        memo=reason,
        source=f"trust.journal_entry:{entry.id}",
        postings=mirrored,
        key=key,
        fingerprint=inputs_hash(reverses=entry.id, reason=reason, date=day.isoformat()),
        reverses_id=entry.id,
    )
    record("ledger.entry_reversed", "journal_entry", entry.id, None, {"reversal": reversal.label, "reason": reason})
    return reversal


def _lock(year: int) -> int:
    """Hold the year's counter until the transaction ends, so that numbers have no gap, and return the last one."""
    session().flush()
    last = (
        session()
        .execute(select(_counter.c.last_number).where(_counter.c.fiscal_year == year).with_for_update())
        .scalar_one_or_none()
    )
    if last is None:
        raise PeriodClosed(period=str(year))
    return int(last)


def _lock_and_find(year: int, key: str, fingerprint: str) -> JournalEntry | None:
    _lock(year)
    found = session().scalar(select(JournalEntry).where(JournalEntry.idempotency_key == key))
    if found is not None and found.inputs_hash != fingerprint:
        raise KeyReused()
    return found


def _check_date(day: date) -> None:
    if day > today():
        raise DateInFuture(date=day.isoformat())
    if not queries.is_period_open(day):
        raise PeriodClosed(period=f"{day:%Y-%m}")


def _check(day: date, lines: Sequence[Line]) -> None:
    if any(abs(line.money.amount_cents) > LARGEST_CENTS for line in lines):
        raise AmountTooLarge()
    funds = {line.fund.id: line.fund for line in lines}
    for (fund_id, currency), difference in imbalances([(line.fund.id, line.money) for line in lines]).items():
        raise UnbalancedEntry(fund=funds[fund_id].code, difference=format_money(Money(difference, currency)))
    _check_date(day)


def _valued(lines: Sequence[Line], day: date) -> list[PlannedPosting]:
    base = setting("BASE_CURRENCY")
    rates: dict[str, Rate] = {}
    rows = []
    for line in lines:
        rate = line.rate
        if line.money.currency != base and rate is None:
            rate = rates.get(line.money.currency)
            if rate is None:
                rate = rates[line.money.currency] = queries.exchange_rate(line.money.currency, base, day)
        rows.append((line.account, line.fund.id, line.money, rate if line.money.currency != base else None))
    return planned(rows, base)


def _post(
    *,
    kind: EntryKind,
    day: date,
    memo: str,
    source: str,
    postings: Sequence[PlannedPosting],
    key: str,
    fingerprint: str,
    reverses_id: int | None = None,
) -> JournalEntry:
    connection = session().connection()
    number = connection.execute(
        update(_counter)
        .where(_counter.c.fiscal_year == day.year)
        .values(last_number=_counter.c.last_number + 1)
        .returning(_counter.c.last_number)
    ).scalar_one()
    try:
        entry_id = connection.execute(
            insert(_entry)
            .values(
                fiscal_year=day.year,
                number=number,
                kind=kind,
                entry_date=day,
                memo=memo,
                source=source,
                idempotency_key=key,
                inputs_hash=fingerprint,
                reverses_id=reverses_id,
                state=EntryState.DRAFT,
                recorded_by=actor().user_id,
            )
            .returning(_entry.c.id)
        ).scalar_one()
        connection.execute(insert(_posting), _rows(entry_id, postings))
        connection.execute(
            update(_entry).where(_entry.c.id == entry_id).values(state=EntryState.POSTED, posted_at=now())
        )
    except IntegrityError as error:
        raise _refusal(error, day, postings) from error
    record("ledger.entry_posted", "journal_entry", entry_id, None, {"number": f"{day.year}-{number:06d}"})
    return session().get_one(JournalEntry, entry_id)


def _rows(entry_id: int, postings: Sequence[PlannedPosting]) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": entry_id,
            "line": line,
            "account_code": posting.account_code,
            "fund_id": posting.fund_id,
            "amount_cents": posting.amount_cents,
            "currency": posting.currency,
            "base_cents": posting.base_cents,
            "rate": posting.rate.value if posting.rate else None,
            "rate_date": posting.rate.date if posting.rate else None,
            "rate_source": posting.rate.source if posting.rate else None,
        }
        for line, posting in enumerate(postings, 1)
    ]


def _refusal(error: IntegrityError, day: date, postings: Sequence[PlannedPosting]) -> Refusal:
    """Name what the database refused. The transaction is lost with it: on PostgreSQL nothing more can be asked."""
    text = str(error.orig)
    if "ledger: overdrawn" in text:
        funds = sorted({posting.fund_id for posting in postings})
        return FundOverdrawn(fund=", ".join(_code(fund_id) for fund_id in funds))
    if "ledger: closed_period" in text:
        return PeriodClosed(period=f"{day:%Y-%m}")
    return LedgerRefusal()


def _code(fund_id: int) -> str:
    fund = session().identity_map.get(session().identity_key(Fund, fund_id))
    return fund.code if isinstance(fund, Fund) else str(fund_id)
