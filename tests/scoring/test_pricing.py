"""A large problem solved over few of its pairs has the optimum of all, whatever the rules; and so says its proof."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from scoring.assignment import Problem, assign, assign_capped, pricing, promising
from scoring.assignment.prices import Joining
from scoring.errors import AssignmentInfeasible, MinimumLoadUnreachable, RulesCollide

DOSSIERS, REVIEWERS = 120, 30


def affinities(kind: str) -> Any:
    chance = np.random.default_rng(7)
    table = chance.random((DOSSIERS, REVIEWERS))
    if kind == "few values":
        table = np.floor(table * 3) / 3
    elif kind == "some are wanted by all":
        table = table * chance.random(REVIEWERS) ** 3
    return np.rint(table * 10_000).astype(np.int64)


def problem(kind: str, **rules: Any) -> Problem:
    blocked = np.random.default_rng(8).random((DOSSIERS, REVIEWERS)) < 0.1
    return Problem(
        dossiers=[f"D{n}" for n in range(DOSSIERS)],
        reviewers=[f"R{n}" for n in range(REVIEWERS)],
        affinity=affinities(kind),
        blocked=blocked,
        **({"per_dossier": 3, "max_load": 14} | rules),
    )


INSTITUTIONS = [f"I{n // 3}" for n in range(REVIEWERS)]
KINDS = ("all different", "few values", "some are wanted by all")
RULES: tuple[dict[str, Any], ...] = (
    {},
    {"min_load": 11},
    {"institutions": INSTITUTIONS},
    {"institutions": INSTITUTIONS, "min_load": 11, "max_load": 13},
    {"fixed": [(0, 1), (0, 2), (5, 9)], "already": {7: 2}},
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rules", RULES)
def test_few_pairs_reach_the_optimum_of_all(kind: str, rules: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    given = problem(kind, **rules)
    whole, whole_capped = assign(given).objective, assign_capped(given, Fraction(2, 5), "s").expected
    monkeypatch.setattr(pricing, "FEW", 0)
    monkeypatch.setattr(promising, "NOT_MANY", 0)
    monkeypatch.setattr(promising, "PROMISING", 1)
    assert assign(given).objective == whole
    assert assign_capped(given, Fraction(2, 5), "s").expected == whole_capped


def test_stopping_before_the_proof_would_miss_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    given = problem("some are wanted by all", min_load=11)
    whole = assign(given).objective
    monkeypatch.setattr(pricing, "FEW", 0)
    monkeypatch.setattr(promising, "NOT_MANY", 0)
    monkeypatch.setattr(promising, "PROMISING", 1)
    nobody = np.zeros(0, dtype=np.int64)
    monkeypatch.setattr(pricing, "joining", lambda *_given: Joining((nobody, nobody), 0, 0))
    assert _total(given) < whole


def test_what_cannot_be_is_refused_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    free = problem("few values")
    blocked = np.zeros((DOSSIERS, REVIEWERS), dtype=np.bool_)
    blocked[5:, 0] = True  # nobody gives R0 twelve
    refused = [
        Problem(free.dossiers, free.reviewers, free.affinity, 3, max_load=most, min_load=least, blocked=blocked)
        for least, most in ((0, 12), (12, 20))
    ]
    said = [_refusal(one) for one in refused]
    assert said[0].startswith("RulesCollide(needed=360, available=353, missing=7, ")
    assert said[1].startswith("MinimumLoadUnreachable(needed=360, available=353, missing=7, ")
    monkeypatch.setattr(pricing, "FEW", 0)
    monkeypatch.setattr(promising, "NOT_MANY", 0)
    assert [_refusal(one).split(", dossiers")[0] for one in refused] == [one.split(", dossiers")[0] for one in said]


def _total(given: Problem) -> int:
    """The greatest total found; nought where the few pairs do not even suffice."""
    try:
        return assign(given).objective
    except AssignmentInfeasible:
        return 0


def _refusal(given: Problem) -> str:
    with pytest.raises((RulesCollide, MinimumLoadUnreachable)) as refusal:
        assign(given)
    return str(refusal.value)
