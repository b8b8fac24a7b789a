"""How far a member's scores of a sample are from what the committee agreed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.rules.official_score import sheet_total
from scoring.rules.rulebook import Criterion, Rulebook

Sheet = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Gap:
    """One criterion: the member's score, the agreed one, and the first less the second."""

    criterion: Criterion
    given: Fraction
    agreed: Fraction

    @property
    def difference(self) -> Fraction:
        """Return how much higher the member scored; below zero, how much lower."""
        return self.given - self.agreed


@dataclass(frozen=True, slots=True)
class Distance:
    """A whole sample: the criteria one by one, and both totals."""

    gaps: tuple[Gap, ...]
    given: Fraction
    agreed: Fraction

    @property
    def difference(self) -> Fraction:
        """Return the member's total less the agreed one."""
        return self.given - self.agreed


def distance(rules: Rulebook, given: Sheet, agreed: Sheet) -> Distance:
    """Compare two sheets of one sample."""
    gaps = tuple(Gap(one, given[one.id], agreed[one.id]) for one in rules.criteria)
    return Distance(gaps, sheet_total(rules, given), sheet_total(rules, agreed))
