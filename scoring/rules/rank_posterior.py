"""How sure the order is: each application's expected rank and rank intervals, averaged over what is not known.

The model of the Swiss National Science Foundation's panels, in proportion to the scale: on its scale of six marks the
reviewers' leniency has a standard deviation of 0.5, that of quality is anything up to 2, and so are those of a
reviewer's taste and of chance, which together are the residual. Only a diagnosis; it ranks nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon
from numpy.typing import NDArray

from scoring.rules.crossings import Array
from scoring.rules.crowd import crowd_ranks
from scoring.rules.expected_rank import expected_ranks_of
from scoring.rules.likelihood import Look, lowest
from scoring.rules.mixed_model import Equations, Estimates
from scoring.rules.severity import Severity

MARKS_RANGE = 5.0  # from 1 to 6
LENIENCY, BROADEST = 0.5, 2.0
NOTHING = 1e-60  # of a mark
SLIGHTEST = 0.01  # of the residual: where less quality than that is likeliest, from there up is looked at
LITTLE = 0.06  # of the spread: below it, that quality may be nought is looked at first
SOME = (0.03, 0.1, 0.3)  # of the residual: less likely than the slightest where no quality at all is likeliest
ALIKE, CERTAIN = 1e-9, 1e-11  # of a mark: estimates no further apart are equal, and doubt is never less than the second
STEPS = 16
SLIGHT = 1e-4  # what weighs less than this part of the likeliest is left out
NEGLIGIBLE, STRIDE, FARTHEST = 9.0, 0.1, 6.0  # how far from the peak the grid reaches, in log likelihood and log size
LEAP = 8  # strides at once, while they stay within
MANY = 400  # applications beyond which the likeliest variances stand for all
CROWD = 1_000  # applications beyond which each is weighed against the crowd of the others, not against one by one
DRAWS, DRAWS_OF_MANY = 8_000, 1_000
INTERVALS = (0.5, 0.95)


@dataclass(frozen=True, slots=True)
class RankPosterior:
    """By application: the expected rank, and the ranks between which it lies with 50 % and 95 %; 1 is best."""

    expected: list[float]
    interval_50: list[tuple[int, int]]
    interval_95: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Point:
    """One pair of standard deviations (quality, residual) with its weight, and what follows from it."""

    weight: float
    residual: float
    estimates: Estimates


def posterior_of(
    equations: Equations, width: float, *, lower_is_better: bool = False, near: Severity | None = None
) -> RankPosterior:
    """Return how sure the order is. `width` is the totals' range, best to worst.

    The same readings always give the same answer: the draws behind the intervals have a fixed seed. Whoever has fitted
    the variances passes them as `near`: the search begins there and is shorter.
    """
    applications, sign, mark = equations.applications, -1.0 if lower_is_better else 1.0, width / MARKS_RANGE
    if applications > CROWD:
        residual, ratios = _peak(equations, mark, near)
        quality, own = equations.alone(ratios)
        quality, residual = levelled(quality, ALIKE * mark), max(residual, CERTAIN * mark)
        return RankPosterior(*crowd_ranks(sign * quality, residual * np.sqrt(own)))
    points = _points(equations, mark, near)
    expected = np.zeros(applications)
    for point in points:
        quality = sign * point.estimates.quality
        expected += point.weight * expected_ranks_of(
            quality, point.residual**2 * point.estimates.own, point.residual * point.estimates.shared
        )
    ranks = _drawn_ranks(points, applications, sign)
    half, most = (_interval(ranks, share) for share in INTERVALS)
    return RankPosterior(expected.tolist(), half, most)


def _points(equations: Equations, mark: float, near: Severity | None) -> list[_Point]:
    """Return the standard deviations that matter: a grid over the posterior, or its peak where that is sharp."""
    unit = mark / equations.scale
    surprise, peak = _search(equations, unit, near)
    if equations.applications > MANY:
        grid = [_one_for_all(surprise, peak)]
        heights = np.zeros(1)
    else:
        peak, _is_raised = _raised(peak)
        spans = [_span(surprise, peak, axis) for axis in (0, 1)]
        grid = [np.log(np.array([a, e])) for a in _middles(*spans[0]) for e in _middles(*spans[1])]
        heights = np.array([-surprise(logs) for logs in grid])
    weights = np.exp(heights - heights.max())
    weights = np.where(weights < SLIGHT * weights.max(), 0.0, weights)
    weights /= weights.sum()
    return [
        _Point(
            float(weight),
            max(float(np.exp(logs[1])) * equations.scale, CERTAIN * mark),
            _levelled(equations.estimates(_ratios(*_sizes(logs), unit)), mark),
        )
        for weight, logs in zip(weights, grid, strict=True)
        if weight
    ]


def _levelled(estimates: Estimates, mark: float) -> Estimates:
    return replace(estimates, quality=levelled(estimates.quality, ALIKE * mark))


def levelled(quality: Array, grain: float) -> Array:
    """Return estimates where those no further apart than `grain` are equal: where nothing is left to chance, the last
    digit of a sum would otherwise tell equals apart."""
    order = np.argsort(quality, kind="stable")
    group = np.concatenate([[0], np.cumsum(np.diff(quality[order]) > grain)])
    level: Array = np.empty_like(quality)
    level[order] = (np.bincount(group, weights=quality[order]) / np.bincount(group))[group]
    return level


def _search(equations: Equations, unit: float, near: Severity | None) -> tuple[Callable[[Array], float], Array]:
    """Return how surprising the readings are at each pair of log standard deviations, and where least."""

    def surprise(logs: Array) -> float:
        return -_log_posterior(equations, *_sizes(logs), unit)

    guess = equations.guess()[0]
    share = 1 / (1 + np.exp(guess))  # of the spread that is the residual's, were there nobody's leniency
    start = np.log(np.array([np.sqrt(max(share, 0.05)), np.sqrt(max(1 - share, 0.05))]))
    if near is not None and min(near.application, near.residual) > NOTHING:
        start = 0.5 * np.log(np.array([near.application, near.residual])) - np.log(equations.scale)
    peak = _at_nought(surprise) if share < LITTLE else None
    if peak is None:
        peak = lowest(lambda logs: _look(equations, *_sizes(logs), unit), start, growth=2.0)
    if peak is None and share >= LITTLE:
        peak = _at_nought(surprise)
    if peak is None:
        precise: Any = {"xatol": 1e-4, "fatol": 1e-6, "maxiter": 300}
        peak = scipy.optimize.minimize(surprise, np.log(np.array([0.5, 0.8])), method="Nelder-Mead", options=precise).x
    return surprise, np.asarray(peak, dtype=np.float64)


def _at_nought(surprise: Callable[[Array], float]) -> Array | None:
    """Return the peak where no quality at all is likeliest, found along the residual; None where some is likelier.

    There the surprise is flat towards no quality, and a search in both directions feels its way for seconds.
    """

    def along(residual: float, share: float = SLIGHTEST) -> float:
        return surprise(np.array([residual + np.log(share), residual]))

    found = scipy.optimize.minimize_scalar(along, bracket=(-0.5, 0.0), options={"xtol": 1e-5})
    residual, least = float(found.x), float(found.fun)
    if any(along(residual, share) <= least for share in SOME):
        return None
    return np.array([residual + np.log(SLIGHTEST) - 1, residual])


def _peak(equations: Equations, mark: float, near: Severity | None) -> tuple[float, Array]:
    """Return the likeliest residual standard deviation and ratios."""
    unit = mark / equations.scale
    quality, residual = _sizes(_one_for_all(*_search(equations, unit, near)))
    return residual * equations.scale, _ratios(quality, residual, unit)


def _raised(peak: Array) -> tuple[Array, bool]:
    """Return a peak that is not at no quality at all, and whether it was: the posterior is wide there, not nought."""
    least = float(peak[1] + np.log(SLIGHTEST))
    return (np.array([least, peak[1]]), True) if peak[0] < least else (peak, False)


def _one_for_all(surprise: Callable[[Array], float], peak: Array) -> Array:
    """Return the one pair that stands for all: the peak, and where that has no quality the mean of what it may be."""
    raised, was_nought = _raised(peak)
    if not was_nought:
        return peak
    sizes = _middles(*_span(surprise, raised, 0))
    heights = -np.array([surprise(np.array([np.log(size), peak[1]])) for size in sizes])
    weights = np.exp(heights - heights.max())
    return np.array([np.log(float(weights @ sizes / weights.sum())), peak[1]])


def _middles(low: float, high: float) -> Array:
    """Return the middles of equal steps: an end of the span, where it is likeliest, would count twice."""
    return low + (high - low) * (np.arange(STEPS) + 0.5) / STEPS


def _sizes(logs: Array) -> tuple[float, float]:
    return float(np.exp(logs[0])), float(np.exp(logs[1]))


def _span(surprise: Callable[[Array], float], peak: Array, axis: int) -> tuple[float, float]:
    """Return the standard deviations on either side of the peak beyond which hardly any posterior lies."""
    least = surprise(peak)

    def at(strides: int) -> Array:
        logs = peak.copy()
        logs[axis] += strides * STRIDE
        return logs

    def lies_within(strides: int) -> bool:
        return surprise(at(strides)) < least + NEGLIGIBLE

    ends = []
    for sign in (-1, 1):
        last = round(FARTHEST / STRIDE)
        first = 1 if not lies_within(sign * last) else last
        while first < last and lies_within(sign * min(first + LEAP, last)):
            first = min(first + LEAP, last)
        while first < last and lies_within(sign * first):
            first += 1
        ends.append(float(np.exp(at(sign * first)[axis])))
    return ends[0], ends[1]


def _ratios(quality: float, residual: float, unit: float) -> Array:
    return np.log([(residual / quality) ** 2, (residual / (LENIENCY * unit)) ** 2])


def _log_posterior(equations: Equations, quality: float, residual: float, unit: float) -> float:
    if not _possible(quality, residual, unit):
        return -1e9
    left, determinant = equations.parts(_ratios(quality, residual, unit))
    if not np.isfinite(left):
        return -1e9
    variance = residual**2
    likelihood = -0.5 * ((equations.readings - 1) * np.log(variance) + left / variance + determinant)
    return float(likelihood + np.log(_residual_prior(residual / unit)))


def _possible(quality: float, residual: float, unit: float) -> bool:
    """Return whether standard deviations are within what the model allows, and not so small that they are nought."""
    if min(quality, residual) < NOTHING * unit or quality > BROADEST * unit:
        return False
    return _residual_prior(residual / unit) > 0


def _look(equations: Equations, quality: float, residual: float, unit: float) -> Look | None:
    """Return how surprising the readings are there, the slope and the average bend; None where nothing can be."""
    found = equations.slopes(_ratios(quality, residual, unit)) if _possible(quality, residual, unit) else None
    if found is None:
        return None
    prior = _residual_prior(residual / unit)
    variance, degrees = residual**2, equations.readings - 1
    squares, crossed = found.squares / variance, found.crossed / variance
    along_residual = degrees - found.left / variance + squares.sum() + found.logs.sum()
    own, mixed = 2 * (squares[0] - crossed[0, 0]), 2 * float(crossed[0].sum())
    rest = 2 * (found.left / variance - squares.sum() - crossed.sum())
    return Look(
        height=float(0.5 * (degrees * np.log(variance) + found.left / variance + found.determinant) - np.log(prior)),
        slope=np.array([-squares[0] - found.logs[0], along_residual - _prior_slope(residual / unit)]),
        bend=np.array([[own, mixed], [mixed, rest]]),
    )


def _prior_slope(marks: float) -> float:
    """Return the slope of the log of the density, along the log of the length."""
    if marks <= BROADEST:
        return 1.0
    corner = np.arccos(BROADEST / marks)
    return float(1 - 1 / (np.tan(corner) * (np.pi / 4 - corner)))


def _residual_prior(marks: float) -> float:
    """Return the density, up to a factor, of the length of two sides each uniform up to BROADEST."""
    corner = np.arccos(min(1.0, BROADEST / marks))
    return float(marks * (np.pi / 4 - corner))


def _drawn_ranks(points: Sequence[_Point], applications: int, sign: float) -> NDArray[np.int32]:
    """Return ranks drawn from the posterior, one row a draw."""
    chance = np.random.default_rng(0)
    draws = DRAWS if applications <= MANY else DRAWS_OF_MANY
    rows = []
    for point, many in zip(points, _shares([point.weight for point in points], draws), strict=True):
        if many:
            found = point.estimates
            own = chance.standard_normal((many, applications)) * np.sqrt(found.own)
            shared = chance.standard_normal((many, found.shared.shape[1])) @ found.shared.T
            quality = sign * found.quality + point.residual * (own + shared)
            order = np.argsort(-quality, axis=1, kind="stable")
            ranks = np.empty_like(order, dtype=np.int32)
            np.put_along_axis(ranks, order, np.arange(1, applications + 1, dtype=np.int32)[None, :], axis=1)
            rows.append(ranks)
    return np.sort(np.concatenate(rows), axis=0)


def _shares(weights: Sequence[float], total: int) -> list[int]:
    bounds = np.round(np.cumsum(weights) * total).astype(int)
    return [int(many) for many in np.diff(np.concatenate([[0], bounds]))]


def _interval(ranks: NDArray[np.int32], share: float) -> list[tuple[int, int]]:
    low = ranks[int((1 - share) / 2 * (len(ranks) - 1))]
    high = ranks[-(int((1 - share) / 2 * (len(ranks) - 1)) + 1)]
    return list(zip(low.tolist(), high.tolist(), strict=True))
