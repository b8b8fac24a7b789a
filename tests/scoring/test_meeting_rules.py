"""How many make a quorum and a majority, and when minutes may stand without somebody."""

from typing import Any

import pytest

from scoring.rules.meetings import may_end_signing, quorum_of, verdict
from scoring.rules.rulebook import check, parse
from scoring.states import MotionOutcome, VoteChoice
from tests.factories import scoring as make

YES, NO, NEITHER = VoteChoice.IN_FAVOUR, VoteChoice.AGAINST, VoteChoice.ABSTAINED

pytestmark = pytest.mark.usefixtures("clock", "app")


@pytest.mark.parametrize(
    ("called", "percent", "needed"),
    [(1, None, 1), (2, None, 2), (9, None, 5), (9, 50, 5), (10, 50, 5), (3, 100, 3), (3, 1, 1)],
)
def test_the_quorum_is_the_rulebook_s_share_or_more_than_half(called: int, percent: int | None, needed: int) -> None:
    assert quorum_of(called, None if percent is None else parse(sessions(str(percent))).quorum_percent) == needed


def sessions(percent: str, tie: str = "not_carried") -> dict[str, Any]:
    return make.rulebook_document(sessions={"quorum_percent": percent, "tie": tie})


@pytest.mark.parametrize("percent", ["0", "101", "50.5", "-1", "07"])
def test_a_share_that_is_none_is_no_rulebook(percent: str) -> None:
    assert check(sessions(percent))


@pytest.mark.parametrize(
    ("votes", "chair", "outcome", "by_chair"),
    [
        ([YES, YES, NO], None, MotionOutcome.CARRIED, False),
        ([YES, NO, NO], YES, MotionOutcome.REJECTED, False),
        ([YES, NO, NEITHER], None, MotionOutcome.TIED, False),
        ([YES, NO], YES, MotionOutcome.CARRIED, True),
        ([YES, NO], NO, MotionOutcome.REJECTED, True),
        ([YES, NO, NEITHER], NEITHER, MotionOutcome.TIED, False),
        ([NEITHER], None, MotionOutcome.TIED, False),
        ([], None, MotionOutcome.TIED, False),
    ],
)
def test_a_majority_decides_and_a_tie_by_the_rule(
    votes: list[VoteChoice], chair: VoteChoice | None, outcome: MotionOutcome, by_chair: bool
) -> None:
    found = verdict(votes, chair=chair)
    assert (found.outcome, found.by_chair) == (outcome, by_chair)


@pytest.mark.parametrize(
    ("attended", "signed", "is_over", "may"),
    [
        (3, 2, False, True),
        (3, 1, False, False),
        (2, 1, False, False),  # one signature of two does not shut the other out at once
        (2, 1, True, True),
        (3, 1, True, True),
        (3, 0, True, False),
        (3, 3, True, False),
    ],
)
def test_when_minutes_may_stand_without_somebody(attended: int, signed: int, is_over: bool, may: bool) -> None:
    assert may_end_signing(attended, signed, is_over=is_over) is may
