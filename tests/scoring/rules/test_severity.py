"""Variance components against the closed form of a full table; expected ranks against the published ones."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata

from scoring.rules import rank_posterior as posterior
from scoring.rules import severity
from scoring.rules.crossings import Array
from scoring.rules.expected_rank import expected_ranks_of
from scoring.rules.likelihood import Look
from scoring.rules.mixed_model import Equations, Reading, Table
from scoring.rules.severity import Severity, Unfit, fit
from tests.scoring.rules.posteriors import rank_posterior

# Shrout and Fleiss 1979: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Swiss National Science Foundation, mock panel 1: fifteen applications, five voters, 1 is best; and its expected ranks.
SNSF_VOTES = """11125 11226 12135 13215 12235 13145 12345 15225 13435 14255 23445 24355 25446 23466 25546"""
SNSF_RANKS = [2.44, 4.06, 4.09, 4.12, 5.08, 6.19, 7.34, 7.26, 8.43, 9.42, 10.4, 11.4, 13.0, 13.0, 13.7]


def readings(table: list[list[int]]) -> list[Reading]:
    return [Reading(i, j, float(mark)) for i, row in enumerate(table) for j, mark in enumerate(row)]


def snsf() -> list[list[int]]:
    return [[int(mark) for mark in row] for row in SNSF_VOTES.split()]


def fitted(table: list[list[int]]) -> Severity:
    found = fit(readings(table), len(table), len(table[0]))
    assert isinstance(found, Severity)
    return found


@pytest.mark.parametrize("table", [SHROUT_FLEISS, snsf()])
def test_on_a_full_table_reml_is_the_analysis_of_variance(table: list[list[int]]) -> None:
    scores = np.asarray(table, dtype=float)
    n, k = scores.shape
    grand = scores.mean()
    rows = k * np.square(scores.mean(axis=1) - grand).sum()
    columns = n * np.square(scores.mean(axis=0) - grand).sum()
    error = (np.square(scores - grand).sum() - rows - columns) / ((n - 1) * (k - 1))
    expected = ((rows / (n - 1) - error) / k, (columns / (k - 1) - error) / n, error)
    found = fitted(table)
    assert (found.application, found.reviewer, found.residual) == pytest.approx(expected, rel=1e-5)
    assert found.estimates.mean == pytest.approx(grand)


def test_the_covariance_of_the_qualities_is_that_of_the_whole_equations() -> None:
    found = fitted(SHROUT_FLEISS)
    n, k = 6, 4
    design = np.hstack([np.ones((24, 1)), np.kron(np.eye(n), np.ones((k, 1))), np.kron(np.ones((n, 1)), np.eye(k))])
    whole = design.T @ design / found.residual
    whole[1 : n + 1, 1 : n + 1] += np.eye(n) / found.application
    whole[n + 1 :, n + 1 :] += np.eye(k) / found.reviewer
    expected = np.linalg.inv(whole)[1 : n + 1, 1 : n + 1]
    parts = found.estimates
    assert found.residual * (np.diag(parts.own) + parts.shared @ parts.shared.T) == pytest.approx(expected)


def test_expected_ranks_are_the_published_ones() -> None:
    found = rank_posterior(readings(snsf()), 15, 5, width=5, lower_is_better=True)
    assert found is not None
    assert found.expected == pytest.approx(SNSF_RANKS, abs=0.1)
    # Weights that do not add up to one, or a rank against oneself, hide within a tenth and show in the sum.
    assert sum(found.expected) == pytest.approx(15 * 16 / 2)
    for expected, half, most in zip(found.expected, found.interval_50, found.interval_95, strict=True):
        assert 1 <= most[0] <= half[0] <= expected <= half[1] <= most[1] <= 15


def test_the_other_end_of_the_scale_and_other_weights_say_the_same() -> None:
    turned = [[100 * (7 - mark) for mark in row] for row in snsf()]
    found = rank_posterior(readings(turned), 15, 5, width=500)
    plain = rank_posterior(readings(snsf()), 15, 5, width=5, lower_is_better=True)
    assert found is not None
    assert plain is not None
    assert found.expected == pytest.approx(plain.expected, abs=1e-6)


def test_reviewers_who_agree_in_everything_leave_no_doubt_about_the_order() -> None:
    same = [Reading(i, r, float(i % 6)) for i in range(60) for r in range(4)]
    found = rank_posterior(same, 60, 4, width=5)
    assert found is not None
    assert found.expected == pytest.approx([55.5 - 10 * (i % 6) for i in range(60)], abs=0.01)
    severities = fit(same, 60, 4)
    assert isinstance(severities, Severity)
    assert severities.application == pytest.approx(np.var(np.arange(6)) * 60 / 59)
    assert severities.reviewer + severities.residual < 1e-9


@pytest.mark.parametrize("crowd", [10_000, 1])
@pytest.mark.parametrize("leaning", [0.0, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_equals_have_the_mean_of_their_places_where_nothing_is_left_to_chance(
    monkeypatch: pytest.MonkeyPatch, seed: int, leaning: float, crowd: int
) -> None:
    monkeypatch.setattr(posterior, "CROWD", crowd)
    chance = np.random.default_rng(seed)
    quality, leanings = chance.integers(1, 7, 50), leaning * chance.integers(-2, 3, 10)
    told = [
        Reading(row, int(reader), float(quality[row] + leanings[reader]))
        for row in range(50)
        for reader in chance.choice(10, 3, replace=False)
    ]
    found = rank_posterior(told, 50, 10, width=5)
    assert found is not None
    assert found.expected == pytest.approx(rankdata(-quality).tolist(), abs=1e-9)
    first, last = rankdata(-quality, "min"), rankdata(-quality, "max")
    for (low, high), best, worst in zip(found.interval_95, first, last, strict=True):
        assert best - 1 <= low <= high <= worst + 1
        assert high - low >= 0.8 * (worst - best)


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.6])
def test_expected_ranks_are_averaged_over_all_that_quality_may_be_also_where_none_is_likeliest(
    monkeypatch: pytest.MonkeyPatch, spread: float
) -> None:
    chance = np.random.default_rng(2)
    rows = np.repeat(np.arange(30), 3)
    columns = np.concatenate([chance.choice(6, 3, replace=False) for _row in range(30)])
    marks = 3.5 + chance.normal(0, spread, 30)[rows] + chance.normal(0, 0.4, 6)[columns] + chance.normal(0, 0.9, 90)
    equations = Equations(Table(rows, columns, marks, 30, 6))
    found = posterior.posterior_of(equations, 5.0).expected
    unit, heights, ranks = 1 / equations.scale, [], []
    for quality, residual in product((np.arange(24) + 0.5) / 12 * unit, (np.arange(24) + 0.5) * 0.1175 * unit):
        heights.append(posterior._log_posterior(equations, quality, residual, unit))
        estimates, size = equations.estimates(posterior._ratios(quality, residual, unit)), residual * equations.scale
        ranks.append(expected_ranks_of(estimates.quality, size**2 * estimates.own, size * estimates.shared))
    weights = np.exp(np.array(heights) - max(heights))
    assert found == pytest.approx((weights @ np.array(ranks) / weights.sum()).tolist(), abs=0.15)
    monkeypatch.setattr(posterior, "MANY", 1)
    many = posterior.posterior_of(equations, 5.0).expected
    assert np.corrcoef(found, many)[0, 1] > 0.98
    assert np.ptp(many) > 0.7 * np.ptp(found)


def test_a_single_application_that_differs_is_the_first() -> None:
    alone = [Reading(i, (i + r * (1 + i % 3)) % 20, float(i == 0)) for i in range(200) for r in range(3)]
    found = rank_posterior(alone, 200, 20, width=20)
    assert found is not None
    assert found.expected[0] == pytest.approx(1.0)
    assert sum(found.expected) == pytest.approx(200 * 201 / 2)


def test_reviewers_who_differ_only_in_severity_leave_no_residual() -> None:
    table = [[i % 6 + r for r in range(4)] for i in range(60)]
    severities = fitted(table)
    expected = np.var(np.arange(6)) * 60 / 59, np.var(np.arange(4)) * 4 / 3
    assert (severities.application, severities.reviewer) == pytest.approx(expected, rel=1e-5)
    assert severities.residual < 1e-9


def test_what_cannot_be_fitted_is_refused_by_name() -> None:
    few = readings(SHROUT_FLEISS[:4])
    assert fit(few, 4, 4) is Unfit.TOO_FEW
    apart = [Reading(i, r, float(i % 3 + r)) for i in range(6) for r in (0, 1)]
    apart += [Reading(6 + i, 2 + r, float(i % 4)) for i in range(6) for r in (0, 1)]
    assert fit(apart, 12, 4) is Unfit.NOT_CONNECTED
    same = readings([[3, 3]] * 6)
    assert fit(same, 6, 2) is Unfit.NO_VARIATION
    assert rank_posterior(same, 6, 2, width=5) is None


def uneven() -> Equations:
    """Equations of applications read once, twice or more, by whoever came."""
    chance = np.random.default_rng(8)
    quality, leaning = chance.normal(0, 1, 40), chance.normal(0, 0.5, 7)
    found = [
        Reading(i, int(r), float(quality[i] + leaning[r] + chance.normal(0, 0.8)))
        for i in range(40)
        for r in chance.choice(7, 1 + i % 5, replace=False)
    ]
    return Equations(Table.of(found, 40, 7))


def test_the_equations_of_the_reviewers_say_what_the_whole_covariance_says() -> None:
    equations, (application, reviewer) = uneven(), (0.7, 0.4)  # over the residual variance
    found = equations.slopes(-np.log([application, reviewer]))
    assert found is not None
    rows, columns = equations.design[:, 1:].nonzero()
    sides = np.eye(40)[rows], np.eye(7)[columns]
    whole = np.eye(len(rows)) + application * sides[0] @ sides[0].T + reviewer * sides[1] @ sides[1].T
    ones = np.ones(len(rows))
    inner = np.linalg.inv(whole)
    inner -= np.outer(inner @ ones, inner @ ones) / (ones @ inner @ ones)
    expected = np.linalg.slogdet(whole)[1] + np.log(ones @ np.linalg.inv(whole) @ ones)
    assert found.determinant == pytest.approx(expected)
    for ratio, (variance, side) in enumerate(zip((application, reviewer), sides, strict=True)):
        assert found.logs[ratio] == pytest.approx(-variance * np.trace(inner @ side @ side.T))


def of_posterior(unit: float) -> Callable[[Equations, Array], Look | None]:
    return lambda equations, place: posterior._look(equations, float(np.exp(place[0])), float(np.exp(place[1])), unit)


@pytest.mark.parametrize("look", [severity._look, of_posterior(0.6), of_posterior(0.4)])  # the last where a prior bends
def test_every_slope_is_that_of_its_height(look: Callable[[Equations, Array], Look | None]) -> None:
    equations, place, aside = uneven(), np.array([-0.4, -0.2]), np.eye(2) * 1e-5
    here = look(equations, place)
    assert here is not None
    for axis in (0, 1):
        ahead, behind = look(equations, place + aside[axis]), look(equations, place - aside[axis])
        assert ahead is not None
        assert behind is not None
        assert here.slope[axis] == pytest.approx((ahead.height - behind.height) / 2e-5, rel=1e-5, abs=1e-5)
        assert here.bend[axis, axis] > 0


def test_pure_noise_is_looked_at_as_seldom_as_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    rows = np.repeat(np.arange(400), 3)
    columns = np.concatenate([chance.choice(40, 3, replace=False) for _row in range(400)])
    noise = chance.normal(0, 1, 1200)
    marks = 3.5 + noise - 0.2 * np.repeat(noise.reshape(400, 3).mean(1), 3)  # no quality at all is likeliest
    looked, judge = [0], posterior._log_posterior

    def counted(*arguments: Any) -> float:
        looked[0] += 1
        return judge(*arguments)

    monkeypatch.setattr(posterior, "_log_posterior", counted)
    monkeypatch.setattr(posterior, "CROWD", 1)
    found = posterior.posterior_of(Equations(Table(rows, columns, marks, 400, 40)), 5.0)
    assert np.ptp(found.expected) < 100
    assert 0 < looked[0] < 80
