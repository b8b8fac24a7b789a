"""How an entry is written: by the driver itself, statement by statement, and the database proves each one again.

Nothing is decided here. Who calls has checked and valued everything; whatever they missed the database refuses.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError

from core.audit import record_each, recording
from core.clock import now
from core.context import actor
from core.database import session
from core.driver import Driver
from core.errors import Refusal
from trust.errors import EndowmentNotSpendable, FundClosed, FundOverdrawn, LedgerRefusal, PeriodClosed
from trust.models import EntryKind, Fund, JournalEntry
from trust.queries.posting import Facts, asking_facts, facts_of, next_entry_ids
from trust.rules import PlannedPosting
from trust.states import EntryState

_TAKE = "UPDATE entry_counter SET last_number = last_number + ? WHERE fiscal_year = ? RETURNING last_number"
_ENTRY_COLUMNS = (
    "fiscal_year, number, kind, entry_date, memo, source, idempotency_key, inputs_hash, reverses_id, recorded_by, state"
)
_ENTRY = f"INSERT INTO journal_entry (id, {_ENTRY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft')"  # noqa: S608
_POSTING_COLUMNS = (
    "entry_id, line, account_code, fund_id, amount_cents, currency, base_cents, rate, rate_date, rate_source"
)
_POSTING = f"INSERT INTO posting ({_POSTING_COLUMNS}) VALUES "  # noqa: S608 (constants)
_POSTING_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FLIP = "UPDATE journal_entry SET state = 'posted', posted_at = ? WHERE id = ?"
_FLIP_RANGE = (
    "UPDATE journal_entry SET state = 'posted', posted_at = ? WHERE fiscal_year = ? AND number BETWEEN ? AND ?"
)


class Prepared(NamedTuple):
    """An entry with everything worked out, ready to be written."""

    kind: EntryKind
    day: date
    memo: str
    source: str
    key: str
    fingerprint: str
    postings: Sequence[PlannedPosting]
    reverses_id: int | None = None


class Posted(NamedTuple):
    """An entry that stands in the books."""

    id: int
    fiscal_year: int
    number: int

    @classmethod
    def of(cls, entry: JournalEntry) -> "Posted":
        """Name an entry that was posted before."""
        return cls(entry.id, entry.fiscal_year, entry.number)

    @property
    def label(self) -> str:
        """The number people quote: year and gapless number."""
        return f"{self.fiscal_year}-{self.number:06d}"


def take_numbers(driver: Driver, year: int, count: int) -> int:
    """Take the next numbers of a year and return the last; its counter is ours until the transaction ends.

    Raises:
        PeriodClosed: the books have no such year.
    """
    row = driver.one(_TAKE, (count, year))
    if row is None:
        raise PeriodClosed(period=str(year))
    return int(row[0])


def take_number(driver: Driver, day: date, key: str) -> tuple[int, Facts]:
    """Take the next number of a day's year, and return it with what an entry of that day and key must know.

    Raises:
        PeriodClosed: the books have no such year.
    """
    # The year's counter first: it is the lock under which everything else is asked, and it leaves numbers no gap.
    taken, facts = driver.together([(_TAKE, (1, day.year)), asking_facts(driver, day, key)])
    if taken is None or facts is None:
        raise PeriodClosed(period=str(day.year))
    return int(taken[0]), facts_of(facts)


@contextmanager
def numbers_given_back(driver: Driver, year: int, count: int) -> Iterator[None]:
    """Give the numbers back when the block posts nothing after all, so that no number is skipped whoever commits."""
    try:
        yield
    except Refusal:
        driver.run(_TAKE, (-count, year))
        raise


def write_entry(driver: Driver, entry: Prepared, number: int, entry_id: int) -> Posted:
    """Write one entry under its number and id, post it, and record that it was.

    Raises:
        FundOverdrawn, FundClosed, PeriodClosed, LedgerRefusal: the database refused it; the transaction is lost.
    """
    posted = Posted(entry_id, entry.day.year, number)
    try:
        driver.together(
            [
                (_ENTRY, (entry_id, *_entry_values(driver, entry, number, actor().user_id))),
                (_insert_postings(len(entry.postings)), tuple(_flat(driver, entry_id, entry.postings))),
                (_FLIP, (driver.moment(now()), entry_id)),
                recording(driver, "ledger.entry_posted", "journal_entry", entry_id, {"number": posted.label}),
            ]
        )
    except IntegrityError as error:
        raise refusal_of(error, [entry]) from error
    return posted


def write_entries(driver: Driver, entries: Sequence[Prepared], first: int) -> list[Posted]:
    """Write entries of one year under consecutive numbers and post them all, or none.

    Raises:
        FundOverdrawn, FundClosed, PeriodClosed, LedgerRefusal: the database refused one; the transaction is lost.
    """
    moment, who, year = driver.moment(now()), actor().user_id, entries[0].day.year
    ids = next_entry_ids(driver, len(entries))
    values = [
        (entry_id, *_entry_values(driver, entry, number, who), EntryState.DRAFT.value)
        for entry_id, number, entry in zip(ids, range(first, first + len(entries)), entries, strict=True)
    ]
    lines = [
        (entry_id, line, p.account_code, p.fund_id, p.amount_cents, p.currency, p.base_cents, *_rate(driver, p))
        for entry_id, entry in zip(ids, entries, strict=True)
        for line, p in enumerate(entry.postings, 1)
    ]
    try:
        driver.load("journal_entry", f"id, {_ENTRY_COLUMNS}", values)
        driver.load("posting", _POSTING_COLUMNS, lines)
        driver.run(_FLIP_RANGE, (moment, year, first, first + len(entries) - 1))
    except IntegrityError as error:
        raise refusal_of(error, entries) from error
    posted = [Posted(entry_id, year, number) for number, entry_id in enumerate(ids, first)]
    facts = [(one.id, {"number": one.label}) for one in posted]
    record_each(driver, "ledger.entry_posted", "journal_entry", facts)
    return posted


def refusal_of(error: IntegrityError, entries: Sequence[Prepared]) -> Refusal:
    """Name what the database refused. The transaction is lost with it: on PostgreSQL nothing more can be asked."""
    text = str(error.orig)
    if "ledger: overdrawn" in text:
        return FundOverdrawn(fund=_codes(entries))
    if "ledger: capital" in text:
        return EndowmentNotSpendable(fund=_codes(entries))
    if "ledger: closed_fund" in text:
        return FundClosed(fund=_codes(entries))
    if "ledger: closed_period" in text:
        return PeriodClosed(period=", ".join(sorted({f"{entry.day:%Y-%m}" for entry in entries})))
    return LedgerRefusal()


def _entry_values(driver: Driver, entry: Prepared, number: int, who: int | None) -> tuple[Any, ...]:
    return (
        entry.day.year, number, entry.kind.value, driver.day(entry.day), entry.memo, entry.source, entry.key,
        entry.fingerprint, entry.reverses_id, who,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _insert_postings(count: int) -> str:
    return _POSTING + ", ".join([_POSTING_VALUES] * count)


def _flat(driver: Driver, entry_id: int, postings: Sequence[PlannedPosting]) -> Iterator[Any]:
    for line, p in enumerate(postings, 1):
        yield from (entry_id, line, p.account_code, p.fund_id, p.amount_cents, p.currency, p.base_cents)
        yield from _rate(driver, p)


def _rate(driver: Driver, posting: PlannedPosting) -> tuple[Any, Any, Any]:
    rate = posting.rate
    return (rate.value, driver.day(rate.date), rate.source) if rate else (None, None, None)


def _codes(entries: Sequence[Prepared]) -> str:
    funds = sorted({posting.fund_id for entry in entries for posting in entry.postings})
    return ", ".join(_code(fund_id) for fund_id in funds)


def _code(fund_id: int) -> str:
    fund = session().identity_map.get(session().identity_key(Fund, fund_id))
    return fund.code if isinstance(fund, Fund) else str(fund_id)
