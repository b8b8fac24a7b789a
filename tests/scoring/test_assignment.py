from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assignment import SCALE, Problem, assign, keyword_affinity, pricing, promising
from scoring.errors import (
    AssignmentInfeasible,
    MinimumLoadUnreachable,
    RulesCollide,
    TooFewReviewers,
    TooManyConflicts,
)
from tests.scoring.problems import problem


def brute_force(given_problem: Problem) -> int | None:
    """The best total of every assignment there is, or None where none satisfies the rules."""
    n, m = given_problem.affinity.shape
    institutions = given_problem.institutions or (None,) * m
    best: int | None = None
    options = []
    for dossier in range(n):
        allowed = [r for r in range(m) if (dossier, r) not in given_problem.forbidden]
        groups = []
        for group in combinations(allowed, given_problem.per_dossier):
            keys = [institutions[r] for r in group if institutions[r] is not None]
            if len(keys) == len(set(keys)):
                groups.append(group)
        options.append(groups)
    for choice in product(*options):
        loads = [sum(r in group for group in choice) for r in range(m)]
        if all(given_problem.min_load <= load <= given_problem.max_load for load in loads):
            total = sum(int(given_problem.affinity[d, r]) for d, group in enumerate(choice) for r in group)
            best = total if best is None else max(best, total)
    return best


def test_the_best_match_wins_over_the_greedy_one() -> None:
    solution = assign(problem([[9, 8], [8, 1]], max_load=1))
    assert solution.pairs == (("D0", "R1"), ("D1", "R0"))
    assert solution.objective == 16
    assert solution.mean == 8.0
    assert solution.loads == {"R0": 1, "R1": 1}


def test_the_worst_served_dossier_is_reported() -> None:
    assert assign(problem([[9, 8], [3, 1]])).worst == ("D1", 3)


def test_a_conflict_is_never_assigned() -> None:
    assert assign(problem([[9, 1]], forbidden=((0, 0),))).pairs == (("D0", "R1"),)


def test_two_of_one_institution_never_read_the_same_dossier() -> None:
    solution = assign(problem([[9, 8, 1]], per_dossier=2, institutions=("unam", "unam", None)))
    assert solution.pairs == (("D0", "R0"), ("D0", "R2"))


def test_a_minimum_load_moves_work_to_the_idle() -> None:
    assert assign(problem([[9, 1], [9, 1], [9, 2]], min_load=1)).loads == {"R0": 2, "R1": 1}


@pytest.mark.parametrize("few", [10_000, 0])
def test_what_a_minimum_costs_is_told_by_the_answer_without_it(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing, "FEW", few)
    monkeypatch.setattr(promising, "NOT_MANY", few)
    chance = np.random.default_rng(3)
    table = (chance.random((60, 20)) * chance.random(20) ** 3 * 100).astype(int).tolist()
    free = assign(problem(table, per_dossier=2, max_load=12))
    found = assign(problem(table, per_dossier=2, max_load=12, min_load=5))
    assert found.worst_without_least == free.worst
    assert min(free.loads.values()) < 5 <= min(found.loads.values())
    assert found.objective < free.objective
    # Who has enough anyway is promised nothing: the answer is the same, and nothing is told.
    least = min(free.loads.values())
    assert assign(problem(table, per_dossier=2, max_load=12, min_load=least)) == free


def test_the_same_problem_always_gives_the_same_answer() -> None:
    flat = problem([[5] * 6 for _ in range(8)], per_dossier=3, max_load=4)
    assert {assign(flat).pairs for _ in range(5)} == {assign(flat).pairs}


