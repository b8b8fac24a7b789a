"""Awards by axis, region, profile, territory, gender and first-timers, with small groups hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.money import Money
from transparency.rules.figures import Breakdown, Group
from transparency.rules.suppression import Cells, added, exposed_rows, hidden_rows

DIMENSIONS = ("axis", "region", "profile", "territory", "gender", "first_time")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Count:
    """What the database counted: applications decided and awards given in one group of one call and quarter."""

    dimension: str
    key: str
    quarter: int
    call_id: int
    decided: int
    awarded: int
    cents: int


def breakdowns(counts: Sequence[Count], catalogue: Mapping[str, Sequence[str]], currency: str) -> tuple[Breakdown, ...]:
    """Return every breakdown, its rows in the order of the catalogue, with what must be hidden left out."""
    return tuple(
        _breakdown(name, [one for one in counts if one.dimension == name], catalogue[name], currency)
        for name in DIMENSIONS
    )


def _breakdown(name: str, counts: Sequence[Count], known: Sequence[str], currency: str) -> Breakdown:
    keys = [*known, *sorted({one.key for one in counts} - set(known))]
    cells, hidden = _whole(counts, keys)
    cents = {key: sum(one.cents for one in counts if one.key == key) for key in keys}
    groups = tuple(
        Group(key, None, None, None)
        if key in hidden
        else Group(key, cells[key][0], cells[key][1], Money(cents[key], currency))
        for key in keys
    )
    decided, awarded = (sum(cell[column] for cell in cells.values()) for column in (0, 1))
    return Breakdown(name, groups, decided, awarded, Money(sum(cents.values()), currency))


def _whole(counts: Sequence[Count], keys: Sequence[str]) -> tuple[Cells, frozenset[str]]:
    """Return the table of a report and its hidden rows, worked out from its calls through its quarters upwards."""
    quarters = []
    for quarter in sorted({one.quarter for one in counts}):
        rows = [one for one in counts if one.quarter == quarter]
        calls = [
            _table([one for one in rows if one.call_id == call], keys) for call in sorted({r.call_id for r in rows})
        ]
        quarters.append(_covering([(cells, hidden_rows(cells)) for cells in calls]))
    return _covering(quarters) if quarters else (_table((), keys), frozenset())


def _covering(parts: Sequence[tuple[Cells, frozenset[str]]]) -> tuple[Cells, frozenset[str]]:
    if len(parts) == 1:
        return parts[0]
    cells = added([part for part, _hidden in parts])
    return cells, hidden_rows(cells, forced=exposed_rows(parts))


def _table(counts: Sequence[Count], keys: Sequence[str]) -> dict[str, tuple[int, ...]]:
    # Awards and refusals are both counts of people: hiding a row must protect either.
    return {
        key: (
            sum(one.decided for one in counts if one.key == key),
            sum(one.awarded for one in counts if one.key == key),
        )
        for key in keys
    }
