"""The mixed-model equations of y = μ + θ_i + ν_r + ε: applications θ and reviewers ν, both drawn from a population.

Reduced to the reviewers, so that nothing grows with the square of the applications.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon

from scoring.rules.crossings import Array, Crossings, Indices


@dataclass(frozen=True, slots=True)
class Reading:
    """One reviewer's total for one application, both as indices."""

    application: int
    reviewer: int
    value: float


@dataclass(frozen=True, slots=True)
class Table:
    """Readings as columns."""

    rows: Indices
    columns: Indices
    values: Array
    applications: int
    reviewers: int

    @classmethod
    def of(cls, readings: Sequence[Reading], applications: int, reviewers: int) -> "Table":
        """Return readings as columns."""
        return cls(
            np.fromiter((one.application for one in readings), dtype=np.int64, count=len(readings)),
            np.fromiter((one.reviewer for one in readings), dtype=np.int64, count=len(readings)),
            np.fromiter((one.value for one in readings), dtype=np.float64, count=len(readings)),
            applications,
            reviewers,
        )

    def design(self) -> "scipy.sparse.csr_matrix":
        """Return how often each application was read, and then by each reviewer."""
        shape = (self.applications, 1 + self.reviewers)
        rows, columns = np.tile(self.rows, 2), np.concatenate([np.zeros_like(self.columns), 1 + self.columns])
        return scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


@dataclass(frozen=True, slots=True)
class Estimates:
    """What follows from the readings for given variances.

    Deviations of the applications (`quality`) and reviewers (`severity`) from `mean`. The covariance of the qualities
    is the residual variance × (diag(`own`) + `shared` · `shared`ᵀ).
    """

    mean: float
    quality: Array
    severity: Array
    own: Array
    shared: Array


@dataclass(frozen=True, slots=True)
class Slopes:
    """What both likelihoods and their slopes are made of, at given ratios; pairs are of applications and reviewers.

    `left` are the squares left over and `determinant` the log determinant. Along each ratio they grow by `squares` and
    `logs`. `crossed` holds g_i' C^{ij} g_j of the deviations times their ratio, C the whole equations' inverse.
    """

    left: float
    determinant: float
    squares: Array
    logs: Array
    crossed: Array


class Equations:
    """The equations for readings centred and scaled to unit spread. Ratios are log(residual/variance).

    Applications read equally often weigh the same.
    """

    def __init__(self, table: Table) -> None:
        self.applications, self.reviewers, self.readings = table.applications, table.reviewers, len(table.values)
        self.centre, self.scale = float(table.values.mean()), float(table.values.std())
        centred = (table.values - self.centre) / self.scale
        self.squares = float(centred @ centred)
        self.load = np.bincount(table.columns, minlength=self.reviewers).astype(np.float64)
        self.sums = np.bincount(table.rows, weights=centred, minlength=self.applications)
        self.by_reviewer = np.bincount(table.columns, weights=centred, minlength=self.reviewers)
        self.each = np.bincount(table.rows, minlength=self.applications).astype(np.float64)
        self.design = table.design()
        self.sides = np.concatenate([[float(centred.sum())], self.by_reviewer])

    @cached_property
    def times(self) -> tuple[Array, Array, Crossings]:
        """How often applications are read, how many each so often, and who reads beside whom."""
        times, of = np.unique(self.each, return_inverse=True)
        return times, np.bincount(of).astype(np.float64), Crossings(self.design, of)

    def guess(self) -> Array:
        """Return ratios to begin the search from: the variances that squares within applications and reviewers tell."""
        each, load = np.maximum(self.each, 1), np.maximum(self.load, 1)
        within = max(self.squares - float((self.sums**2 / each).sum()), 1e-9)
        beside = max(self.squares - float((self.by_reviewer**2 / load).sum()), 1e-9)
        total = self.squares / self.readings
        chance = within / max(self.readings - self.applications, 1)  # reviewers and residual
        other = beside / max(self.readings - self.reviewers, 1)  # applications and residual
        residual = max(chance + other - total, 0.1 * total)
        return np.log([residual / max(other - residual, 0.05 * total), residual / max(chance - residual, 0.05 * total)])

    def parts(self, ratios: Array) -> tuple[float, float]:
        """Return the squares left over and the log determinant that both likelihoods are made of."""
        try:
            found = Reduced(self, ratios)
        except np.linalg.LinAlgError:
            return np.inf, 0.0
        return found.left, found.determinant

    def slopes(self, ratios: Array) -> Slopes | None:
        """Return the same with its slopes; None where the equations are too near to singular."""
        try:
            return Reduced(self, ratios).slopes()
        except np.linalg.LinAlgError:
            return None

    def estimates(self, ratios: Array) -> Estimates:
        """Return what follows for given ratios, in the units of the readings (`own` and `shared` have none)."""
        found = Reduced(self, ratios)
        design = self.design.toarray() / found.weight[:, None]
        return Estimates(
            mean=self.centre + float(found.solved[0]) * self.scale,
            quality=found.quality * self.scale,
            severity=found.solved[1:] * self.scale,
            own=1 / found.weight,
            shared=scipy.linalg.solve_triangular(found.factor, design.T, trans="T").T,
        )

    def leanings(self, ratios: Array) -> Array:
        """Return the reviewers' severities alone, in the units of the readings."""
        leanings: Array = Reduced(self, ratios).solved[1:] * self.scale
        return leanings

    def alone(self, ratios: Array) -> tuple[Array, Array]:
        """Return the qualities and, over the residual variance, how unsure each is beside the average application.

        What is unsure of all applications together moves nobody's rank and is left out; so is what two have in common.
        Nothing here is as wide as applications times reviewers.
        """
        found = Reduced(self, ratios)
        spread = found.inverse()
        spread += np.tril(spread, -1).T
        design = self.design.multiply(1 / found.weight[:, None]).tocsr()
        average = np.asarray(design.mean(axis=0)).ravel()
        many = np.diff(design.indptr)
        rows = np.repeat(np.arange(self.applications), many)
        shared = np.zeros(self.applications)
        for offset in range(int(many.max())):  # one reader of each application, with all its readers
            some = offset < many[rows]
            one = design.indptr[rows[some]] + offset
            parts = design.data[some] * spread[design.indices[some], design.indices[one]] * design.data[one]
            shared += np.bincount(rows[some], weights=parts, minlength=self.applications)
        with_all = np.asarray(design @ (spread @ average)).ravel()
        shared = shared - 2 * with_all + float(average @ spread @ average)
        return found.quality * self.scale, 1 / found.weight + np.maximum(shared, 0.0)


