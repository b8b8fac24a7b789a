"""Hide figures about few people, and those from which the hidden ones could be worked out.

A group of one to four people shows who they are. Hiding its row is not enough: the total less the rows that are shown
gives it back, and so does a year less its other quarters, or a quarter less its other calls. So rows are hidden until
what is hidden adds up to enough people in every column, and a wider report hides what its parts cannot protect.
"""

from collections.abc import Mapping, Sequence

THRESHOLD = 5
Cells = Mapping[str, tuple[int, ...]]


def is_small(count: int, threshold: int = THRESHOLD) -> bool:
    """Return whether a count of people shows who they are. None at all shows nobody."""
    return 0 < count < threshold


def is_safe(hidden: Sequence[int], threshold: int = THRESHOLD) -> bool:
    """Return whether several hidden counts stay unknown to a reader who knows their sum.

    One alone is its own sum; a sum of few people, or of one person a row, leaves nothing open.
    """
    return len(hidden) > 1 and sum(hidden) >= threshold and sum(hidden) > len(hidden)


def hidden_rows(cells: Cells, *, forced: frozenset[str] = frozenset(), threshold: int = THRESHOLD) -> frozenset[str]:
    """Return the rows of a table to hide, given its counts of people: one tuple of columns for each row.

    Rows with a small count go first, and those that `forced` names. Then the smallest of the others join until every
    column is safe; when there are none left, every row is hidden, the empty ones too.
    """
    hidden = {
        row for row, counts in cells.items() if row in forced or any(is_small(count, threshold) for count in counts)
    }
    if not hidden:
        return frozenset()
    others = sorted((row for row in cells if row not in hidden), key=lambda row: (not any(cells[row]), cells[row], row))
    while not _columns_safe(cells, hidden, threshold) and others:
        hidden.add(others.pop(0))
    return frozenset(hidden)


def _columns_safe(cells: Cells, hidden: set[str], threshold: int) -> bool:
    columns = zip(*(cells[row] for row in sorted(hidden)), strict=True)
    return len(hidden) > 1 and all(not any(column) or is_safe(column, threshold) for column in columns)


def exposed_rows(parts: Sequence[tuple[Cells, frozenset[str]]], threshold: int = THRESHOLD) -> frozenset[str]:
    """Return the rows that a whole must hide because its parts, each with the rows it hides, would give them away."""
    rows = {row for _cells, hidden in parts for row in hidden}
    exposed = set()
    for row in rows:
        counts = [cells[row] for cells, hidden in parts if row in hidden and row in cells]
        columns = [column for column in zip(*counts, strict=True) if any(column)]
        if not columns or not all(is_safe(column, threshold) for column in columns):
            exposed.add(row)
    return frozenset(exposed)


def added(parts: Sequence[Cells]) -> dict[str, tuple[int, ...]]:
    """Return the table that several tables of the same shape add up to."""
    total: dict[str, tuple[int, ...]] = {}
    for cells in parts:
        for row, counts in cells.items():
            before = total.get(row, (0,) * len(counts))
            total[row] = tuple(one + other for one, other in zip(before, counts, strict=True))
    return total
