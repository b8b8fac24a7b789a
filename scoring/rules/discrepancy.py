"""When reviewers disagree enough that the rulebook calls one more."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.rules.official_score import Sheet, meets_overall, sheet_total
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


def examine(rulebook: Rulebook, sheets: Sequence[Sheet]) -> Disagreement:
    """Return the disagreement between `sheets`. A spread equal to the limit reaches it; one review never disagrees."""
    rule = rulebook.discrepancy
    if len(sheets) < 2:
        return Disagreement(Fraction(0), (), reaches_limit=False, split=False, calls_reviewer=False)
    criteria: tuple[str, ...] = ()
    if rule.by_criterion:
        spreads = {c.id: _spread([sheet[c.id] for sheet in sheets]) for c in rulebook.criteria}
        spread = max(spreads.values())
        criteria = tuple(name for name, width in spreads.items() if width >= rule.spread_limit)
    else:
        spread = _spread([sheet_total(rulebook, sheet) for sheet in sheets])
    reaches = spread >= rule.spread_limit
    split = len({_verdict(rulebook, sheet) for sheet in sheets}) > 1
    return Disagreement(
        spread=spread,
        criteria=criteria,
        reaches_limit=reaches,
        split=split,
        calls_reviewer=reaches or (rule.split_verdict and split),
    )


def _spread(values: Sequence[Fraction]) -> Fraction:
    return max(values) - min(values)


def _verdict(rulebook: Rulebook, sheet: Sheet) -> bool:
    return meets_overall(rulebook, sheet_total(rulebook, sheet)) and all(
        criterion.meets(sheet[criterion.id]) for criterion in rulebook.criteria
    )
