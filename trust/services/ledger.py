"""Posting: the one road into the books. It checks and values, `posting` writes, the database proves it all again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.audit import record
from core.clock import today
from core.database import session
from core.driver import Driver
from core.errors import Refusal
from core.money import LARGEST_CENTS, AmountTooLarge, Money, format_money
from core.settings import setting
from trust import queries
from trust.errors import (
    AlreadyReversed,
    DateInFuture,
    KeyReused,
    PeriodClosed,
    ReasonRequired,
    ReversalOfReversal,
    UnbalancedEntry,
)
from trust.models import EntryKind, Fund, JournalEntry
from trust.queries.posting import open_months, posted_before, posting_facts
from trust.rules import PlannedPosting, Rate, imbalances, inputs_hash, planned
from trust.services.posting import Posted, Prepared, numbers_given_back, take_numbers, write_entries, write_entry


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry to be: debit positive, credit negative. Without a rate the published one is taken."""

    account: str
    fund: Fund
    money: Money
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be: what `post_entry` takes, as one of many."""

    kind: EntryKind
    entry_date: date
    memo: str
    source: str
    lines: Sequence[Line]
    idempotency_key: str


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
    entry = _prepared(Draft(EntryKind(kind), entry_date, memo, source, lines, idempotency_key))
    driver = Driver()
    # The year's counter first: it is the lock under which everything else is asked, and it leaves numbers no gap.
    number = take_numbers(driver, entry_date.year, 1)
    with numbers_given_back(driver, entry_date.year, 1):
        is_open, earlier = posting_facts(driver, entry_date, idempotency_key)
        if earlier is None:
            _check_date(entry_date, is_open)
        elif earlier.fingerprint != entry.fingerprint:
            raise KeyReused()
    if earlier is not None:
        take_numbers(driver, entry_date.year, -1)
        return session().get_one(JournalEntry, earlier.id)
    return write_entry(driver, entry, number)


def post_entries(drafts: Sequence[Draft]) -> list[Posted]:
    """Post many entries in their order, all of them or none, each as `post_entry` would; made for imports.

    A key that came before with the same inputs, in the books or earlier in the list, is posted once. The result names
    the entry of each draft, in the order of the drafts.

    Raises:
        KeyReused, UnbalancedEntry, DateInFuture, PeriodClosed, FundOverdrawn, MissingRate: nothing was posted. Where it
            is one draft's fault, the refusal's `position` counts that draft from 1.
    """
    prepared = []
    for position, draft in enumerate(drafts, 1):
        with _blamed_on(position):
            prepared.append(_prepared(draft))
    driver = Driver()
    done: dict[str, Posted] = {}
    for year in sorted({entry.day.year for entry in prepared}):  # in one order, so that no two imports lock each other
        placed = [(position, entry) for position, entry in enumerate(prepared, 1) if entry.day.year == year]
        done |= _post_year(driver, year, placed)
    return [done[entry.key] for entry in prepared]


def _post_year(driver: Driver, year: int, placed: Sequence[tuple[int, Prepared]]) -> dict[str, Posted]:
    last = take_numbers(driver, year, 0)
    months = open_months(driver)
    known = posted_before(driver, [entry.key for _position, entry in placed])
    fresh: dict[str, Prepared] = {}
    for position, entry in placed:
        before = known.get(entry.key) or fresh.get(entry.key)
        with _blamed_on(position):
            if before is None:
                _check_date(entry.day, (year, entry.day.month) in months)
                fresh[entry.key] = entry
            elif before.fingerprint != entry.fingerprint:
                raise KeyReused()
    done = {key: Posted(one.id, one.fiscal_year, one.number) for key, one in known.items()}
    if fresh:
        take_numbers(driver, year, len(fresh))
        posted = write_entries(driver, list(fresh.values()), last + 1)
        done |= dict(zip(fresh, posted, strict=True))
    return done


@contextmanager
def _blamed_on(position: int) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        refusal.position = position
        raise


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
    mirror = Prepared(
        kind=EntryKind.REVERSAL,
        day=day,
        memo=reason,
        source=f"trust.journal_entry:{entry.id}",
        key=f"reversal:{entry.id}",
        fingerprint=inputs_hash(reverses=entry.id, reason=reason, date=day.isoformat()),
        postings=mirrored,
        reverses_id=entry.id,
    )
    driver = Driver()
    number = take_numbers(driver, day.year, 1)
    with numbers_given_back(driver, day.year, 1):
        if session().scalar(select(JournalEntry.id).where(JournalEntry.reverses_id == entry.id)) is not None:
            raise AlreadyReversed(number=entry.label)
        _check_date(day, queries.is_period_open(day))
    reversal = write_entry(driver, mirror, number)
    record("ledger.entry_reversed", "journal_entry", entry.id, None, {"reversal": reversal.label, "reason": reason})
    return reversal


def _prepared(draft: Draft) -> Prepared:
    lines, day = draft.lines, draft.entry_date
    if any(abs(line.money.amount_cents) > LARGEST_CENTS for line in lines):
        raise AmountTooLarge()
    for (fund_id, currency), difference in imbalances([(line.fund.id, line.money) for line in lines]).items():
        code = next(line.fund.code for line in lines if line.fund.id == fund_id)
        raise UnbalancedEntry(fund=code, difference=format_money(Money(difference, currency)))
    if day > today():
        raise DateInFuture(date=day.isoformat())
    return Prepared(
        kind=draft.kind,
        day=day,
        memo=draft.memo,
        source=draft.source,
        key=draft.idempotency_key,
        fingerprint=_fingerprint(draft),
        postings=_valued(lines, day),
    )


def _fingerprint(draft: Draft) -> str:
    return inputs_hash(
        kind=draft.kind.value,
        date=draft.entry_date.isoformat(),
        memo=draft.memo,
        source=draft.source,
        lines=[
            [line.account, line.fund.code, line.money.amount_cents, line.money.currency, line.rate and line.rate.value]
            for line in draft.lines
        ],
    )


def _check_date(day: date, is_open: bool) -> None:
    if day > today():
        raise DateInFuture(date=day.isoformat())
    if not is_open:
        raise PeriodClosed(period=f"{day:%Y-%m}")


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
