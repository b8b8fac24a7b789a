"""The capped draw: probabilities within the cap, kept exactly, and every rule held by what is drawn."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assignment import Problem, assign, assign_capped
from scoring.errors import AssignmentInfeasible, CapCollides, CapTooTight, MinimumLoadUnreachable, RulesCollide
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


def test_a_cap_that_alone_prevents_what_could_be_is_told_from_rules_that_collide_without_it() -> None:
    def given_with(conflicts: int, most: int, least: int = 0) -> Problem:
        forbidden = tuple((n, 0) for n in range(conflicts))
        affinity = [[1, 2, 3, 4]] * 6
        return problem(affinity, per_dossier=2, max_load=most, min_load=least, forbidden=forbidden)

    cap = Fraction(7, 10)
    with pytest.raises(CapCollides) as refusal:
        assign_capped(given_with(3, most=3), cap, "s")
    assert {name: refusal.value.parameters[name] for name in ("needed", "available", "missing")} == {
        "needed": 12,
        "available": 11,
        "missing": 1,
    }
    with pytest.raises(RulesCollide):
        assign_capped(given_with(4, most=3), cap, "s")
    with pytest.raises(CapCollides):
        assign_capped(given_with(4, most=4, least=2), cap, "s")
    with pytest.raises(MinimumLoadUnreachable) as named:
        assign_capped(given_with(5, most=4, least=2), cap, "s")
    assert named.value.parameters["reviewers"] == "R0"


def test_over_many_seeds_bids_are_drawn_as_often_as_they_should() -> None:
    # Bids as people make them: few say yes, some maybe, and many the same to everybody; so equals abound.
    chance = np.random.default_rng(11)
    bids = chance.choice([0, 1, 4], p=[0.75, 0.15, 0.1], size=(24, 15))
    given_problem = problem(bids.tolist(), per_dossier=3, max_load=6, min_load=3, institutions=tuple("aabbccddeeffggh"))
    cap, draws, wide = Fraction(11, 20), 120, 0
    seen: Counter[tuple[str, str]] = Counter()
    for n in range(draws):
        found = assign_capped(given_problem, cap, f"semilla {n}")
        seen.update(found.drawn.pairs)
    assert max(found.probabilities.values()) == cap
    assert set(seen) <= set(found.probabilities)
    off = 0.0
    for pair, likely in found.probabilities.items():
        spread = (draws * float(likely * (1 - likely))) ** 0.5
        off += ((seen[pair] - draws * float(likely)) / spread) ** 2 if spread else 0.0
        assert abs(seen[pair] - draws * float(likely)) <= 4.5 * spread
        wide += spread > 0
    assert off < wide + 4 * (2 * wide) ** 0.5  # all of them together, too: a sum of squares as by chance


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
