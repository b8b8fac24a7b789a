"""The official score: S = Σ w_c · mean_r(x_rc), exact, rounded once, with every term to publish."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from scoring.rules.rulebook import Criterion, Rulebook

Sheet = Mapping[str, Fraction]
"""One reviewer's scores by criterion id."""


@dataclass(frozen=True, slots=True)
class Term:
    """One criterion's share of a score: weight × (sum ÷ count) = contribution."""

    criterion: str
    weight: Fraction
    sum: Fraction
    count: int
    mean: Fraction
    contribution: Fraction
    meets_threshold: bool


@dataclass(frozen=True, slots=True)
class OfficialScore:
    """A dossier's official score with everything it was made of.

    `merit` is S; `exact` adds the bonus; `rounded` is `exact` to the rulebook's decimals and is what ranks.
    The overall threshold is asked of the rounded merit: bonus points order, they do not qualify.
    """

    terms: tuple[Term, ...]
    bonus: tuple[tuple[str, Fraction], ...]
    merit: Fraction
    exact: Fraction
    rounded: Decimal
    meets_overall: bool

    @property
    def passes(self) -> bool:
        """True when the overall threshold and that of every criterion are met."""
        return self.meets_overall and all(term.meets_threshold for term in self.terms)

    def failed_criteria(self) -> list[str]:
        """Return the criteria whose threshold is not met, in the rulebook's order."""
        return [term.criterion for term in self.terms if not term.meets_threshold]


def round_once(value: Fraction, decimals: int) -> Decimal:
    """Return `value` to `decimals` places, ties to even, decided on the exact fraction and not on a decimal of it."""
    scaled = round(value * 10**decimals)  # Fraction's own rounding is half to even and exact
    with localcontext(prec=60, rounding=ROUND_HALF_EVEN):
        return Decimal(scaled).scaleb(-decimals)


class Total(NamedTuple):
    """One reviewer's weighted total, in whole parts too, and whether that reviewer alone would let the dossier pass."""

    exact: Fraction
    passes: bool
    parts: int
    number: float


