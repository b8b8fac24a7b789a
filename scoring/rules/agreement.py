"""How far reviewers agree: Krippendorff's alpha at four levels, Shrout and Fleiss's six intraclass correlations.

A diagnosis for the report of the process; no official score depends on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon
from numpy.typing import NDArray

Array = NDArray[np.float64]
SLIGHT = 1e-12  # of all that varies: nothing


class Level(StrEnum):
    """What the distance between two scores means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(units: Sequence[Sequence[float]], level: Level = Level.INTERVAL) -> float | None:
    """Return alpha for `units`, each the scores one thing received, from however many reviewers.

    Units with fewer than two scores say nothing about agreement and are left out. None where alpha is not defined:
    nothing was scored twice, or every score is the same.
    """
    sizes = np.fromiter(map(len, units), dtype=np.int64, count=len(units))
    flat = np.fromiter(chain.from_iterable(units), dtype=np.float64, count=int(sizes.sum()))
    return alpha_of(np.repeat(np.arange(len(units)), sizes), flat, level)


def alpha_of(unit: NDArray[np.int64], value: Array, level: Level = Level.INTERVAL) -> float | None:
    """Return the same for scores in two columns: what was scored, counted from nought, and its score."""
    sizes = np.bincount(unit)
    kept = sizes[unit] > 1
    unit, value = unit[kept], value[kept]
    if not len(unit):
        return None
    if level is Level.INTERVAL:
        return _interval_alpha(unit, value, sizes)
    values, place = np.unique(value, return_inverse=True)
    share = 1 / (sizes[unit] - 1)
    # How often each value met each in one unit; a score does not meet itself.
    counts = scipy.sparse.csr_matrix((np.ones(len(unit)), (unit, place)), shape=(len(sizes), len(values)))
    weights = scipy.sparse.csr_matrix((share, (unit, place)), shape=counts.shape)
    coincidence = (weights.T @ counts).toarray() - np.diag(np.bincount(place, weights=share))
    totals = coincidence.sum(axis=1)
    distances = DISTANCES[level](values, totals)
    expected = float((np.outer(totals, totals) * distances).sum()) / (float(totals.sum()) - 1)
    if expected == 0:
        return None
    return 1 - float((coincidence * distances).sum()) / expected


def _interval_alpha(unit: NDArray[np.int64], value: Array, sizes: NDArray[np.int64]) -> float | None:
    """Return alpha where the distance is the square of a difference: pairs add up to squares around means."""
    centred = value - value.mean()
    expected = 2 * len(value) * float(centred @ centred) / (len(value) - 1)
    if np.ptp(value) == 0:
        return None
    held = np.maximum(sizes, 2)
    means = np.bincount(unit, weights=centred, minlength=len(sizes)) / held
    within = np.square(centred - means[unit])
    observed = float((within * 2 * sizes[unit] / (sizes[unit] - 1)).sum())
    return 1 - observed / expected


def _nominal(values: Array, _totals: Array) -> Array:
    return 1.0 - np.eye(len(values))


def _ordinal(values: Array, totals: Array) -> Array:
    below = np.cumsum(totals) - totals / 2  # mid-rank of each value
    return np.square(below[:, None] - below[None, :])


def _ratio(values: Array, _totals: Array) -> Array:
    sums = values[:, None] + values[None, :]
    return np.square(np.divide(values[:, None] - values[None, :], sums, out=np.zeros_like(sums), where=sums != 0))


DISTANCES: dict[Level, Callable[[Array, Array], Array]] = {
    Level.NOMINAL: _nominal,
    Level.ORDINAL: _ordinal,
    Level.RATIO: _ratio,
}


@dataclass(frozen=True, slots=True)
class Intraclass:
    """By model (1 one-way, 2 two-way random, 3 two-way mixed), for one reviewer or the mean of k."""

    icc_1_1: float
    icc_2_1: float
    icc_3_1: float
    icc_1_k: float
    icc_2_k: float
    icc_3_k: float


def intraclass(table: Sequence[Sequence[float]]) -> Intraclass | None:
    """Return the six coefficients of a full table, one row a dossier and one column a reviewer.

    None where they are not defined: fewer than two rows or columns, or nothing varies.

    Raises:
        ValueError: the rows have different lengths.
    """
    scores = np.asarray(table, dtype=np.float64)
    if scores.ndim != 2:
        raise ValueError("every row of the table has the same number of scores")
    n, k = scores.shape
    if n < 2 or k < 2 or np.ptp(scores) == 0:
        return None
    grand = scores.mean()
    between = k * float(np.square(scores.mean(axis=1) - grand).sum())
    columns = n * float(np.square(scores.mean(axis=0) - grand).sum())
    total = float(np.square(scores - grand).sum())
    bms, jms = between / (n - 1), columns / (k - 1)
    wms = (total - between) / (n * (k - 1))
    ems = (total - between - columns) / ((n - 1) * (k - 1))
    denominators = (
        bms + (k - 1) * wms,
        bms + (k - 1) * ems + k * (jms - ems) / n,
        bms + (k - 1) * ems,
        bms,
        bms + (jms - ems) / n,
    )
    if any(abs(value) <= SLIGHT * total for value in denominators):
        return None
    return Intraclass(
        icc_1_1=(bms - wms) / denominators[0],
        icc_2_1=(bms - ems) / denominators[1],
        icc_3_1=(bms - ems) / denominators[2],
        icc_1_k=(bms - wms) / denominators[3],
        icc_2_k=(bms - ems) / denominators[4],
        icc_3_k=(bms - ems) / denominators[3],
    )


@dataclass(frozen=True, slots=True)
class OneWay:
    """Shrout and Fleiss's ICC(1) of one reviewer and ICC(k) of the mean, for units read a different number of times."""

    single: float
    mean: float


def one_way(units: Sequence[Sequence[float]]) -> OneWay | None:
    """Return both coefficients; for a full table they are Shrout and Fleiss's (1,1) and (1,k).

    k is what the reviewers a unit come to when their number varies (Snedecor's n0). None where nothing was read twice
    or nothing varies.
    """
    sizes = np.fromiter(map(len, units), dtype=np.int64, count=len(units))
    value = np.fromiter(chain.from_iterable(units), dtype=np.float64, count=int(sizes.sum()))
    return one_way_of(np.repeat(np.arange(len(units)), sizes), value)


def one_way_of(unit: NDArray[np.int64], value: Array) -> OneWay | None:
    """Return the same for scores in two columns: what was scored, counted from nought, and its score."""
    sizes = np.bincount(unit)
    sizes, unit = sizes[sizes > 0], np.cumsum(sizes > 0)[unit] - 1
    count, groups = len(value), len(sizes)
    if groups < 2 or count == groups:
        return None
    centred = value - value.mean()
    means = np.bincount(unit, weights=centred) / sizes
    between = float((sizes * np.square(means)).sum()) / (groups - 1)
    within = float(np.square(centred - means[unit]).sum()) / (count - groups)
    k = (count - float(np.square(sizes).sum()) / count) / (groups - 1)
    slight = SLIGHT * float(centred @ centred)
    if between + (k - 1) * within <= slight or between <= slight or np.ptp(value) == 0:
        return None
    return OneWay((between - within) / (between + (k - 1) * within), (between - within) / between)
