"""How a committee's reviews are going: who differs from whom, by how much, and what the scores vary by.

It never says how high anything scored: who chairs sees where to look, not who is ahead.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.rules.agreement import krippendorff_alpha, one_way
from scoring.rules.discrepancy import Disagreement, examine
from scoring.rules.marking import Counts, counted, ends_of
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
    """What a chair may know while reviews come in. Differences are in points of the total.

    `counts` is how many totals each letter gave in each part of the scale, for when everything is out.
    """

    disagreements: tuple[tuple[str, Disagreement], ...]
    leanings: tuple[Leaning, ...]
    alpha: float | None
    single: float | None
    mean: float | None
    model: Severity | Unfit
    counts: tuple[tuple[str, Counts], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What of it a page shows: the dossiers furthest apart and how many there are, the variances or why there are none.

    `asked` are those for which the rules call another reviewer, `apart` the rest of what was read twice.
    """

    asked: tuple[tuple[str, Disagreement], ...]
    asked_count: int
    apart: tuple[tuple[str, Disagreement], ...]
    apart_count: int
    leanings: tuple[Leaning, ...]
    alpha: float | None
    single: float | None
    mean: float | None
    variances: Mapping[str, float] | None
    refused: Unfit | None
    counts: Mapping[str, Counts]


STEPS = 4
FORMAT = 2  # of what is kept: what an earlier version wrote in another way is worked out again
Told = Callable[[int, int], object]


def course(rulebook: Rulebook, sheets: Sheets, told: Told = lambda _done, _all: None) -> Course:
    """Return how the reviews are going: dossiers that were read twice, the widest apart first; reviewers by letter.

    `told` hears after each of its steps how many are done, of how many.
    """
    arithmetic = Arithmetic(rulebook)
    totals = {
        code: {letter: arithmetic.reading(sheet)[0] for letter, sheet in readers.items()}
        for code, readers in sheets.items()
    }
    letters = sorted({letter for readers in totals.values() for letter in readers}, key=lambda one: (len(one), one))
    numbers = {letter: index for index, letter in enumerate(letters)}
    told(1, STEPS)
    readings = [
        Reading(row, numbers[letter], float(total))
        for row, readers in enumerate(totals.values())
        for letter, total in readers.items()
    ]
    model = fit(readings, len(totals), len(letters))
    units = [[float(total) for total in readers.values()] for readers in totals.values()]
    correlations = one_way(units)
    told(2, STEPS)
    apart = [
        (code, examine(rulebook, list(readers.values()), arithmetic))
        for code, readers in sheets.items()
        if len(readers) > 1
    ]
    told(3, STEPS)
    gaps = _gaps(totals)
    return Course(
        disagreements=tuple(sorted(apart, key=lambda pair: (-pair[1].spread, pair[0]))),
        leanings=tuple(_leaning(letter, gaps.get(letter), _severity(model, numbers[letter])) for letter in letters),
        alpha=krippendorff_alpha(units),
        single=correlations.single if correlations else None,
        mean=correlations.mean if correlations else None,
        model=model,
        counts=tuple(_counts(rulebook, totals, letters)),
    )


def _counts(
    rulebook: Rulebook, totals: Mapping[str, Mapping[str, Fraction]], letters: list[str]
) -> Iterator[tuple[str, Counts]]:
    ends = ends_of(rulebook)
    for letter in letters:
        yield letter, counted((given[letter] for given in totals.values() if letter in given), ends)


def _severity(model: Severity | Unfit, index: int) -> float | None:
    return None if isinstance(model, Unfit) else float(model.leanings[index])


def _gaps(totals: Mapping[str, Mapping[str, Fraction]]) -> dict[str, tuple[int, Fraction]]:
    """Return on how many shared dossiers each letter was, and the sum of what it gave above the others' mean."""
    found: dict[str, tuple[int, Fraction]] = {}
    for readers in totals.values():
        if len(readers) < 2:
            continue
        everybody, others = sum(readers.values(), Fraction(0)), len(readers) - 1
        for letter, total in readers.items():
            shared, above = found.get(letter, (0, Fraction(0)))
            found[letter] = (shared + 1, above + total - (everybody - total) / others)
    return found


def _leaning(letter: str, gaps: tuple[int, Fraction] | None, severity: float | None) -> Leaning:
    shared, above = gaps or (0, Fraction(0))
    return Leaning(letter, shared, float(above / shared) if shared else 0.0, severity)


def kept(found: Course, most: int) -> dict[str, Any]:
    """Return as JSON what of a course a page shows: of the dossiers that differ, the `most` furthest apart."""
    asked = [pair for pair in found.disagreements if pair[1].calls_reviewer]
    apart = [pair for pair in found.disagreements if not pair[1].calls_reviewer]
    model = found.model
    return {
        "asked": [_row(*pair) for pair in asked[:most]],
        "asked_count": len(asked),
        "apart": [_row(*pair) for pair in apart[:most]],
        "apart_count": len(apart),
        "leanings": [[one.letter, one.shared, one.difference, one.severity] for one in found.leanings],
        "alpha": found.alpha,
        "single": found.single,
        "mean": found.mean,
        "variances": None
        if isinstance(model, Unfit)
        else {name: float(getattr(model, name)) for name in ("application", "reviewer", "residual")},
        "refused": model.value if isinstance(model, Unfit) else None,
        "counts": {letter: list(counts) for letter, counts in found.counts},
    }


def summary(document: Mapping[str, Any]) -> Summary:
    """Return what `kept` wrote, to be shown."""
    return Summary(
        asked=tuple(_pair(row) for row in document["asked"]),
        asked_count=document["asked_count"],
        apart=tuple(_pair(row) for row in document["apart"]),
        apart_count=document["apart_count"],
        leanings=tuple(Leaning(*row) for row in document["leanings"]),
        alpha=document["alpha"],
        single=document["single"],
        mean=document["mean"],
        variances=document["variances"],
        refused=Unfit(document["refused"]) if document["refused"] else None,
        counts={letter: tuple(counts) for letter, counts in document["counts"].items()},
    )


def _row(code: str, one: Disagreement) -> list[Any]:
    return [code, str(one.spread), list(one.criteria), one.reaches_limit, one.split, one.calls_reviewer]


def _pair(row: list[Any]) -> tuple[str, Disagreement]:
    code, spread, criteria, *verdicts = row
    return code, Disagreement(Fraction(spread), tuple(criteria), *verdicts)
