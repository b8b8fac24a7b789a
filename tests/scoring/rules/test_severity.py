"""Variance components against the closed form of a full table; expected ranks against the published ones."""

import numpy as np
import pytest

from scoring.rules.mixed_model import Reading
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


def test_what_cannot_be_fitted_is_refused_by_name() -> None:
    few = readings(SHROUT_FLEISS[:4])
    assert fit(few, 4, 4) is Unfit.TOO_FEW
    apart = [Reading(i, r, float(i % 3 + r)) for i in range(6) for r in (0, 1)]
    apart += [Reading(6 + i, 2 + r, float(i % 4)) for i in range(6) for r in (0, 1)]
    assert fit(apart, 12, 4) is Unfit.NOT_CONNECTED
    same = readings([[3, 3]] * 6)
    assert fit(same, 6, 2) is Unfit.NO_VARIATION
    assert rank_posterior(same, 6, 2, width=5) is None
