"""Affinities of more parts than the solver can reckon with, exactly all the same.

The flow is solved over coarser parts first. Its prices prove how far from the optimum its answer can be: no assignment
as good gives up more than that, anywhere. So what lies further from its dossier's choice, or on the other side of it,
can be cut to that distance without a change to which assignments are best or by how much. What is left has a small
range, and is solved again in finer parts, with the loads weighed beside it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.flow import spread, weighs_safely
from scoring.assignment.prices import Optimum, prices_of
from scoring.assignment.pricing import optimum, steps_around
from scoring.assignment.problem import Integers, Problem, distinct, needs, room
from scoring.assignment.promising import Pairs, Table, blocks, within

FARTHEST = np.int64(2**60)  # a price beyond any difference of affinities
BARRED = -2 * FARTHEST
LEAST_GAIN = 8  # times smaller the range must become for another look to be worth it
MARGIN = 1.001  # sums of differences are of doubles


class Found(NamedTuple):
    """A problem as it was solved, whether with coarser parts of affinity or with all but those near the optimum cut."""

    problem: Problem
    allowed: Table
    optimum: Optimum
    prices: Integers | None


class Answer(NamedTuple):
    """The optimum, how it was first found, and of how many parts one was made if parts had to be coarser to the end."""

    last: Found
    first: Found
    coarse: int = 1


def finely(
    problem: Problem,
    allowed: Table,
    groups: Integers,
    *,
    unit: int = 1,
    pair_capacity: int = 1,
    leave_gaps: bool = False,
    start: Iterable[Pairs] = (),
) -> Answer:
    """Return the optimum over all `allowed` pairs, however fine the parts of affinity.

    It is looked for among the pairs of the `start`, if there are any. With `leave_gaps`, and where readings lack, parts
    are as coarse as they must be.
    """
    whole_loads = unit == 1
    bits = _too_many_bits(problem)
    if not bits and (leave_gaps or not whole_loads or steps_around(problem) is not None):
        found = Found(
            problem, allowed, *optimum(problem, allowed, groups, unit=unit, pair_capacity=pair_capacity, start=start)
        )
        return Answer(found, found)
    rough = replace(problem, affinity=problem.affinity >> bits) if bits else problem
    found = Found(
        rough,
        allowed,
        *optimum(rough, allowed, groups, unit=unit, pair_capacity=pair_capacity, start=start, even=False),
    )
    answer = Answer(found, found, 2**bits)
    flow = found.optimum.flow
    if leave_gaps or flow.unserved.any() or (flow.loads < room(problem)[0] * unit).any():
        return answer
    if found.prices is None:
        found = found._replace(prices=prices_of(rough, groups, found.optimum))
        answer = Answer(found, found, 2**bits)
    near = _near(problem, groups, found, bits)
    if near is None:
        return answer
    return finely(*near, groups, unit=unit, pair_capacity=pair_capacity)._replace(first=found)


def _too_many_bits(problem: Problem) -> int:
    """Return how many of its last bits an affinity must lose for the solver to reckon with it."""
    span, bits = spread(problem), 0
    while not weighs_safely(problem, 1, hard=True, between=span >> bits):
        bits += 1
    return bits


def _near(problem: Problem, groups: Integers, found: Found, bits: int) -> tuple[Problem, Table] | None:
    """Return the problem with affinities cut to what is near this optimum of coarser parts.

    None if that does not make it smaller, or where a cap on a pair meets colleagues of whom only one may be had: there
    the best of an institution are several, in parts.
    """
    if found.optimum.net.pair_capacity < found.optimum.net.unit and int(groups.max(initial=-1)) + 1 < len(groups):
        return None
    assert found.prices is not None
    prices: Integers = np.clip(found.prices, -(FARTHEST >> bits), FARTHEST >> bits) << bits
    view = _View(problem, found.allowed, groups, found.optimum, prices)
    distance = view.distance()
    if distance * 4 * LEAST_GAIN > spread(problem):
        return None
    affinity, allowed = view.cut(distance)
    return replace(problem, affinity=affinity), allowed


class _View:
    """Every pair as its dossier sees it at these prices: how much better or worse than the last it would take."""

    def __init__(self, problem: Problem, allowed: Table, groups: Integers, found: Optimum, prices: Integers) -> None:
        self.problem, self.allowed, self.groups, self.prices = problem, allowed, groups, prices
        self.net, self.flow = found.net, found.flow
        wanted = np.maximum(needs(problem) * found.net.unit, 1)
        self.last = -(-wanted // found.net.pair_capacity)  # which of its best is the last that a dossier takes
        self.shared = int(groups.max(initial=-1)) + 1 < len(groups)
        self.order = np.argsort(groups, kind="stable")
        self.starts = np.searchsorted(groups[self.order], distinct(groups))

    def values(self, block: slice) -> tuple[Integers, Integers]:
        """Return by how much the best of each institution beats the last taken, and who is how far behind that best.

        Without institutions everybody is the best of their own.
        """
        values = np.where(self.allowed[block], self.problem.affinity[block] + self.prices, BARRED)
        best, behind = values, np.zeros((1, 1), dtype=np.int64)
        if self.shared:
            best = np.maximum.reduceat(values[:, self.order], self.starts, axis=1)
            behind = best[:, self.groups] - values
        last = self.last[block] - 1
        ordered = np.partition(-best, distinct(last).tolist(), axis=1)  # among the least: equals there cost no time
        return best + np.take_along_axis(ordered, last[:, None], axis=1), behind

    def distance(self) -> int:
        """Return what the flow may lack of the optimum, in parts, and one more."""
        least, most = room(self.problem)
        loads, unit, capacity = self.flow.loads, self.net.unit, self.net.pair_capacity
        spare = np.where(self.prices > 0, loads - least * unit, most * unit - loads)
        lacking = float((np.abs(self.prices).astype(np.float64) * spare).sum())
        for block, here in zip(blocks(len(self.allowed)), within(self.net.rows, len(self.allowed)), strict=True):
            ahead, behind = self.values(block)
            rows, columns = self.net.rows[here] - block.start, self.net.columns[here]
            taken = np.zeros(ahead.shape, dtype=np.int64)
            carried = self.flow.carried[here]
            np.add.at(taken, (rows, self.groups[columns] if self.shared else columns), carried)
            lacking += _product(np.maximum(ahead, 0), capacity - taken) + _product(np.maximum(-ahead, 0), taken)
            if self.shared:
                lacking += _product(behind[rows, columns], carried)
        return int(lacking * MARGIN) + 1

    def cut(self, distance: int) -> tuple[Integers, Table]:
        """Return affinities in which nothing is further than this from its dossier's choice, and what may be chosen."""
        affinity, allowed = np.empty_like(self.problem.affinity), np.empty_like(self.allowed)
        prices = np.clip(self.prices, -distance, distance)
        for block in blocks(len(allowed)):
            ahead, behind = self.values(block)
            allowed[block] = (ahead[:, self.groups] if self.shared else ahead) >= -distance
            allowed[block] &= behind <= distance
            near = np.clip(ahead, -distance, distance)
            if self.shared:
                near = near[:, self.groups] - np.minimum(behind, distance)
            affinity[block] = near - prices
        return affinity, allowed


def _product(some: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    return float((some.astype(np.float64) * other).sum())