class Arithmetic:
    """A rulebook's sums, each worked out once: the marks of a scale are few, so the same ones come back.

    What was worked out is found by the identity of what it was made of, which is quick to look up; what is looked up is
    kept, so that no other object takes its identity. A sheet that was read does not change.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        scales = [one.weight * part for one in rulebook.criteria for part in (one.minimum, one.step)]
        self._whole = lcm(*(part.denominator for part in scales))  # parts of one in which every total is whole
        self._terms = [(one, one.id, dict[tuple[int, ...], tuple[Term, list[Fraction]]]()) for one in rulebook.criteria]
        self._equal: dict[tuple[object, ...], Term] = {}
        self._means: dict[tuple[int, int], tuple[Fraction, Decimal, bool]] = {}
        self._scores: dict[tuple[int, ...], OfficialScore] = {}
        self._readings: dict[tuple[object, ...], tuple[Total, tuple[Fraction, ...]]] = {}
        self._marks: dict[tuple[str, Fraction], tuple[int, bool]] = {}
        self._sheets: dict[int, tuple[Total, Sheet]] = {}
        self._spreads: dict[int, Fraction] = {}

    def score(self, sheets: Sequence[Sheet], entitlements: Collection[str] = ()) -> OfficialScore:
        """Return the official score of a dossier; see `official_score`."""
        if not sheets:
            raise ValueError("a score needs at least one review")
        parts = sum([self.reading(sheet).parts for sheet in sheets])  # refuses what is no sheet
        terms = []
        for criterion, name, known in self._terms:
            marks = [sheet[name] for sheet in sheets]
            key = tuple(map(id, marks))
            found = known.get(key)
            if found is None:
                found = known[key] = (self._term(criterion, sum(marks, Fraction(0)), len(marks)), marks)
            terms.append(found[0])
        key = tuple(map(id, terms))
        score = self._scores.get(key)
        if score is None:
            merit, rounded, enough = self._mean(parts, len(sheets))
            score = self._scores[key] = OfficialScore(tuple(terms), (), merit, merit, rounded, enough)
        if not entitlements:
            return score
        bonus = tuple((entry.id, entry.points) for entry in self.rulebook.bonus if entry.id in entitlements)
        return self._with(score, bonus)

    def _mean(self, parts: int, count: int) -> tuple[Fraction, Decimal, bool]:
        """Return what totals come to on average, rounded, and whether it is enough: the sum of the contributions."""
        found = self._means.get((parts, count))
        if found is None:
            merit = Fraction(parts, self._whole * count)
            rounded = round_once(merit, self.rulebook.decimals)
            found = self._means[parts, count] = (merit, rounded, meets_overall(self.rulebook, merit))
        return found

    def _with(self, score: OfficialScore, bonus: tuple[tuple[str, Fraction], ...]) -> OfficialScore:
        points = sum((value for _id, value in bonus), Fraction(0))
        exact = score.merit - points if self.rulebook.lower_is_better else score.merit + points
        return replace(score, bonus=bonus, exact=exact, rounded=round_once(exact, self.rulebook.decimals))

    def reading(self, sheet: Sheet) -> Total:
        """Return what one reviewer's sheet comes to.

        Raises:
            ValueError: it lacks or adds a criterion, or a score is off its scale.
        """
        seen = self._sheets.get(id(sheet))
        if seen is not None:
            return seen[0]
        marks = tuple(sheet.values())
        key = (*sheet, *map(id, marks))
        found = self._readings.get(key)
        if found is None:
            judged = [self._mark(name, mark) for name, mark in sheet.items()]
            if len(judged) != len(self._terms) or None in judged:
                _check_sheet(self.rulebook, sheet)
            parts = sum(one[0] for one in judged if one is not None)
            total, _rounded, enough = self._mean(parts, 1)
            passes = enough and all(one[1] for one in judged if one is not None)
            found = self._readings[key] = (Total(total, passes, parts, float(total)), marks)
        self._sheets[id(sheet)] = (found[0], sheet)
        return found[0]

    def _mark(self, name: str, mark: Fraction) -> tuple[int, bool] | None:
        """Return what a mark adds to a total, in parts, and whether it meets its threshold; None for what is none."""
        found = self._marks.get((name, mark))
        if found is None:
            criterion = next((one for one in self.rulebook.criteria if one.id == name), None)
            if criterion is None or not criterion.allows(mark):
                return None
            found = self._marks[name, mark] = (int(criterion.weight * mark * self._whole), criterion.meets(mark))
        return found

    def spread(self, readings: Sequence[Total]) -> Fraction:
        """Return how far apart the totals are."""
        parts = [reading.parts for reading in readings]
        apart = max(parts) - min(parts)
        spread = self._spreads.get(apart)
        if spread is None:
            spread = self._spreads[apart] = Fraction(apart, self._whole)
        return spread

    def _term(self, criterion: Criterion, total: Fraction, count: int) -> Term:
        """Return the one term of so many marks with this total."""
        key = (criterion.id, total, count)
        term = self._equal.get(key)
        if term is None:
            mean = total / count
            term = self._equal[key] = Term(
                criterion.id, criterion.weight, total, count, mean, criterion.weight * mean, criterion.meets(mean)
            )
        return term


def official_score(rulebook: Rulebook, sheets: Sequence[Sheet], entitlements: Collection[str] = ()) -> OfficialScore:
    """Return the official score of a dossier from its reviewers' sheets. For many, keep one `Arithmetic`.

    Raises:
        ValueError: there is no sheet, a sheet lacks or adds a criterion, or a score is off its scale.
    """
    return Arithmetic(rulebook).score(sheets, entitlements)


def sheet_total(rulebook: Rulebook, sheet: Sheet) -> Fraction:
    """Return the weighted total of one reviewer alone."""
    return sum((criterion.weight * sheet[criterion.id] for criterion in rulebook.criteria), Fraction(0))


def meets_overall(rulebook: Rulebook, merit: Fraction) -> bool:
    """Return whether the rounded merit reaches the overall threshold; always true without one."""
    if rulebook.threshold is None:
        return True
    rounded = Fraction(round_once(merit, rulebook.decimals))
    return rounded <= rulebook.threshold if rulebook.lower_is_better else rounded >= rulebook.threshold


def _check_sheet(rulebook: Rulebook, sheet: Sheet) -> None:
    expected = {criterion.id for criterion in rulebook.criteria}
    if set(sheet) != expected:
        raise ValueError(f"a sheet scores exactly {sorted(expected)}, not {sorted(sheet)}")
    for criterion in rulebook.criteria:
        if not criterion.allows(sheet[criterion.id]):
            raise ValueError(f"{sheet[criterion.id]} is not on the scale of {criterion.id}")
