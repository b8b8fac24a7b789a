"""Of several assignments of greatest affinity, the one with the most even loads; never one of less affinity."""

from collections import Counter
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assignment import Problem, Solution, assign, even, pricing, promising
from scoring.errors import AssignmentInfeasible


def problem(table: Any, **rules: Any) -> Problem:
    affinity = np.asarray(table, dtype=np.int64)
    names = [f"D{n}" for n in range(affinity.shape[0])], [f"R{n}" for n in range(affinity.shape[1])]
    return Problem(*names, affinity, **({"per_dossier": 1, "max_load": 9} | rules))


def squares(loads: Any) -> int:
    return sum(load * load for load in loads)


def by_hand(given: Problem) -> tuple[int, int] | None:
    """The greatest total and, among those that reach it, the least sum of squared loads: every assignment tried."""
    dossiers, reviewers = given.affinity.shape
    blocked = given.blocked if given.blocked is not None else np.zeros(given.affinity.shape, dtype=bool)
    choices = []
    for dossier in range(dossiers):
        free = [reviewer for reviewer in range(reviewers) if not blocked[dossier, reviewer]]
        apart = [
            some
            for some in combinations(free, given.per_dossier)
            if not given.institutions or len({given.institutions[one] or one for one in some}) == len(some)
        ]
        choices.append(apart)
    found = []
    for chosen in product(*choices):
        loads = Counter(reviewer for some in chosen for reviewer in some)
        if all(given.min_load <= loads[reviewer] <= given.max_load for reviewer in range(reviewers)):
            total = sum(int(given.affinity[dossier, one]) for dossier, some in enumerate(chosen) for one in some)
            found.append((-total, squares(loads.values())))
    return (-min(found)[0], min(found)[1]) if found else None


@st.composite
def problems(draw: Any, *, institutions: bool) -> Problem:
    dossiers, reviewers = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    cells = st.lists(st.integers(0, 2), min_size=reviewers, max_size=reviewers)
    bars = st.lists(st.sampled_from([False, False, False, True]), min_size=reviewers, max_size=reviewers)
    keys: Any = st.lists(st.sampled_from(["U", "V", None]), min_size=reviewers, max_size=reviewers)
    least = draw(st.integers(0, 1))
    return problem(
        draw(st.lists(cells, min_size=dossiers, max_size=dossiers)),
        blocked=np.asarray(draw(st.lists(bars, min_size=dossiers, max_size=dossiers))),
        per_dossier=draw(st.integers(1, 2)),
        min_load=least,
        max_load=draw(st.integers(max(least, 1), 4)),
        institutions=draw(keys) if institutions else (),
    )


def solved(given: Problem) -> Solution | None:
    try:
        return assign(given)
    except AssignmentInfeasible:
        return None


@settings(max_examples=300)
@given(st.booleans().flatmap(lambda some: problems(institutions=some)), st.sampled_from([10_000, 0]))
def test_the_optimum_stays_its_loads_are_the_most_even_and_every_rule_is_kept(given: Problem, few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pricing, "FEW", few)
        patch.setattr(promising, "NOT_MANY", few)
        patch.setattr(promising, "PROMISING", 0)
        found, best = solved(given), by_hand(given)
    assert (found and (found.objective, squares(found.loads.values()))) == best
    if found is None:
        return
    held = [(given.dossiers.index(dossier), given.reviewers.index(reviewer)) for dossier, reviewer in found.pairs]
    assert not any(given.blocked is not None and given.blocked[pair] for pair in held)
    assert all(given.min_load <= load <= given.max_load for load in found.loads.values())
    keys = [
        (dossier, given.institutions[one]) for dossier, one in held if given.institutions and given.institutions[one]
    ]
    assert len(set(keys)) == len(keys)
    assert len(set(held)) == len(held) == given.per_dossier * len(given.dossiers)


def test_where_all_suit_alike_everybody_reads_as_much() -> None:
    loads = assign(problem(np.ones((200, 60)), per_dossier=3, max_load=40)).loads
    assert set(loads.values()) == {10}


def test_where_only_long_chains_even_them_the_loads_are_the_most_even() -> None:
    """A dossier suits a reviewer and all after them: whoever comes first has few, and the rest share what is left."""
    table = [[int(reviewer >= dossier // 4) for reviewer in range(60)] for dossier in range(240)]
    assert set(assign(problem(table, max_load=240)).loads.values()) == {4}


def test_what_stands_already_counts_for_evenness() -> None:
    found = assign(problem(np.ones((4, 2)), max_load=4, fixed=[(0, 0)]))
    assert found.loads == {"R0": 1, "R1": 2}


def test_without_weighing_or_handing_over_the_loads_would_not_be_even(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing, "steps_around", lambda *_given: None)
    monkeypatch.setattr(even._Loads, "next_giver", lambda _loads: None)
    assert np.ptp(list(assign(problem(np.ones((200, 60)), per_dossier=3, max_load=40)).loads.values())) > 1


@pytest.mark.parametrize("way", ["chains alone", "flow alone"])
def test_chains_and_the_flow_even_loads_alike(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either would do alone; they are two, for each is quick where the other is slow."""
    chance = np.random.default_rng(5)
    table = (np.arange(60) >= np.sort(chance.integers(0, 60, 300))[:, None]) + (chance.random((300, 60)) < 0.1)
    given_ = problem(table, per_dossier=3, max_load=40)
    expected = squares(assign(given_).loads.values())
    monkeypatch.setattr(promising, "NOT_MANY", 0)
    if way == "flow alone":
        monkeypatch.setattr(even, "_Readings", None)
        monkeypatch.setattr(pricing.Search, "_is_nearly", lambda *_given: False)
    else:
        monkeypatch.setattr(pricing, "steps_around", lambda *_given: None)
    assert squares(assign(given_).loads.values()) == expected
