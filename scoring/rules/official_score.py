"""The official score: S = Σ w_c · mean_r(x_rc), exact, rounded once, with every term to publish."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

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


class Arithmetic:
    """A rulebook's sums, each worked out once: the marks of a scale are few, so the same ones come back."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        # By identity, which is quick to look up; what is looked up is kept, so that no other object takes its identity.
        self._terms: dict[tuple[object, ...], tuple[Term, Sequence[Fraction]]] = {}
        self._readings: dict[tuple[object, ...], tuple[tuple[Fraction, bool], Sequence[Fraction]]] = {}
        self._sums: dict[tuple[int, ...], tuple[Fraction, bool, Decimal]] = {}
        self._equal: dict[tuple[object, ...], Term] = {}

    def score(self, sheets: Sequence[Sheet], entitlements: Collection[str] = ()) -> OfficialScore:
        """Return the official score of a dossier; see `official_score`."""
        if not sheets:
            raise ValueError("a score needs at least one review")
        rulebook = self.rulebook
        for sheet in sheets:
            self.reading(sheet)  # refuses what is no sheet
        terms = tuple(
            [self._term(criterion, [sheet[criterion.id] for sheet in sheets]) for criterion in rulebook.criteria]
        )
        bonus = tuple((entry.id, entry.points) for entry in rulebook.bonus if entry.id in entitlements)
        merit, enough, rounded = self._sum(terms)
        points = sum((value for _id, value in bonus), Fraction(0))
        exact = merit if not points else merit - points if rulebook.lower_is_better else merit + points
        return OfficialScore(
            terms=terms,
            bonus=bonus,
            merit=merit,
            exact=exact,
            rounded=round_once(exact, rulebook.decimals) if points else rounded,
            meets_overall=enough,
        )

    def _sum(self, terms: tuple[Term, ...]) -> tuple[Fraction, bool, Decimal]:
        """Return what terms add up to, whether that is enough, and rounded; the terms are those kept here."""
        key = tuple(map(id, terms))
        found = self._sums.get(key)
        if found is None:
            merit = sum((term.contribution for term in terms), Fraction(0))
            found = self._sums[key] = (
                merit,
                meets_overall(self.rulebook, merit),
                round_once(merit, self.rulebook.decimals),
            )
        return found

    def reading(self, sheet: Sheet) -> tuple[Fraction, bool]:
        """Return one reviewer's weighted total, and whether that reviewer alone would let the dossier pass."""
        marks = tuple(sheet.values())
        key = (*sheet, *map(id, marks))
        found = self._readings.get(key)
        if found is None:
            _check_sheet(self.rulebook, sheet)
            total = sheet_total(self.rulebook, sheet)
            passes = meets_overall(self.rulebook, total) and all(
                criterion.meets(sheet[criterion.id]) for criterion in self.rulebook.criteria
            )
            found = self._readings[key] = ((total, passes), marks)
        return found[0]

    def _term(self, criterion: Criterion, marks: Sequence[Fraction]) -> Term:
        key = (criterion.id, *map(id, marks))
        known = self._terms.get(key)
        if known is None:
            total = sum(marks, Fraction(0))
            known = self._terms[key] = (self._made(criterion, total, len(marks)), marks)
        return known[0]

    def _made(self, criterion: Criterion, total: Fraction, count: int) -> Term:
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
