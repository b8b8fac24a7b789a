"""Where somebody who is ranked after the results stands among those who were told theirs. Nobody moves down for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

PUBLISHED = "published"
"""The rule between two committees, which have no order and no lot in common: whoever was told first stands first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the published order: what its score is worth, whether it passed the thresholds and has support."""

    score: Fraction  # of `worth`: more is better
    passed: bool
    awarded: bool
    group: str | None = None  # the part of the budget it competes for, where the rules divide it
    payable: bool = True  # whether the rules keep money for that part


@dataclass(frozen=True, slots=True)
class Among:
    """The place, and whether it would have had support when all were ranked together."""

    position: int | None
    by_merit: bool
    may_wait: bool


def worth(published: str, *, lower_is_better: bool) -> Fraction:
    """Return what a score counts as in the order: as it was published, rounded, and more always better than less."""
    score = Fraction(published)
    return -score if lower_is_better else score


def place_among(own: Standing, others: Sequence[Standing], *, earlier: Standing | None = None) -> Among:
    """Return a late line's place: after every one with the same score or more. Below the thresholds it has none.

    It would have had support when everybody before it has it, or somebody after it does; where the rules divide the
    budget only its own part counts. `earlier` is how it stood itself when it was reviewed before: it takes no place,
    but with that score there was no support.
    """
    if not own.passed:
        return Among(None, by_merit=False, may_wait=False)
    ranked = [one for one in others if one.passed]
    known = [*ranked, earlier] if earlier is not None and earlier.passed else ranked
    rivals = [one for one in known if one.group == own.group]
    before = [one for one in rivals if one.score >= own.score]
    after = [one for one in rivals if one.score < own.score]
    place = 1 + sum(1 for one in ranked if one.score >= own.score)
    if not own.payable:
        return Among(place, by_merit=False, may_wait=False)
    merit = all(one.awarded for one in before) or any(one.awarded for one in after)
    waits = merit or any(not one.awarded for one in rivals)
    return Among(place, by_merit=merit, may_wait=waits)


def never_worse(now: Among, before: Among) -> Among:
    """Return the better of two places: nobody loses what was published of them because their appeal was upheld."""
    if now.by_merit or before.position is None:
        return now
    return before if now.position is None or now.position > before.position else now


@dataclass(frozen=True, slots=True)
class Turn:
    """Where somebody comes among those who share a place and a score, from 1, and by which rule; None without a tie."""

    number: int
    rule: str | None


class Turns:
    """Gives turns to those who share a place and a score, in the order in which they are asked for.

    Those of one committee come in the order of its ranking, which the call's own tie-break and its lot have made.
    """

    def __init__(self, earlier: Iterable[tuple[int | None, str | None]] = ()) -> None:
        """Remember places and scores that were published before."""
        self._given: dict[tuple[int | None, str | None], list[str | None]] = {}
        for one in earlier:
            self._given.setdefault(one, []).append(None)

    def take(self, place: int, score: str, *, committee: str, last_rule: str) -> Turn:
        """Return the next turn; `last_rule` is the last rule the committee's order looked at to place it."""
        given = self._given.setdefault((place, score), [])
        told_before = bool(given) and given[-1] != committee
        rule = PUBLISHED if told_before else last_rule if last_rule != "score" else None
        given.append(committee)
        return Turn(len(given), rule)


def turn_key(
    *, place: int, by_merit: bool, score: str, turn: int | None, lower_is_better: bool
) -> tuple[int, bool, Fraction, int]:
    """Return what orders those admitted on appeal that may take the same money: the smaller first."""
    return place, not by_merit, -worth(score, lower_is_better=lower_is_better), turn or 0
