"""Where one score stands among those of a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

STEPS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the scale, both ends included, with how many other scores lie there and whether one's own does."""

    low: Decimal
    high: Decimal
    others: int
    own: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of the other scores are better, equal and worse than one's own, and the scale's parts that have any."""

    better: int
    equal: int
    worse: int
    steps: tuple[Step, ...]

    @property
    def all(self) -> int:
        """How many scores there are, one's own included."""
        return self.better + self.equal + self.worse + 1


def standing(
    scores: Mapping[Decimal, int], own: Decimal, *, low: Decimal, high: Decimal, decimals: int, lower_is_better: bool
) -> Standing:
    """Return where `own` stands among `scores`, how often each was given, one's own included.

    The scale from `low` to `high` is cut into ten parts, or fewer where scores are written (with `decimals`) too
    coarsely, best first; points beyond it (a bonus) widen its ends. Parts beyond all scores are left out.

    Raises:
        ValueError: `own` is not among `scores`.
    """
    if not scores.get(own):
        raise ValueError(f"{own} is not among the scores")
    below = sum(many for score, many in scores.items() if score < own)
    above = sum(many for score, many in scores.items() if score > own)
    finest = Decimal(1).scaleb(-decimals)
    cuts = {(low + (high - low) * part / STEPS).quantize(finest, ROUND_CEILING): None for part in range(STEPS)}
    firsts = [min(low, *scores).quantize(finest), *list(cuts)[1:]]
    lasts = [*(cut - finest for cut in firsts[1:]), max(high, *scores).quantize(finest)]
    steps = []
    for first, last in zip(firsts, lasts, strict=True):
        many = sum(many for score, many in scores.items() if first <= score <= last)
        here = first <= own <= last
        steps.append(Step(first, last, many - here, here))
    taken = [number for number, step in enumerate(steps) if step.others or step.own]
    shown = steps[taken[0] : taken[-1] + 1]
    better, worse = (below, above) if lower_is_better else (above, below)
    return Standing(better, scores[own] - 1, worse, tuple(shown if lower_is_better else reversed(shown)))
