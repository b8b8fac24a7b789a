"""Among many, the ranks weighed against the crowd are those weighed one by one."""

import numpy as np
import pytest

from scoring.rules import rank_posterior as posterior
from scoring.rules.crowd import crowd_ranks
from scoring.rules.expected_rank import expected_ranks_of
from scoring.rules.mixed_model import Reading
from tests.scoring.rules.posteriors import rank_posterior

MANY = 300


def test_expected_ranks_are_those_of_every_pair() -> None:
    chance = np.random.default_rng(4)
    quality, doubt = chance.normal(0, 3, MANY), chance.choice([0.4, 1.0, 2.5], MANY)
    expected, half, most = crowd_ranks(quality, doubt)
    pairs = expected_ranks_of(quality, np.square(doubt), np.zeros((MANY, 1)))
    assert expected == pytest.approx(pairs.tolist(), abs=0.25)
    for mean, inner, outer in zip(expected, half, most, strict=True):
        assert 1 <= outer[0] <= inner[0] <= round(mean) + 1
        assert round(mean) - 1 <= inner[1] <= outer[1] <= MANY


def test_half_and_nearly_all_of_the_drawn_ranks_lie_in_the_intervals() -> None:
    chance = np.random.default_rng(5)
    quality, doubt = chance.normal(0, 3, MANY), chance.choice([0.4, 1.0, 2.5], MANY)
    drawn = quality + doubt * chance.standard_normal((2_000, MANY))
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    _expected, half, most = crowd_ranks(quality, doubt)
    for bounds, share in ((half, 0.5), (most, 0.95)):
        low, high = np.array(bounds).T
        inside = ((ranks >= low) & (ranks <= high)).mean()
        assert inside == pytest.approx(share, abs=0.04)  # a rank is whole, so an interval holds a little more


def test_a_great_table_says_what_a_small_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(6)
    quality, leaning = chance.normal(0, 1, MANY), chance.normal(0, 0.4, 20)
    readings = [
        Reading(i, int(r), float(quality[i] + leaning[r] + chance.normal(0, 0.7)))
        for i in range(MANY)
        for r in chance.choice(20, 3, replace=False)
    ]
    exact = rank_posterior(readings, MANY, 20, width=5)
    monkeypatch.setattr(posterior, "CROWD", 1)
    among = rank_posterior(readings, MANY, 20, width=5)
    assert exact is not None
    assert among is not None
    assert among.expected == pytest.approx(exact.expected, abs=1)
    assert np.abs(np.array(among.interval_95) - np.array(exact.interval_95)).max() <= 0.04 * MANY
