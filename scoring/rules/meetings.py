"""When a session of a committee may decide, and what it decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.states import MotionOutcome, VoteChoice

HUNDRED = 100
SIGNATURE_DAYS = 10  # for who attended to sign the minutes, where the rulebook says nothing


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a motion, the counts, and whether the chair's vote broke a tie."""

    outcome: MotionOutcome
    in_favour: int
    against: int
    abstained: int
    by_chair: bool = False


def quorum_of(called: int, percent: Fraction | None) -> int:
    """Return how many of those called must attend: the rulebook's share rounded up, or more than half without one."""
    if percent is None:
        return called // 2 + 1
    return max(1, -(-called * percent.numerator // (percent.denominator * HUNDRED)))


def verdict(votes: Sequence[VoteChoice], *, chair: VoteChoice | None) -> Verdict:
    """Return what a majority of the votes for and against decides; who abstains tips nothing.

    `chair` is the chair's own vote where the rulebook lets it break a tie; None where it does not, or there is none.
    """
    in_favour, against = votes.count(VoteChoice.IN_FAVOUR), votes.count(VoteChoice.AGAINST)
    counts = (in_favour, against, votes.count(VoteChoice.ABSTAINED))
    if in_favour != against:
        return Verdict(MotionOutcome.CARRIED if in_favour > against else MotionOutcome.REJECTED, *counts)
    if in_favour and chair in (VoteChoice.IN_FAVOUR, VoteChoice.AGAINST):
        decided = MotionOutcome.CARRIED if chair is VoteChoice.IN_FAVOUR else MotionOutcome.REJECTED
        return Verdict(decided, *counts, by_chair=True)
    return Verdict(MotionOutcome.TIED, *counts)


def may_end_signing(attended: int, signed: int, *, is_over: bool) -> bool:
    """Return whether minutes may stand without the signatures they lack.

    At once where a single one of three or more is missing; else when the published days are over and somebody signed.
    """
    missing = attended - signed
    return missing > 0 and (signed > 0 if is_over else missing == 1 and signed > 1)