@pytest.mark.parametrize(
    ("impossible", "refusal", "missing"),
    [
        (problem([[1, 1], [1, 1]], per_dossier=2, max_load=1), TooFewReviewers, 2),
        (problem([[1, 1, 1]], per_dossier=2, forbidden=((0, 0), (0, 1))), TooManyConflicts, 1),
        (problem([[1, 1]], per_dossier=2, institutions=("unam", "unam")), TooManyConflicts, 1),
        (problem([[1, 1, 1]], min_load=1), MinimumLoadUnreachable, 2),
        (problem([[1, 1], [1, 1]], min_load=1, forbidden=((0, 1), (1, 1))), MinimumLoadUnreachable, 1),
        (problem([[1, 1], [1, 1]], max_load=1, forbidden=((0, 1), (1, 1))), RulesCollide, 1),
    ],
)
def test_an_impossible_problem_names_the_rule_and_how_far_it_is(
    impossible: Problem, refusal: type[AssignmentInfeasible], missing: int
) -> None:
    with pytest.raises(refusal) as caught:
        assign(impossible)
    assert caught.value.parameters["missing"] == missing


def test_dossiers_that_cannot_be_served_are_named() -> None:
    with pytest.raises(TooManyConflicts) as caught:
        assign(problem([[1, 1], [1, 1]], forbidden=((1, 0), (1, 1))))
    assert caught.value.parameters["dossiers"] == "D1"


def test_what_stands_already_counts_for_every_rule_and_is_not_answered_again() -> None:
    table = np.asarray([[9, 8, 1, 1], [9, 9, 9, 0]], dtype=np.int64)
    standing = Problem(
        ["D0", "D1"],
        ["R0", "R1", "R2", "R3"],
        table,
        per_dossier=2,
        max_load=1,
        institutions=("unam", "unam", None, None),
        fixed=((0, 0), (1, 2)),
    )
    # R0 and R2 are full, R1 shares R0's institution: D0 is left with R3 and D1 with R1.
    assert assign(standing).pairs == (("D0", "R3"), ("D1", "R1"))


def test_nothing_left_to_assign_is_an_empty_answer() -> None:
    done = Problem(["D0"], ["R0"], np.zeros((1, 1), dtype=np.int64), 1, 10, fixed=((0, 0),))
    assert assign(done).pairs == ()


def test_nothing_to_read_is_an_empty_answer() -> None:
    empty = Problem([], ["R0"], np.zeros((0, 1), dtype=np.int64), 3, 10)
    assert assign(empty).pairs == ()


@given(st.data())
def test_assignment_equals_brute_force(data: st.DataObject) -> None:
    n, m = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    cells = st.integers(0, 20)
    affinity = data.draw(st.lists(st.lists(cells, min_size=m, max_size=m), min_size=n, max_size=n))
    pairs = [(d, r) for d in range(n) for r in range(m)]
    case = problem(
        affinity,
        per_dossier=data.draw(st.integers(1, min(2, m))),
        max_load=data.draw(st.integers(1, 3)),
        min_load=data.draw(st.integers(0, 1)),
        forbidden=tuple(data.draw(st.sets(st.sampled_from(pairs), max_size=3))),
        institutions=tuple(data.draw(st.lists(st.sampled_from(["x", "y", None]), min_size=m, max_size=m))),
    )
    expected = brute_force(case)
    if expected is None:
        with pytest.raises(AssignmentInfeasible):
            assign(case)
    else:
        assert assign(case).objective == expected


def test_affinity_is_the_share_of_the_dossiers_keywords() -> None:
    table = keyword_affinity([{"danza", "barrio"}, set()], [{"danza"}, {"danza", "barrio", "cine"}, set()])
    assert table.tolist() == [[SCALE // 2, SCALE, 0], [0, 0, 0]]


def test_a_large_committee_is_assigned_whole() -> None:
    random = np.random.default_rng(7)
    affinity = random.integers(0, SCALE, size=(600, 90))
    big = Problem([f"D{n}" for n in range(600)], [f"R{n}" for n in range(90)], affinity, 3, 25, 10)
    solution = assign(big)
    assert len(solution.pairs) == 1800
    assert max(solution.loads.values()) <= 25
    assert min(solution.loads.values()) >= 10