class Reduced:
    """The equations reduced to the mean and the reviewers, at given ratios, solved.

    Raises:
        LinAlgError: they are too near to singular.
    """

    def __init__(self, equations: Equations, ratios: Array) -> None:
        self.equations, (self.by_application, self.by_reviewer) = equations, np.exp(ratios).tolist()
        times, many, crossings = equations.times
        self.weights = 1 / (times + self.by_application)
        self.weight = equations.each + self.by_application
        matrix = -crossings.weighed(self.weights)
        inner = np.arange(1, len(matrix))
        matrix[0, 0] += equations.readings
        matrix[1:, 0] += equations.load
        matrix[inner, inner] += equations.load + self.by_reviewer
        # The lower triangle in the order of rows is the upper one in the order of columns, as LAPACK wants it.
        self.factor, failed = scipy.linalg.lapack.dpotrf(matrix.T, overwrite_a=True, clean=False)
        if failed:
            raise np.linalg.LinAlgError("the equations are singular")
        shares = equations.sums / self.weight
        right = equations.sides - equations.design.T @ shares
        self.solved = self.solve(right)
        self.quality: Array = shares - equations.design @ self.solved / self.weight
        self.left = max(equations.squares - float(equations.sums @ shares) - float(right @ self.solved), 1e-300)
        self.determinant = 2 * float(np.log(np.diag(self.factor)).sum()) - float(many @ np.log(self.weights))
        self.determinant -= float(equations.applications * ratios[0] + equations.reviewers * ratios[1])

    def solve(self, right: Array) -> Array:
        """Return the solution for another right side."""
        solved: Array = scipy.linalg.lapack.dpotrs(self.factor, right)[0]
        return solved

    def inverse(self) -> Array:
        """Return the inverse's lower triangle; above it stands nothing."""
        inverse, failed = scipy.linalg.lapack.dpotri(self.factor)
        if failed:
            raise np.linalg.LinAlgError("the equations are singular")
        lower: Array = np.tril(inverse.T)
        return lower

    def slopes(self) -> Slopes:
        """Return what the likelihoods and their slopes are made of."""
        equations, (_times, many, crossings) = self.equations, self.equations.times
        inverse = self.inverse()
        held = self.by_application * self.quality, self.by_reviewer * self.solved[1:]
        logs = (
            self.by_application * (float(many @ self.weights) + crossings.traced(inverse, self.weights**2)),
            self.by_reviewer * float(np.trace(inverse[1:, 1:])),
        )
        # What each kind of deviation, put on the right side, would give back to itself and to the other.
        shares = held[0] / self.weight
        right = equations.design.T @ shares
        through = self.solve(right)
        own = float(held[0] @ shares) + float(right @ through)
        between = -float(held[1] @ through[1:])
        beside = float(held[1] @ self.solve(np.concatenate([[0.0], held[1]]))[1:])
        return Slopes(
            left=self.left,
            determinant=self.determinant,
            squares=np.array([float(self.quality @ held[0]), float(self.solved[1:] @ held[1])]),
            logs=np.array(logs) - [equations.applications, equations.reviewers],
            crossed=np.array([[own, between], [between, beside]]),
        )
