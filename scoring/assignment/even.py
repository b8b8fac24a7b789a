"""Among the assignments of greatest affinity, one whose loads are most even: none has a smaller sum of squared loads.

Where a dossier suits two reviewers equally well, at the prices that prove the optimum, handing it over costs nothing.
The assignments of greatest affinity are those made of such equals, so the most even one is again a flow, over equals
alone, in which the k-th dossier of a reviewer costs what it adds to the square of their load. Far from the loads as
they are these costs are drawn with a broad brush; it is solved again from the loads found until nothing is gained.
Where equals are many, the flow is first solved over some of them; others join while a chain of hand-overs through them
might lead from a reviewer to one with two dossiers fewer.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.flow import Arcs, cheapest
from scoring.assignment.pricing import NEVER, Optimum, blocks, lots
from scoring.assignment.problem import Integers, Problem, distinct, room, standing

MANY = 200_000  # equals up to which all of them are looked at together
SOME = 8  # equals a dossier that are looked at first, and that join in the first round; twice as many in the next
NEAR = 16  # dossiers more or fewer that are counted one by one; further off, by ever greater steps
NOBODY = -1  # as a load: nobody may give from here

Table = NDArray[np.bool_]


class _Equals(NamedTuple):
    """Pairs that may take part in an assignment of greatest affinity, in order of rows, and which of them are taken."""

    rows: Integers
    columns: Integers
    taken: Table


def evened(problem: Problem, allowed: Table, groups: Integers, found: Optimum) -> tuple[Integers, Integers]:
    """Return the pairs of the assignment of the most even loads among those of the optimum, in order of rows."""
    taken = found.flows[found.net.pairs] > 0
    pairs = found.net.rows[taken], found.net.columns[taken]
    if found.prices is None:
        return pairs
    loads = _Loads(problem, groups, found.prices, pairs)
    if not loads.uneven():
        return pairs
    loads.settle(problem.affinity, allowed, found.prices)
    return loads.pairs


class _Loads:
    """Who reads what, and how far each reviewer's load may change."""

    def __init__(self, problem: Problem, groups: Integers, prices: Integers, pairs: tuple[Integers, Integers]) -> None:
        self.groups, self.pairs, self.width = groups, pairs, int(groups.max(initial=0)) + 1
        self.count = len(problem.dossiers)
        self.held = standing(problem)
        least, most = room(problem)
        self.now: Integers = self.held + np.bincount(pairs[1], minlength=len(groups))
        # Whose time has a price has the same load in every optimum.
        self.least = np.where(prices == 0, least + self.held, self.now)
        self.most = np.where(prices == 0, most + self.held, self.now)

    def uneven(self) -> bool:
        """Say whether somebody has two dossiers more than another, and may have fewer, and the other more."""
        givers, takers = self.now[self.now > self.least], self.now[self.now < self.most]
        return bool(len(givers) and len(takers) and givers.max() - takers.min() >= 2)

    def settle(self, affinity: Integers, allowed: Table, prices: Integers) -> None:
        """Make the loads as even as they can be."""
        self._read(affinity, allowed, prices)
        equals, joining = self._first(), SOME
        while self.uneven():
            reached, of_dossier = self._reached(equals)
            if ((reached >= self.now + 2) & (self.now < self.most)).any():
                equals = self._solved(equals)
                continue
            others = self._joining(equals, reached, of_dossier, joining)
            if not len(others[0]):
                return
            equals, joining = self._with(equals, others), joining * 2

    def _read(self, affinity: Integers, allowed: Table, prices: Integers) -> None:
        """Find the equals of what every dossier has, and what every optimum gives it."""
        rows, columns = self.pairs
        worth = affinity[rows, columns] + prices[columns]
        self.bound = np.full(self.count, NEVER)
        np.minimum.at(self.bound, rows, worth)
        better = worth > self.bound[rows]
        # A dossier reads with this institution in every optimum: nobody outside it is worth as much.
        self.sure = distinct(rows[better] * self.width + self.groups[columns[better]])
        self.left = np.zeros(allowed.shape, dtype=np.bool_)  # equals that are not looked at yet
        for block in blocks(self.count):
            wanted = np.repeat(self.bound[block, None], self.width, axis=1)
            here = (rows >= block.start) & (rows < block.stop)
            wanted[rows[here] - block.start, self.groups[columns[here]]] = worth[here]
            self.left[block] = (affinity[block] + prices == wanted[:, self.groups]) & allowed[block]
        self.left[rows, columns] = False

    def _first(self) -> _Equals:
        """Return what is taken, and its equals; some of them where they are many."""
        taken = _Equals(*self.pairs, np.ones(len(self.pairs[0]), dtype=np.bool_))
        if int(self.left.sum()) <= MANY:
            rows, columns = np.nonzero(self.left)
        else:
            scores = (
                np.where(self.left[block], lots(self.left[block].shape, block.start), np.float32(NOBODY))
                for block in blocks(self.count)
            )
            rows, columns = _best(scores, SOME)
        return self._with(taken, (rows, columns))

    def _with(self, equals: _Equals, others: tuple[Integers, Integers]) -> _Equals:
        """Return the equals with others among them, which are not taken."""
        rows, columns = np.concatenate((equals.rows, others[0])), np.concatenate((equals.columns, others[1]))
        taken = np.concatenate((equals.taken, np.zeros(len(others[0]), dtype=np.bool_)))
        self.left[others] = False
        order = np.lexsort((columns, rows))
        return _Equals(rows[order], columns[order], taken[order])

    def _reached(self, equals: _Equals) -> tuple[Integers, Integers]:
        """Return the greatest load from which a chain of hand-overs leads to each reviewer, and to each dossier."""
        rows, columns, taken = equals
        keys = rows * self.width + self.groups[columns]
        gates, gate = np.unique(keys, return_inverse=True)
        holder = np.full(len(gates), NOBODY)
        holder[gate[taken]] = columns[taken]
        other = ~taken
        to, row, before = columns[other], rows[other], holder[gate[other]]  # who has the same institution's reading
        moving = taken & ~np.isin(keys, self.sure)
        reached: Integers = np.where(self.now > self.least, self.now, NOBODY)
        of_dossier: Integers = np.full(self.count, NOBODY)
        while True:
            np.maximum.at(of_dossier, rows[moving], reached[columns[moving]])
            further = reached.copy()
            np.maximum.at(further, to, np.where(before == NOBODY, of_dossier[row], reached[before]))
            if np.array_equal(further, reached):
                return reached, of_dossier
            reached = further

    def _joining(
        self, equals: _Equals, reached: Integers, of_dossier: Integers, many: int
    ) -> tuple[Integers, Integers]:
        """Return equals left out through which a chain from a greater load would reach somebody, the best of each."""
        if not self.left.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        held, holder = equals.rows[equals.taken], equals.columns[equals.taken]
        lighter = (reached.max() - reached).astype(np.float32)

        def scores() -> Iterator[NDArray[np.float32]]:
            for block in blocks(self.count):
                here = (held >= block.start) & (held < block.stop)
                giver = np.repeat(of_dossier[block, None], self.width, axis=1)
                giver[held[here] - block.start, self.groups[holder[here]]] = reached[holder[here]]
                joins = self.left[block] & (giver[:, self.groups] > reached)
                yield np.where(joins, lots(joins.shape, block.start) + lighter, np.float32(NOBODY))

        return _best(scores(), many)

    def _solved(self, equals: _Equals) -> _Equals:
        """Return the equals with those taken that even the loads."""
        rows, columns, taken = equals
        n, m = self.count, len(self.groups)
        keys = rows * self.width + self.groups[columns]
        sure = np.isin(keys, self.sure)
        gates, gate, size = np.unique(keys, return_inverse=True, return_counts=True)
        shared = size[gate] > 1
        open_ = (np.bincount(rows[~taken], minlength=n) > 0)[rows] & (shared | ~sure)
        doors, door = np.unique(gate[open_ & shared], return_inverse=True)
        node_of_reviewer, sink = n + np.arange(m), n + m
        supplies = np.zeros(sink + 1 + len(doors), dtype=np.int64)
        supplies[:n] = np.bincount(rows[open_ & taken & ~sure], minlength=n)
        arcs = Arcs()
        tails = rows.copy()
        tails[open_ & shared] = sink + 1 + door
        arcs.add(tails[open_], node_of_reviewer[columns[open_]], 1, 0)
        sure_doors = np.isin(gates[doors], self.sure)
        supplies[sink + 1 :] = sure_doors
        arcs.add(gates[doors[~sure_doors]] // self.width, sink + 1 + np.nonzero(~sure_doors)[0], 1, 0)
        base = self.now - np.bincount(columns[open_ & taken], minlength=m)
        lowest = np.maximum(self.least, base)
        supplies[n:sink] = base - lowest
        supplies[sink] = -supplies.sum()
        for lower, upper in self._steps(lowest):
            many = upper > lower
            arcs.add(
                node_of_reviewer[many], np.full(int(many.sum()), sink), (upper - lower)[many], (upper + lower)[many]
            )
        flows = cheapest(arcs, supplies)
        now = taken.copy()
        now[open_] = flows[: int(open_.sum())] > 0
        self.pairs = rows[now], columns[now]
        self.now = self.held + np.bincount(columns[now], minlength=m)
        return _Equals(rows, columns, now)

    def _steps(self, lowest: Integers) -> Iterator[tuple[Integers, Integers]]:
        """Yield each step of every reviewer's load, from and to; those far from the load as it is are wide."""
        span = max(int((self.most - lowest).max(initial=0)), 1)
        offsets = [*range(NEAR + 1)]
        while offsets[-1] < span:
            offsets.append(offsets[-1] * 2)
        for near, far in pairwise(offsets):
            yield np.minimum(self.now + near, self.most), np.minimum(self.now + far, self.most)
            yield np.maximum(self.now - far, lowest), np.maximum(self.now - near, lowest)


def _best(scores: Iterable[NDArray[np.float32]], many: int) -> tuple[Integers, Integers]:
    """Return the pairs of the greatest scores of each row, so many at most, of a table that comes part by part."""
    found, start = [np.zeros((2, 0), dtype=np.int64)], 0
    for part in scores:
        first = max(part.shape[1] - many, 0)
        columns = np.argpartition(part, first, axis=1)[:, first:]
        rows = np.repeat(np.arange(len(part)), columns.shape[1]).reshape(columns.shape)
        kept = part[rows, columns] > NOBODY
        found.append(np.stack((rows[kept] + start, columns[kept])))
        start += len(part)
    rows, columns = np.concatenate(found, axis=1)
    return rows, columns
