"""Which few pairs of a large problem its optimum may well be made of."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.problem import Integers, Problem, distinct, needs, room

PROMISING, SPARE = 6, 1.5  # reviewers a dossier, beside what it needs; dossiers a reviewer, by the average load
VERY_MANY, MORE_TO_SPARE = 10**6, 3.0  # pairs from which on a further look costs more than twice as many dossiers
NOT_MANY, OF_MANY = 40_000, 10  # pairs up to which so many reviewers a dossier are looked at where the same are sought
CROWDED = ((0.5, 4.0), (0.2, 2.5))  # by more than such shares of readings, and then so many dossiers a reviewer
BLOCK = 128  # dossiers looked at together: few enough that what is reckoned of them stays near the processor
NOWHERE = np.float32(1e9)  # as far below all affinities as a conflict is

Pairs = tuple[Integers, Integers]
Table = NDArray[np.bool_]


def promising(problem: Problem, allowed: Table, shares: int, prices: NDArray[np.float64] | None = None) -> Pairs:
    """Return each dossier's best reviewers and each reviewer's best dossiers; equals are told apart by chance.

    A dossier takes so many `shares` of each reading it needs. `prices`, in parts of affinity, are what is thought to be
    added to each reviewer's; then a reviewer's best dossiers are those that least prefer somebody else.
    """
    n, m = allowed.shape
    wanted = needs(problem) * shares
    few = allowed.size <= NOT_MANY
    wide = min(m, int(wanted.max(initial=0)) + (OF_MANY if few else PROMISING))
    worth = np.empty((n, m), dtype=np.float32)
    low, top = int(problem.affinity.min(initial=0)), int(problem.affinity.max(initial=0))
    scale = np.float32(1 / max(top - low, 1))
    added = np.zeros(m, dtype=np.float32) if prices is None else (prices * scale).astype(np.float32)
    columns = np.empty((n, wide), dtype=np.int64)
    for block in blocks(n):
        part = worth[block]
        np.multiply(problem.affinity[block] - low, scale, out=part, casting="unsafe")
        part += added
        part += lots(np.arange(n)[block], m) / np.float32(64)
        part[~allowed[block]] = -NOWHERE
        best_ones = np.argpartition(part, m - wide, axis=1)[:, m - wide :]
        columns[block] = best_ones
        if prices is not None:
            part -= np.take_along_axis(part, best_ones, axis=1).min(axis=1, keepdims=True)
    spare = MORE_TO_SPARE if allowed.size > VERY_MANY else SPARE
    if few:
        columns, spare = _of_crowd(problem, worth, columns, int(wanted.max(initial=0)))
    tall = min(n, int(spare * max(problem.min_load * shares, wanted.sum() / max(m, 1))) + 1)
    rows = np.repeat(np.arange(n), columns.shape[1])
    down = np.ascontiguousarray(worth.T)
    best = np.concatenate([np.argpartition(down[b], n - tall, axis=1)[:, n - tall :].ravel() for b in blocks(m)])
    found = together(m, (rows, columns.ravel()), (best, np.repeat(np.arange(m), tall)))
    kept = allowed[found]
    return found[0][kept], found[1][kept]


def _of_crowd(problem: Problem, worth: NDArray[np.float32], columns: Integers, wanted: int) -> tuple[Integers, float]:
    """Return which of these best reviewers of each dossier to look at, and how many dossiers of each reviewer.

    They are the more, the more of the readings would be too many if every dossier had its best.
    """
    order = np.argsort(-np.take_along_axis(worth, columns, axis=1), axis=1)
    columns = np.take_along_axis(columns, order, axis=1)
    asked = np.bincount(columns[:, : max(int(needs(problem).max(initial=0)), 1)].ravel(), minlength=worth.shape[1])
    crowded = float(np.maximum(asked - room(problem)[1], 0).sum() / max(asked.sum(), 1))
    for share, spare in CROWDED:
        if crowded > share:
            return columns, spare
    return columns[:, : wanted + PROMISING], SPARE


def lots(rows: Integers, width: int) -> NDArray[np.float32]:
    """Return numbers below one as if by chance, so many for each of these rows, always the same for the same row."""
    found = (rows[:, None] * width + np.arange(width)).astype(np.uint32)
    for shift in (16, 15):  # neighbours have nothing to do with each other after two rounds
        found ^= found >> np.uint32(shift)
        found *= np.uint32(0x45D9F3B)
    return (found >> np.uint32(8)).astype(np.float32) / np.float32(2**24)


def blocks(count: int) -> Iterator[slice]:
    """Return slices of so many things, one after another, each small enough to look at whole."""
    return (slice(start, start + BLOCK) for start in range(0, count, BLOCK))


def within(rows: Integers, count: int) -> list[slice]:
    """Return where the pairs of each block of so many dossiers stand, if pairs are in order of `rows`."""
    starts = np.searchsorted(rows, np.arange(0, count + BLOCK, BLOCK)).tolist()
    return [slice(start, end) for start, end in pairwise(starts)]


def together(width: int, *pairs: tuple[Integers, Integers]) -> tuple[Integers, Integers]:
    """Return pairs once each, in order of rows."""
    keys = distinct(np.concatenate([rows * width + columns for rows, columns in pairs]))
    rows, columns = np.divmod(keys, width)
    return rows, columns


def best(scores: NDArray[np.floating], many: int) -> tuple[Integers, Integers]:
    """Return where each row has its greatest scores, so many at most; none below nought."""
    last = min(scores.shape[1], many) - 1
    columns = np.argpartition(-scores, last, axis=1)[:, : last + 1]  # where most are equal, that is the quicker end
    rows = np.repeat(np.arange(len(scores)), columns.shape[1]).reshape(columns.shape)
    kept = scores[rows, columns] >= 0
    return rows[kept], columns[kept]
