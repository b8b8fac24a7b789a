"""The capped draw: probabilities within the cap, kept exactly, and every rule held by what is drawn."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assignment import Problem, assign, assign_capped
from scoring.errors import AssignmentInfeasible, CapTooTight
from tests.scoring.problems import problem

HALF = Fraction(1, 2)
FRIENDS = problem([[9, 1, 1, 1], [1, 9, 1, 1], [1, 1, 9, 1], [1, 1, 1, 9]], per_dossier=1, max_load=1)


def test_nobody_is_surer_than_the_cap_and_each_dossier_s_chances_add_up() -> None:
    found = assign_capped(FRIENDS, HALF, "semilla")
    assert max(found.probabilities.values()) == HALF
    for dossier in FRIENDS.dossiers:
        assert sum(chance for (one, _r), chance in found.probabilities.items() if one == dossier) == 1
    assert found.expected == 4 * (HALF * 9 + HALF * 1)


# Under a half every coin is fair, so a draw that tossed fair coins whatever the probabilities would pass there.
@pytest.mark.parametrize("cap", [HALF, Fraction(2, 3), Fraction(3, 10)])
def test_the_same_seed_draws_the_same_and_the_draws_have_the_probabilities(cap: Fraction) -> None:
    first = assign_capped(FRIENDS, cap, "semilla 1")
    assert assign_capped(FRIENDS, cap, "semilla 1").drawn == first.drawn
    draws = 600
    seen = Counter(pair for n in range(draws) for pair in assign_capped(FRIENDS, cap, f"semilla {n}").drawn.pairs)
    assert set(seen) == set(first.probabilities)
    for pair, chance in first.probabilities.items():
        # Five standard deviations: the seeds are fixed, so this holds always or never.
        assert abs(seen[pair] - draws * chance) < 5 * (draws * float(chance * (1 - chance))) ** 0.5 + 1e-9


def test_a_cap_of_one_is_the_best_assignment() -> None:
    assert assign_capped(FRIENDS, Fraction(1), "da igual").drawn == assign(FRIENDS)


@pytest.mark.parametrize("cap", ["1/3", "0.3"])
def test_a_cap_under_which_a_dossier_cannot_be_read_is_refused_by_name(cap: str) -> None:
    tight = problem([[1, 1, 1]], per_dossier=1, max_load=1, forbidden=((0, 2),))
    with pytest.raises(CapTooTight) as refusal:
        assign_capped(tight, Fraction(cap), "semilla")
    assert refusal.value.parameters["dossiers"] == "D0"


@given(st.data())
def test_what_is_drawn_keeps_every_rule(data: st.DataObject) -> None:
    n, m = data.draw(st.integers(1, 6)), data.draw(st.integers(2, 7))
    keys = data.draw(st.lists(st.sampled_from([None, "a", "b"]), min_size=m, max_size=m))
    given_problem = Problem(
        dossiers=[f"D{i}" for i in range(n)],
        reviewers=[f"R{i}" for i in range(m)],
        affinity=np.asarray(
            data.draw(st.lists(st.lists(st.integers(0, 20), min_size=m, max_size=m), min_size=n, max_size=n))
        ),
        per_dossier=data.draw(st.integers(1, 2)),
        max_load=data.draw(st.integers(1, 5)),
        min_load=data.draw(st.integers(0, 1)),
        institutions=keys,
    )
    cap = data.draw(st.sampled_from([HALF, Fraction(2, 3), Fraction(3, 10), Fraction(1)]))
    try:
        found = assign_capped(given_problem, cap, data.draw(st.text(max_size=3)))
    except AssignmentInfeasible:
        return
    assert max(found.probabilities.values()) <= cap
    pairs = found.drawn.pairs
    assert len(set(pairs)) == len(pairs) == n * given_problem.per_dossier
    assert set(pairs) <= set(found.probabilities)
    by_dossier = Counter(dossier for dossier, _reviewer in pairs)
    assert set(by_dossier.values()) == {given_problem.per_dossier}
    loads = Counter(reviewer for _dossier, reviewer in pairs)
    assert all(given_problem.min_load <= loads[r] <= given_problem.max_load for r in given_problem.reviewers)
    institution = dict(zip(given_problem.reviewers, keys, strict=True))
    shared = Counter((dossier, institution[r]) for dossier, r in pairs if institution[r] is not None)
    assert max(shared.values(), default=1) == 1
    sure = {pair for pair, chance in found.probabilities.items() if chance == 1}
    assert sure <= set(pairs)
    assert assign(given_problem).objective >= found.expected
