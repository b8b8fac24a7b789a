"""Posting: the one road into the books. It checks and values, `posting` writes, the database proves it all again."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

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
from trust.queries.posting import next_entry_ids, open_months, posted_before
from trust.rules import PlannedPosting, Rate, imbalances, inputs_hash, planned
from trust.services.posting import (
    Posted,
    Prepared,
    numbers_given_back,
    take_number,
    take_numbers,
    write_entries,
    write_entry,
)


class Line(NamedTuple):
    """One line of an entry to be: debit positive, credit negative. Without a rate the published one is taken."""

    account: str
    fund: Fund
    money: Money
    rate: Rate | None = None


class Draft(NamedTuple):
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
) -> Posted:
    """Post a balanced entry under the next number of its year, once for each idempotency key.

    The same key with the same inputs names the first entry. The running balances move in the same transaction.

    Raises:
        KeyReused: the key came before with other inputs.
        UnbalancedEntry, DateInFuture, PeriodClosed, FundOverdrawn, MissingRate: the books refuse it.
    """
    entry = _prepared(Draft(EntryKind(kind), entry_date, memo, source, lines, idempotency_key), today())
    driver = Driver()
    number, (is_open, earlier, entry_id) = take_number(driver, entry_date, idempotency_key)
    with numbers_given_back(driver, entry_date.year, 1):
        if earlier is None and not is_open:  # that the day is not to come was seen before
            raise PeriodClosed(period=f"{entry_date:%Y-%m}")
        if earlier is not None and earlier.fingerprint != entry.fingerprint:
            raise KeyReused()
    if earlier is not None:
        take_numbers(driver, entry_date.year, -1)
        return Posted.of(session().get_one(JournalEntry, earlier.id))
    return write_entry(driver, entry, number, entry_id)


def post_entries(drafts: Sequence[Draft]) -> list[Posted]:
    """Post many entries in their order, all of them or none, each as `post_entry` would; made for imports.

    A key that came before with the same inputs, in the books or earlier in the list, is posted once. The result names
    the entry of each draft, in the order of the drafts.

    Raises:
        KeyReused, UnbalancedEntry, DateInFuture, PeriodClosed, FundOverdrawn, MissingRate: nothing was posted. Where it
            is one draft's fault, the refusal's `position` counts that draft from 1.
    """
    present, prepared = today(), list[Prepared]()
    try:
        for draft in drafts:
            prepared.append(_prepared(draft, present))
    except Refusal as refusal:
        raise _blamed(refusal, len(prepared) + 1) from None
    driver = Driver()
    done: dict[str, Posted] = {}
    for year in sorted({entry.day.year for entry in prepared}):  # in one order, so that no two imports lock each other
        placed = [(position, entry) for position, entry in enumerate(prepared, 1) if entry.day.year == year]
        done |= _post_year(driver, year, placed)
    return [done[entry.key] for entry in prepared]


def _post_year(driver: Driver, year: int, placed: Sequence[tuple[int, Prepared]]) -> dict[str, Posted]:
    try:
        last = take_numbers(driver, year, 0)
    except PeriodClosed as refusal:  # no such year in the books
        raise _blamed(refusal, placed[0][0]) from None
    months = open_months(driver)
    known = posted_before(driver, [entry.key for _position, entry in placed])
    fresh: dict[str, Prepared] = {}
    for position, entry in placed:
        before = known.get(entry.key) or fresh.get(entry.key)
        if before is not None and before.fingerprint != entry.fingerprint:
            raise _blamed(KeyReused(), position)
        if before is None and (year, entry.day.month) not in months:
            raise _blamed(PeriodClosed(period=f"{entry.day:%Y-%m}"), position)
        if before is None:
            fresh[entry.key] = entry
    done = {key: Posted(one.id, one.fiscal_year, one.number) for key, one in known.items()}
    if fresh:
        take_numbers(driver, year, len(fresh))
        posted = write_entries(driver, list(fresh.values()), last + 1)
        done |= dict(zip(fresh, posted, strict=True))
    return done


def _blamed(refusal: Refusal, position: int) -> Refusal:
    refusal.position = position
    return refusal


def reverse_entry(entry: JournalEntry, *, reason: str, on: date | None = None) -> Posted:
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
    reversal = write_entry(driver, mirror, number, next_entry_ids(driver, 1)[0])
    record("ledger.entry_reversed", "journal_entry", entry.id, None, {"reversal": reversal.label, "reason": reason})
    return reversal


def _prepared(draft: Draft, present: date) -> Prepared:
    """Check and value an entry in one pass over its lines; nothing here asks the database."""
    base, day = setting("BASE_CURRENCY"), draft.entry_date
    sums: dict[tuple[int, str], int] = {}
    described: list[list[object]] = []
    postings: list[PlannedPosting] = []
    for account, fund, money, rate in draft.lines:
        fund_id, cents, currency = fund.id, money.amount_cents, money.currency
        if not -LARGEST_CENTS <= cents <= LARGEST_CENTS:
            raise AmountTooLarge()
        sums[fund_id, currency] = sums.get((fund_id, currency), 0) + cents
        described.append([account, fund.code, cents, currency, rate and rate.value])
        if currency == base:
            postings.append(PlannedPosting(account, fund_id, cents, currency, cents, None))
    if any(sums.values()):
        _refuse_unbalanced(draft.lines)
    if day > present:
        raise DateInFuture(date=day.isoformat())
    if len(postings) < len(described):  # some are foreign: then rounding may have to be carried
        postings = _valued(draft.lines, day)
    fingerprint = inputs_hash(
        kind=draft.kind.value, date=day.isoformat(), memo=draft.memo, source=draft.source, lines=described
    )
    return Prepared(draft.kind, day, draft.memo, draft.source, draft.idempotency_key, fingerprint, postings)


def _refuse_unbalanced(lines: Sequence[Line]) -> None:
    codes = {line.fund.id: line.fund.code for line in lines}
    for (fund_id, currency), difference in imbalances([(line.fund.id, line.money) for line in lines]).items():
        raise UnbalancedEntry(fund=codes[fund_id], difference=format_money(Money(difference, currency)))


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
