"""The mixed-model equations of y = μ + θ_i + ν_r + ε: applications θ and reviewers ν, both drawn from a population.

Reduced to the reviewers, so that nothing grows with the square of the applications.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


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

    def counts(self) -> "scipy.sparse.csr_matrix":
        """Return how often each reviewer read each application."""
        shape = (self.applications, self.reviewers)
        return scipy.sparse.csr_matrix((np.ones(len(self.values)), (self.rows, self.columns)), shape=shape)


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


class Equations:
    """The equations for readings centred and scaled to unit spread. Ratios are log(residual/variance).

    Applications read equally often weigh the same, so each such class is added up once and for all.
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
        self.counts = table.counts()

    @cached_property
    def classes(self) -> list[tuple[float, int, Array, Array, float]]:
        """What the applications read so many times add up to: how many, crossed counts, sides, squares."""
        return [self._class(times) for times in np.unique(self.each)]

    def _class(self, times: float) -> tuple[float, int, Array, Array, float]:
        here = self.each == times
        counts, sums = self.counts[here], self.sums[here]
        many, column = int(here.sum()), counts.sum(axis=0)
        crossed = np.zeros((self.reviewers + 1, self.reviewers + 1))
        crossed[0, 0] = times * times * many
        crossed[0, 1:] = crossed[1:, 0] = times * np.asarray(column).ravel()
        crossed[1:, 1:] = (counts.T @ counts).toarray()
        sides = np.concatenate([[times * float(sums.sum())], np.asarray(counts.T @ sums)])
        return times, many, crossed, sides, float(sums @ sums)

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

    def reduced(self, ratios: Array) -> tuple[Array, Array, float, float]:
        """Return the reduced matrix, its right side, the squares left and the log weight of the applications."""
        by_application, by_reviewer = np.exp(ratios)
        matrix = np.zeros((self.reviewers + 1, self.reviewers + 1))
        matrix[0, 0] = self.readings
        matrix[0, 1:] = matrix[1:, 0] = self.load
        inner = np.arange(1, self.reviewers + 1)
        matrix[inner, inner] = self.load + by_reviewer
        right = np.concatenate([[self.sums.sum()], self.by_reviewer])
        squares, weights = self.squares, 0.0
        for times, many, crossed, sides, here in self.classes:
            weight = times + by_application
            matrix -= crossed / weight
            right = right - sides / weight
            squares -= here / weight
            weights += many * float(np.log(weight))
        return matrix, right, squares, weights

    def parts(self, ratios: Array) -> tuple[float, float]:
        """Return the squares left over and the log determinant that both likelihoods are made of."""
        matrix, right, squares, weights = self.reduced(ratios)
        factor = scipy.linalg.cho_factor(matrix, lower=True)
        left = squares - float(right @ scipy.linalg.cho_solve(factor, right))
        determinant = weights + 2 * float(np.log(np.diag(factor[0])).sum())
        determinant -= float(self.applications * ratios[0] + self.reviewers * ratios[1])
        return max(left, 1e-300), determinant

    def estimates(self, ratios: Array) -> Estimates:
        """Return what follows for given ratios, in the units of the readings (`own` and `shared` have none)."""
        matrix, right, _squares, _weights = self.reduced(ratios)
        factor = scipy.linalg.cho_factor(matrix, lower=True)
        solved = scipy.linalg.cho_solve(factor, right)
        weight = self.each + float(np.exp(ratios[0]))
        design = np.hstack([self.each[:, None], self.counts.toarray()]) / weight[:, None]
        return Estimates(
            mean=self.centre + float(solved[0]) * self.scale,
            quality=(self.sums / weight - design @ solved) * self.scale,
            severity=solved[1:] * self.scale,
            own=1 / weight,
            shared=scipy.linalg.solve_triangular(np.tril(factor[0]), design.T, lower=True).T,
        )

    def leanings(self, ratios: Array) -> Array:
        """Return the reviewers' severities alone, in the units of the readings."""
        matrix, right, _squares, _weights = self.reduced(ratios)
        solved = scipy.linalg.cho_solve(scipy.linalg.cho_factor(matrix, lower=True), right)
        found: Array = solved[1:] * self.scale
        return found

    def alone(self, ratios: Array) -> tuple[Array, Array]:
        """Return the qualities and, over the residual variance, how unsure each is beside the average application.

        What is unsure of all applications together moves nobody's rank and is left out; so is what two have in common.
        Nothing here is as wide as applications times reviewers.
        """
        matrix, right, _squares, _weights = self.reduced(ratios)
        factor = scipy.linalg.cho_factor(matrix, lower=True)
        solved = scipy.linalg.cho_solve(factor, right)
        spread = scipy.linalg.cho_solve(factor, np.eye(len(matrix)))
        weight = self.each + float(np.exp(ratios[0]))
        design = (
            scipy.sparse.hstack([scipy.sparse.csr_matrix(self.each[:, None]), self.counts], format="csr")
            .multiply(1 / weight[:, None])
            .tocsr()
        )
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
        quality = (self.sums / weight - np.asarray(design @ solved).ravel()) * self.scale
        return quality, 1 / weight + np.maximum(shared, 0.0)
