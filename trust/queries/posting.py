"""What a posting must know before it is written, asked straight through the driver under the year's lock."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from core.driver import Driver, Row, Saying
from trust.states import PeriodState

_FACTS = (
    "SELECT p.state, e.id, e.inputs_hash, {next_id} FROM (SELECT 1 AS here) AS one_row "
    "LEFT JOIN fiscal_period p ON p.year = ? AND p.month = ? LEFT JOIN journal_entry e ON e.idempotency_key = ?"
)
_FACTS_SQLITE = _FACTS.format(next_id="(SELECT COALESCE(MAX(id), 0) + 1 FROM journal_entry)")
_FACTS_POSTGRESQL = _FACTS.format(next_id="nextval('journal_entry_id_seq')")
_EARLIER = "SELECT idempotency_key, id, inputs_hash, fiscal_year, number FROM journal_entry WHERE idempotency_key "
_OPEN_MONTHS = "SELECT year, month FROM fiscal_period WHERE state = 'open' ORDER BY year, month"
_NEXT_IDS_SQLITE = "SELECT COALESCE(MAX(id), 0) FROM journal_entry"
_NEXT_IDS_POSTGRESQL = "SELECT nextval(pg_get_serial_sequence('journal_entry', 'id')) FROM generate_series(1, ?)"


class Earlier(NamedTuple):
    """The entry that an idempotency key stands for."""

    id: int
    fingerprint: str
    fiscal_year: int = 0
    number: int = 0


class Facts(NamedTuple):
    """Whether the day's month takes entries, the entry posted under the key before, and the id of the next entry."""

    is_open: bool
    earlier: Earlier | None
    next_id: int


def asking_facts(driver: Driver, day: date, key: str) -> Saying:
    """Return the question whose answer `facts_of` reads, to be asked under the year's lock."""
    return _FACTS_SQLITE if driver.is_sqlite else _FACTS_POSTGRESQL, (day.year, day.month, key)


def facts_of(row: Row) -> Facts:
    """Return what a posting must know."""
    state, earlier_id, fingerprint, next_id = row
    earlier = None if earlier_id is None else Earlier(earlier_id, fingerprint)
    return Facts(state == PeriodState.OPEN.value, earlier, next_id)


def posted_before(driver: Driver, keys: Sequence[str]) -> dict[str, Earlier]:
    """Return the entries that were posted under any of the keys."""
    if not keys:
        return {}
    if driver.is_sqlite:
        found = driver.all(f"{_EARLIER}IN ({', '.join('?' * len(keys))})", tuple(keys))
    else:  # one value: a thousand marks would cost more to read than to answer
        found = driver.all(f"{_EARLIER}= ANY(?)", (list(keys),))
    return {key: Earlier(*facts) for key, *facts in found}


def open_months(driver: Driver) -> set[tuple[int, int]]:
    """Return the months that take entries."""
    return {(year, month) for year, month in driver.all(_OPEN_MONTHS)}


def next_entry_ids(driver: Driver, count: int) -> list[int]:
    """Return the ids of the next entries; nobody else takes them while the writer's turn or the sequence is ours."""
    if driver.is_sqlite:
        row = driver.one(_NEXT_IDS_SQLITE)
        assert row is not None
        return list(range(row[0] + 1, row[0] + count + 1))
    return [row[0] for row in driver.all(_NEXT_IDS_POSTGRESQL, (count,))]
