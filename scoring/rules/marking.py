"""How each reviewer used the scale: totals counted by fifths of it, too coarse to tell any single review.

Told by nothing that names a reviewer or an application: the rows stand in the order of their own counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.rules.rulebook import Rulebook

PARTS = 5
FEWEST = 5  # reviewers, or reviews of one of them, below which the figures would tell who they are
Counts = tuple[int, ...]


class Withheld(StrEnum):
    """Why the rows are not told."""

    RULES = "rules"
    FEW_REVIEWERS = "few_reviewers"
    BEING_COUNTED = "being_counted"


@dataclass(frozen=True, slots=True)
class Marking:
    """A row for each reviewer with reviews enough, in no reviewer's order; `few` are those with fewer."""

    rows: tuple[Counts, ...]
    few: int = 0
    withheld: Withheld | None = None


def ends_of(rulebook: Rulebook) -> tuple[Fraction, ...]:
    """Return where the parts of the totals' range begin and end, from the lowest total that can be."""
    low = sum((one.weight * one.minimum for one in rulebook.criteria), Fraction(0))
    high = sum((one.weight * one.maximum for one in rulebook.criteria), Fraction(0))
    return tuple(low + (high - low) * part / PARTS for part in range(PARTS + 1))


def counted(totals: Iterable[Fraction], ends: Sequence[Fraction]) -> Counts:
    """Return how many totals lie in each part; the last holds its end too."""
    counts = [0] * PARTS
    width = (ends[-1] - ends[0]) / PARTS
    for total in totals:
        counts[min(int((total - ends[0]) / width), PARTS - 1)] += 1
    return tuple(counts)


def published(by_reviewer: Mapping[str, Sequence[int]], *, is_open: bool) -> Marking:
    """Return what may be told of a committee. `is_open` says that its rules publish more than the official score."""
    if not is_open:
        return Marking((), withheld=Withheld.RULES)
    if len(by_reviewer) < FEWEST:
        return Marking((), withheld=Withheld.FEW_REVIEWERS)
    rows = sorted((tuple(counts) for counts in by_reviewer.values() if sum(counts) >= FEWEST), reverse=True)
    return Marking(tuple(rows), few=len(by_reviewer) - len(rows))
