"""When reviewers disagree enough that the rulebook calls one more."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.rules.official_score import Arithmetic, Sheet
from scoring.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How far apart the reviewers of one dossier are.

    `spread` is the widest difference by the rulebook's measure, `criteria` those at or above the limit when it is
    measured by criterion, `split` whether some reviewers alone would pass the dossier and others would not.
    """

    spread: Fraction
    criteria: tuple[str, ...]
    reaches_limit: bool
    split: bool
    calls_reviewer: bool


def examine(rulebook: Rulebook, sheets: Sequence[Sheet], arithmetic: Arithmetic | None = None) -> Disagreement:
    """Return the disagreement between `sheets`. A spread equal to the limit reaches it; one review never disagrees.

    Whoever examines many dossiers passes the `arithmetic` that remembers the sums.
    """
    rule = rulebook.discrepancy
    if len(sheets) < 2:
        return Disagreement(Fraction(0), (), reaches_limit=False, split=False, calls_reviewer=False)
    arithmetic = arithmetic or Arithmetic(rulebook)
    readings = [arithmetic.reading(sheet) for sheet in sheets]
    criteria: tuple[str, ...] = ()
    if rule.by_criterion:
        spreads = {c.id: _spread([sheet[c.id] for sheet in sheets]) for c in rulebook.criteria}
        spread = max(spreads.values())
        criteria = tuple(name for name, width in spreads.items() if width >= rule.spread_limit)
    else:
        spread = arithmetic.spread(readings)
    reaches = spread >= rule.spread_limit
    split = any(reading.passes != readings[0].passes for reading in readings)
    return Disagreement(
        spread=spread,
        criteria=criteria,
        reaches_limit=reaches,
        split=split,
        calls_reviewer=reaches or (rule.split_verdict and split),
    )


def _spread(values: Sequence[Fraction]) -> Fraction:
    return max(values) - min(values)
