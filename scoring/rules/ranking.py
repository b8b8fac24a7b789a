"""The order of merit: by official score, then by the published tie-break list, which ends in the lot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scoring.rules.official_score import OfficialScore
from scoring.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scored dossier: its opaque label, score, proved entitlements and the money asked for, in minor units."""

    label: str
    score: OfficialScore
    entitlements: frozenset[str]
    requested_cents: int


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at to place a dossier, and the value it had there."""

    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dossier stands. `position` counts from 1 among those that pass, None for those that do not.

    `trace` holds the score and every tie-break that was needed. `awaits_lot` means only the lot can separate it
    from another; until it is drawn the tied share the first of their positions.
    """

    candidate: Candidate
    position: int | None
    trace: tuple[Step, ...]
    awaits_lot: bool


def rank(rulebook: Rulebook, candidates: Iterable[Candidate], lot: Mapping[str, int] | None = None) -> list[Place]:
    """Return every candidate's place: first those that pass, in order; then those below a threshold, by score.

    `lot` gives each label's place in a drawn lot. It is only looked at where nothing else separates.
    """
    pool = sorted(candidates, key=lambda candidate: candidate.label)
    passing = [candidate for candidate in pool if candidate.score.passes]
    failing = [candidate for candidate in pool if not candidate.score.passes]
    places = _settle(_Table(rulebook, lot), passing, ("score", *rulebook.ties), (), 1)
    # Sorting keeps the order of the labels, both ways, where scores are equal.
    below = sorted(failing, key=lambda candidate: candidate.score.rounded, reverse=not rulebook.lower_is_better)
    places += [
        Place(candidate, None, (_step(candidate, "score", candidate.score.rounded),), awaits_lot=False)
        for candidate in below
    ]
    return places


@dataclass(frozen=True, slots=True)
class _Table:
    """What every comparison is made with."""

    rulebook: Rulebook
    lot: Mapping[str, int] | None

    def lacks_lot(self, group: Sequence[Candidate]) -> bool:
        """Return whether the lot cannot order this group yet."""
        return self.lot is None or any(candidate.label not in self.lot for candidate in group)


def _settle(
    table: _Table, group: Sequence[Candidate], rules: Sequence[str], trace: tuple[Step, ...], first: int
) -> list[Place]:
    """Place from `first` a group that all earlier rules left together, splitting it by the next of `rules`."""
    if len(group) == 1 and trace:
        return [Place(group[0], first, trace, awaits_lot=False)]
    if not rules or (rules[0] == "lot" and table.lacks_lot(group)):
        return [Place(candidate, first, trace, awaits_lot=True) for candidate in group]
    keyed: dict[Decimal | tuple[int, int], list[Candidate]] = {}
    for candidate in group:
        keyed.setdefault(_value(candidate, rules[0], table.lot), []).append(candidate)
    downwards = not table.rulebook.lower_is_better and (rules[0] == "score" or rules[0].startswith("criterion:"))
    places: list[Place] = []
    for key in sorted(keyed, key=_number, reverse=downwards):
        together = keyed[key]
        step = _step(together[0], rules[0], key)
        places += _settle(table, together, rules[1:], (*trace, step), first + len(places))
    return places


def _value(candidate: Candidate, rule: str, lot: Mapping[str, int] | None) -> Decimal | tuple[int, int]:
    """Return what a rule looks at, as something quick to tell apart: the score, or a fraction's two numbers."""
    if rule == "score":
        return candidate.score.rounded
    if rule == "lower_request":
        return candidate.requested_cents, 1
    if rule == "lot":
        return (lot or {})[candidate.label], 1
    kind, _colon, name = rule.partition(":")
    if kind == "reserved":
        return (0 if name in candidate.entitlements else 1), 1
    mean = next(term.mean for term in candidate.score.terms if term.criterion == name)
    return mean.numerator, mean.denominator


def _number(value: Decimal | tuple[int, int]) -> Fraction | Decimal:
    return Fraction(*value) if isinstance(value, tuple) else value


def _step(candidate: Candidate, rule: str, value: Decimal | tuple[int, int]) -> Step:
    if rule.startswith("reserved:"):
        return Step(rule, "no" if _number(value) else "yes")
    if rule == "score":
        return Step(rule, str(candidate.score.rounded))
    return Step(rule, str(_number(value)))
