"""How severe each reviewer is and how much of the scores is quality: variance components by REML.

A diagnosis for the report of the process, never the official score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon

from scoring.rules.crossings import Array
from scoring.rules.likelihood import Look, lowest
from scoring.rules.mixed_model import Equations, Estimates, Reading, Slopes, Table

LEAST_PER_REVIEWER = 5
WIDEST = 16.0  # a variance ratio beyond e^16 either way is nought for every purpose here


class Unfit(StrEnum):
    """Why the model is not fitted."""

    TOO_FEW = "too_few"
    NOT_CONNECTED = "not_connected"
    NO_VARIATION = "no_variation"


@dataclass(frozen=True)
class Severity:
    """The variances of applications, reviewers and what neither explains, and what the estimates follow from."""

    application: float
    reviewer: float
    residual: float
    equations: Equations
    ratios: Array

    @cached_property
    def estimates(self) -> Estimates:
        """The qualities and severities with all their covariance: as wide as applications times reviewers."""
        return self.equations.estimates(self.ratios)

    @cached_property
    def leanings(self) -> Array:
        """How much each reviewer gives above the mean, and nothing else."""
        return self.equations.leanings(self.ratios)


def fit(readings: Sequence[Reading], applications: int, reviewers: int) -> Severity | Unfit:
    """Return the model fitted to `readings`, or why it cannot be: refused rather than guessed."""
    equations = prepared(readings, applications, reviewers)
    return equations if isinstance(equations, Unfit) else fitted(equations)


def prepared(readings: Sequence[Reading], applications: int, reviewers: int) -> Equations | Unfit:
    """Return the equations of `readings`, or why they cannot be fitted."""
    return equations_of(Table.of(readings, applications, reviewers))


def equations_of(table: Table) -> Equations | Unfit:
    """Return the equations of readings in columns, or why they cannot be fitted."""
    refused = unfit(table)
    return refused if refused is not None else Equations(table)


def unfit(table: Table) -> Unfit | None:
    """Return why a table cannot be fitted: it needs a connected review graph and five readings a reviewer."""
    if table.applications < 2 or table.reviewers < 2 or len(table.values) < LEAST_PER_REVIEWER * table.reviewers:
        return Unfit.TOO_FEW
    if scipy.sparse.csgraph.connected_components(_graph(table), directed=False)[0] > 1:
        return Unfit.NOT_CONNECTED
    if np.ptp(table.values) == 0:
        return Unfit.NO_VARIATION
    return None


def _graph(table: Table) -> "scipy.sparse.csr_matrix":
    """Return who read what as one graph of applications and reviewers."""
    size = table.applications + table.reviewers
    ends = (table.rows, table.applications + table.columns)
    return scipy.sparse.csr_matrix((np.ones(len(table.values)), ends), shape=(size, size))


def fitted(equations: Equations) -> Severity:
    """Return the model at the greatest restricted likelihood, the residual variance at its best for each ratio."""
    best = lowest(lambda ratios: _look(equations, ratios), equations.guess(), growth=-1.0, reach=WIDEST)
    if best is None:
        best = _felt(equations)
    residual = equations.parts(best)[0] / (equations.readings - 1) * equations.scale**2
    found = [residual / float(np.exp(ratio)) for ratio in best]
    sure = equations.slopes(best) if best.min() < 1 - WIDEST else None
    if sure is not None:
        residual, found = _without_residual(equations, best, sure)
    application, reviewer = (0.0 if ratio > WIDEST - 2 else one for ratio, one in zip(best, found, strict=True))
    return Severity(application, reviewer, residual, equations, best)


def _without_residual(equations: Equations, ratios: Array, found: Slopes) -> tuple[float, list[float]]:
    """Return the residual variance and the others where next to nothing is residual.

    Then no ratio is the likeliest, and each variance follows from its own squares and what of them is free to vary. At
    a likeliest ratio that says the same.
    """
    unit = equations.scale**2
    left = max(found.left - float(found.squares.sum()), 0.0)
    residual = left / max(equations.readings - 1 + float(found.logs.sum()), 1.0) * unit
    return residual, (found.squares / np.exp(ratios) / np.maximum(-found.logs, 1e-9) * unit).tolist()


def _look(equations: Equations, ratios: Array) -> Look | None:
    """Return the deviance at these ratios, its slope and the average of its observed and expected bends."""
    found, free = equations.slopes(ratios), equations.readings - 1
    if found is None:
        return None
    share = found.squares / found.left
    return Look(
        height=float(free * np.log(found.left) + found.determinant),
        slope=free * share + found.logs,
        bend=free * (np.diag(share) - found.crossed / found.left - np.outer(share, share)),
    )


def _felt(equations: Equations) -> Array:
    """Return the best ratios by trying, where the slopes lead nowhere."""

    def deviance(ratios: Array) -> float:
        left, determinant = equations.parts(ratios)
        return float((equations.readings - 1) * np.log(left) + determinant)

    bounds = [(-WIDEST, WIDEST)] * 2
    rough = scipy.optimize.minimize(deviance, np.zeros(2), method="L-BFGS-B", bounds=bounds)
    precise: Any = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 400}
    found: Array = scipy.optimize.minimize(deviance, rough.x, method="Nelder-Mead", bounds=bounds, options=precise).x
    return found
