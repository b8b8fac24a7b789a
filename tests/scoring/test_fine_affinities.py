"""Affinities of more parts than the flow can reckon with have the same optimum as what orders them alike."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from scoring.assignment import Problem, Solution, assign, assign_capped, finely
from scoring.assignment.problem import standing

DOSSIERS, REVIEWERS = 60, 12
FINE, PLAIN = 2**45, 10_000  # a part and the much smaller ones beside it: both weigh the same however far apart
INSTITUTIONS = [f"I{n // 2}" for n in range(REVIEWERS)]


def two(seed: int, **rules: Any) -> tuple[Problem, Problem]:
    """The same problem of few equals, with affinities far apart and near each other."""
    chance = np.random.default_rng(seed)
    first, then = chance.integers(-3, 4, (DOSSIERS, REVIEWERS)), chance.integers(0, 3, (DOSSIERS, REVIEWERS))
    plain = Problem(
        dossiers=[f"D{n}" for n in range(DOSSIERS)],
        reviewers=[f"R{n}" for n in range(REVIEWERS)],
        affinity=first * PLAIN + then,
        blocked=chance.random((DOSSIERS, REVIEWERS)) < 0.1,
        **({"per_dossier": 2, "max_load": 14} | rules),
    )
    return plain, replace(plain, affinity=first * FINE + then)


def apart(objective: int) -> int:
    """The objective of the plain problem as the fine one would have it."""
    first = round(objective / PLAIN)
    return first * FINE + objective - first * PLAIN


def unevenness(given: Problem, solution: Solution) -> int:
    held = standing(given).tolist()
    return sum((load + before) ** 2 for load, before in zip(solution.loads.values(), held, strict=True))


RULES: tuple[dict[str, Any], ...] = (
    {},
    {"min_load": 9, "max_load": 11},
    {"institutions": INSTITUTIONS},
    {"institutions": INSTITUTIONS, "min_load": 9, "max_load": 11},
    {"fixed": [(0, 1), (0, 2), (5, 9)], "already": {7: 1}},
)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("seed", range(4))
def test_the_last_parts_decide_and_loads_stay_even(seed: int, rules: dict[str, Any]) -> None:
    plain, fine = two(seed, **rules)
    expected, found = assign(plain), assign(fine)
    assert found.objective == apart(expected.objective)
    assert unevenness(fine, found) == unevenness(plain, expected)
    assert found.coarse == 1


@pytest.mark.parametrize("rules", RULES[:2])
@pytest.mark.parametrize("cap", [Fraction(2, 5), Fraction(1, 3), Fraction(1)])
def test_the_last_parts_decide_under_a_cap(rules: dict[str, Any], cap: Fraction) -> None:
    plain, fine = two(5, **rules)
    expected, found = assign_capped(plain, cap, "s"), assign_capped(fine, cap, "s")
    columns = {name: n for n, name in enumerate(plain.reviewers)}
    rows = {name: n for n, name in enumerate(plain.dossiers)}
    worth = sum(
        chance * int(plain.affinity[rows[one], columns[other]]) for (one, other), chance in found.probabilities.items()
    )
    assert worth == expected.expected
    assert found.drawn.coarse == 1


def test_what_is_far_from_the_optimum_is_cut_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, fine = two(1)
    cut: list[tuple[Problem, Any] | None] = []
    near = finely._near

    def seen(*given: Any) -> Any:
        cut.append(near(*given))
        return cut[-1]

    monkeypatch.setattr(finely, "_near", seen)
    assign(fine)
    assert cut[-1] is not None
    problem, allowed = cut[-1]
    assert int(np.abs(problem.affinity).max()) < 2**20
    assert allowed.sum() < plain.affinity.size / 2


def test_loads_are_even_where_affinities_of_many_parts_meet_loads_of_thousands() -> None:
    dossiers = 4_000
    affinity = np.zeros((dossiers, 2), dtype=np.int64)
    affinity[0] = 10**9, -(10**9)
    found = assign(Problem([f"D{n}" for n in range(dossiers)], ["R0", "R1"], affinity, 1, max_load=dossiers))
    assert found.loads == {"R0": dossiers // 2, "R1": dossiers // 2}
