"""How a committee's reviews are going: who differs from whom, by how much, and what the scores vary by.

It never says how high anything scored: who chairs sees where to look, not who is ahead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.rules.agreement import krippendorff_alpha, one_way
from scoring.rules.discrepancy import Disagreement, examine
from scoring.rules.mixed_model import Reading
from scoring.rules.official_score import Arithmetic, Sheet
from scoring.rules.rulebook import Rulebook
from scoring.rules.severity import Severity, Unfit, fit

Sheets = Mapping[str, Mapping[str, Sheet]]
"""Submitted sheets by dossier code and reviewer letter."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """How a reviewer differs from who read the same: above or below on average, over so many shared dossiers.

    `severity` is the model's estimate of the same, drawn towards nought where it rests on little; None when refused.
    """

    letter: str
    shared: int
    difference: float
    severity: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """What a chair may know while reviews come in. Differences are in points of the total."""

    disagreements: tuple[tuple[str, Disagreement], ...]
    leanings: tuple[Leaning, ...]
    alpha: float | None
    single: float | None
    mean: float | None
    model: Severity | Unfit


def course(rulebook: Rulebook, sheets: Sheets) -> Course:
    """Return how the reviews are going: dossiers that were read twice, the widest apart first; reviewers by letter."""
    arithmetic = Arithmetic(rulebook)
    totals = {
        code: {letter: arithmetic.reading(sheet)[0] for letter, sheet in readers.items()}
        for code, readers in sheets.items()
    }
    letters = sorted({letter for readers in totals.values() for letter in readers}, key=lambda one: (len(one), one))
    numbers = {letter: index for index, letter in enumerate(letters)}
    readings = [
        Reading(row, numbers[letter], float(total))
        for row, readers in enumerate(totals.values())
        for letter, total in readers.items()
    ]
    model = fit(readings, len(totals), len(letters))
    units = [[float(total) for total in readers.values()] for readers in totals.values()]
    correlations = one_way(units)
    apart = [
        (code, examine(rulebook, list(readers.values()), arithmetic))
        for code, readers in sheets.items()
        if len(readers) > 1
    ]
    return Course(
        disagreements=tuple(sorted(apart, key=lambda pair: (-pair[1].spread, pair[0]))),
        leanings=tuple(_leaning(letter, totals, _severity(model, numbers[letter])) for letter in letters),
        alpha=krippendorff_alpha(units),
        single=correlations.single if correlations else None,
        mean=correlations.mean if correlations else None,
        model=model,
    )


def _severity(model: Severity | Unfit, index: int) -> float | None:
    return None if isinstance(model, Unfit) else float(model.leanings[index])


def _leaning(letter: str, totals: Mapping[str, Mapping[str, Fraction]], severity: float | None) -> Leaning:
    gaps = []
    for readers in totals.values():
        others = [total for other, total in readers.items() if other != letter]
        if letter in readers and others:
            gaps.append(readers[letter] - sum(others, Fraction(0)) / len(others))
    difference = float(sum(gaps, Fraction(0)) / len(gaps)) if gaps else 0.0
    return Leaning(letter, len(gaps), difference, severity)
