"""Three invented applications scored step by step by the rules themselves, so that no page says other than the code.

One at the best of every scale, one in the middle with reviewers apart, one just below what is asked.
"""

from dataclasses import dataclass
from fractions import Fraction

from core.language import N_
from scoring.rules.discrepancy import Disagreement, examine
from scoring.rules.official_score import OfficialScore, Sheet, official_score
from scoring.rules.rulebook import Criterion, Rulebook

TITLES = (N_("Todo en lo más alto"), N_("Opiniones distintas"), N_("Por debajo de lo exigido"))


@dataclass(frozen=True, slots=True)
class Example:
    """An invented application: what its reviewers marked and what the rules make of it."""

    title: str
    sheets: tuple[Sheet, ...]
    entitlements: tuple[str, ...]
    score: OfficialScore
    disagreement: Disagreement


def worked_examples(rules: Rulebook) -> tuple[Example, ...]:
    """Return the three examples of a rulebook; titles are Spanish source strings."""
    marks = (_best, _apart, _short)
    proved = ((), tuple(entry.id for entry in rules.bonus[:1]), ())
    found = []
    for title, mark, entitlements in zip(TITLES, marks, proved, strict=True):
        sheets = tuple(
            {one.id: mark(one, reader) for one in rules.criteria} for reader in range(rules.reviews_per_application)
        )
        score = official_score(rules, sheets, entitlements)
        found.append(Example(title, sheets, entitlements, score, examine(rules, sheets)))
    return tuple(found)


def _ranked(criterion: Criterion) -> list[Fraction]:
    """Return the values of a scale, worst first."""
    return criterion.values()[::-1] if criterion.lower_is_better else criterion.values()


def _best(criterion: Criterion, _reader: int) -> Fraction:
    return _ranked(criterion)[-1]


def _apart(criterion: Criterion, reader: int) -> Fraction:
    values = _ranked(criterion)
    middle = len(values) // 2
    return values[max(0, min(len(values) - 1, middle + (2, 0, -1)[reader % 3]))]


def _short(criterion: Criterion, _reader: int) -> Fraction:
    values = _ranked(criterion)
    if criterion.threshold is None:
        return values[len(values) // 2]
    failing = [value for value in values if not criterion.meets(value)]
    return failing[-1] if failing else values[0]
