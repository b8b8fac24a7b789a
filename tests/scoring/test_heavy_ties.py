"""Affinities as people make them repeat without end: the optimum, its most even loads, and few rounds to either."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import min_cost_flow

from scoring.assignment import Problem, assign, pricing, promising
from scoring.assignment.flow import Network, solve

DOSSIERS, REVIEWERS = 150, 30
INSTITUTIONS = [f"I{n // 3}" if n < 20 else None for n in range(REVIEWERS)]


def disciplines(chance: Any, dossiers: int, reviewers: int) -> Any:
    """Most dossiers are of the discipline that fewest reviewers know."""
    shares = 1 / np.arange(1, 13)
    of_dossier = chance.choice(12, dossiers, p=shares / shares.sum())
    of_reviewer = chance.choice(12, reviewers, p=shares[::-1] / shares.sum())
    apart = np.abs(of_dossier[:, None] - of_reviewer)
    return np.where(apart == 0, 2, np.where(apart == 1, 1, 0))


def keywords(chance: Any, dossiers: int, reviewers: int) -> Any:
    wanted, known = chance.random((dossiers, 25)) < 0.15, chance.random((reviewers, 25)) < 0.2
    return (wanted.astype(int) @ known.T.astype(int)) * 60 // np.maximum(wanted.sum(axis=1), 1)[:, None]


TABLES: dict[str, Callable[[Any, int, int], Any]] = {
    "disciplines": disciplines,
    "keywords": keywords,
    "steps": lambda _chance, n, m: (np.arange(m) >= (np.arange(n) * m // n)[:, None]).astype(int),
    "bids": lambda chance, n, m: chance.choice(4, size=(n, m), p=[0.85, 0.05, 0.06, 0.04]),
    "sparse": lambda chance, n, m: (chance.random((n, m)) < 0.04).astype(int),
    "all alike": lambda _chance, n, m: np.ones((n, m), dtype=int),
}
RULES: dict[str, dict[str, Any]] = {
    "loose": {"max_load": 90},
    "tight": {"max_load": 16, "min_load": 12},
    "institutions": {"max_load": 30, "institutions": INSTITUTIONS},
    "all at once": {"max_load": 19, "min_load": 13, "institutions": INSTITUTIONS},
}


def problem(table: Any, **rules: Any) -> Problem:
    n, m = table.shape
    names = [f"D{one}" for one in range(n)], [f"R{one}" for one in range(m)]
    return Problem(*names, table.astype(np.int64), **({"per_dossier": 3} | rules))


def best_of_all(given: Problem) -> tuple[int, int]:
    """The greatest total and its least sum of squared loads, by one flow over every pair in which both have a price."""
    n, m = given.affinity.shape
    gate: dict[tuple[int, Any], int] = {}
    sink, weight = n + m, 2 * given.max_load + 1  # a change of a load or two never outweighs an affinity
    flow = min_cost_flow.SimpleMinCostFlow()
    for dossier in range(n):
        flow.set_node_supply(dossier, given.per_dossier)
        for reviewer in range(m):
            assert given.blocked is not None
            if given.blocked[dossier, reviewer]:
                continue
            key = (dossier, (given.institutions[reviewer] if given.institutions else None) or reviewer)
            if key not in gate:
                gate[key] = sink + 1 + len(gate)
                flow.add_arc_with_capacity_and_unit_cost(dossier, gate[key], 1, 0)
            worth = int(given.affinity[dossier, reviewer]) * weight
            flow.add_arc_with_capacity_and_unit_cost(gate[key], n + reviewer, 1, -worth)
    for reviewer in range(m):
        for load in range(1, given.max_load + 1):
            promised = weight * 10_000 if load <= given.min_load else 0
            flow.add_arc_with_capacity_and_unit_cost(n + reviewer, sink, 1, 2 * load - 1 - promised)
    flow.set_node_supply(sink, -n * given.per_dossier)
    assert flow.solve() == flow.OPTIMAL
    used = [arc for arc in range(flow.num_arcs()) if flow.flow(arc) and flow.head(arc) == sink]
    promised = sum(flow.unit_cost(arc) < -weight * 9_000 for arc in used)
    assert promised == given.min_load * m
    squares = int((np.bincount([flow.tail(arc) for arc in used]) ** 2).sum())
    return -(flow.optimal_cost() + promised * weight * 10_000 - squares) // weight, squares


@pytest.mark.parametrize("sketched", [0, 10**9])
@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("kind", TABLES)
def test_the_total_is_the_greatest_and_its_loads_the_most_even(
    kind: str, rules: str, sketched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(4)
    blocked = chance.random((DOSSIERS, REVIEWERS)) < 0.2
    given = problem(TABLES[kind](chance, DOSSIERS, REVIEWERS), blocked=blocked, **RULES[rules])
    monkeypatch.setattr(pricing, "FEW", 0)
    monkeypatch.setattr(promising, "NOT_MANY", 0)
    monkeypatch.setattr(promising, "PROMISING", 0)
    monkeypatch.setattr(pricing, "SKETCHED", sketched)
    monkeypatch.setattr(pricing, "OF_THEM", 1)
    monkeypatch.setattr(pricing, "SOME", 0)
    found = assign(given)
    assert (found.objective, sum(load * load for load in found.loads.values())) == best_of_all(given)


def test_where_many_suit_alike_not_all_dossiers_are_offered_the_same_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offered in the order of the file, the first eight were full at once, and the next eight had to wait a round."""
    rounds: dict[int, Network] = {}

    def counted(given: Problem, net: Network, *weighed: Any) -> Any:
        rounds[id(net)] = net  # a network in which not all can be served is solved twice
        return solve(given, net, *weighed)

    monkeypatch.setattr(pricing, "solve", counted)
    assign(problem(disciplines(np.random.default_rng(1), 1_000, 200), max_load=17))
    assert len(rounds) <= 3


@settings(max_examples=150)
@given(st.data(), st.sampled_from([10_000, 0]))
def test_where_not_all_can_be_read_as_many_readings_as_can_be_are_given(data: Any, few: int) -> None:
    dossiers, reviewers, readers = data.draw(st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(1, 3)))
    cells = [[data.draw(st.integers(-1, 2)) for _reviewer in range(reviewers)] for _dossier in range(dossiers)]
    table = np.asarray(cells).reshape(dossiers, reviewers)
    keys = [data.draw(st.sampled_from(["U", None])) for _reviewer in range(reviewers)]
    most = data.draw(st.integers(1, 3))
    given_ = problem(table, blocked=table < 0, per_dossier=readers, max_load=most, institutions=keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pricing, "FEW", few)
        patch.setattr(promising, "NOT_MANY", few)
        patch.setattr(promising, "PROMISING", 0)
        found = assign(given_, leave_gaps=True)
    best = (0, 0)
    free = [[one for one in range(reviewers) if row[one] >= 0] for row in cells]
    for chosen in product(*([some for size in range(readers + 1) for some in combinations(of, size)] for of in free)):
        loads = np.bincount([one for some in chosen for one in some], minlength=reviewers)
        apart = all(sum(keys[one] == "U" for one in some) < 2 for some in chosen)
        if apart and (loads <= most).all():
            total = sum(cells[row][one] for row, some in enumerate(chosen) for one in some)
            best = max(best, (sum(map(len, chosen)), total))
    assert (len(found.pairs), found.objective) == best
