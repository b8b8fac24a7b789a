"""Among the assignments of greatest affinity, one whose loads are most even: none has a smaller sum of squared loads.

The flow is there or nearly so; this ends what would take it many rounds.

Where a dossier suits two reviewers equally well, at the prices that prove the optimum, handing it over costs nothing.
The assignments of greatest affinity are those made of such equals, so loads can be more even only by a chain of
hand-overs from a reviewer to one with two dossiers fewer. Whoever has most gives first. Where no chain leads from them
to anybody with two fewer, the loads of all whom their chains reach are settled: who gives later has no more dossiers,
and would gain by none of them. A set of reviewers is a number, and they are its bits.
"""

from itertools import pairwise

import numpy as np

from scoring.assignment.prices import NEVER, least_of_each
from scoring.assignment.problem import Integers, Problem, room, standing
from scoring.assignment.promising import Pairs, Table, blocks, within


def evened(problem: Problem, allowed: Table, groups: Integers, pairs: Pairs, prices: Integers) -> Pairs:
    """Return the pairs of the assignment of the most even loads among those as good as `pairs`, in order of rows.

    They are an optimum, which these prices prove.
    """
    loads = _Loads(problem, prices, pairs[1])
    if loads.next_giver() is None:
        return pairs
    readings = _Readings(problem, allowed, groups, prices, pairs)
    while (giver := loads.next_giver()) is not None:
        came_from = readings.chains(giver, loads.unsettled, loads.poorest)
        taker = loads.best_taker(giver, came_from)
        if taker is None:
            loads.settle(came_from)
        else:
            readings.hand_over(came_from, taker)
            loads.move(giver, taker)
    return readings.pairs()


class _Loads:
    """How many dossiers everybody has, how far that may change, and whose loads are settled."""

    def __init__(self, problem: Problem, prices: Integers, columns: Integers) -> None:
        held = standing(problem)
        least, most = room(problem)
        self.now: Integers = held + np.bincount(columns, minlength=len(held))
        # Whose time has a price has the same load in every optimum.
        self.least = np.where(prices == 0, least + held, self.now)
        self.most = np.where(prices == 0, most + held, self.now)
        self.open = np.ones(len(held), dtype=np.bool_)
        self.unsettled = self.poorest = _bits(self.open)

    def next_giver(self) -> int | None:
        """Return who has most of those who may have fewer, while there is somebody with two fewer who may have more."""
        givers = np.where(self.open & (self.now > self.least), self.now, -NEVER)
        takers = np.where(self.open & (self.now < self.most), self.now, NEVER)
        giver, fewest = int(givers.argmax()), takers.min()
        self.poorest = _bits(takers == fewest)
        return giver if givers[giver] >= fewest + 2 else None

    def best_taker(self, giver: int, reached: dict[int, int]) -> int | None:
        """Return who has fewest of those reached who may have more, if that is two fewer than the giver has."""
        some = np.fromiter(reached, dtype=np.int64, count=len(reached))
        loads = np.where(self.now[some] < self.most[some], self.now[some], NEVER)
        best = int(loads.argmin())
        return int(some[best]) if loads[best] + 2 <= self.now[giver] else None

    def move(self, giver: int, taker: int) -> None:
        """Count a dossier for one reviewer instead of another."""
        self.now[giver] -= 1
        self.now[taker] += 1

    def settle(self, reached: dict[int, int]) -> None:
        """Leave the loads of those reached as they are."""
        self.open[list(reached)] = False
        self.unsettled = _bits(self.open)


class _Readings:
    """Who reads what, and to whom everybody could hand a dossier over at no cost."""

    def __init__(self, problem: Problem, allowed: Table, groups: Integers, prices: Integers, pairs: Pairs) -> None:
        self.rows, self.columns = pairs
        alone = np.arange(len(groups))
        self.colleagues = [1 << one for one in alone.tolist()]
        if int(groups.max(initial=-1)) + 1 < len(groups):
            self.colleagues = [_bits(groups == group) for group in groups]
        self.equals: dict[int, int] = {}  # of dossiers that could be read by others as well
        self.sure: dict[int, int] = {}
        self._read(problem.affinity, prices, allowed, groups)
        self.readers: dict[int, set[int]] = {dossier: set() for dossier in self.equals}
        self.held: list[set[int]] = [set() for _reviewer in groups]
        for dossier, reviewer in zip(self.rows.tolist(), self.columns.tolist(), strict=True):
            if dossier in self.equals:
                self.readers[dossier].add(reviewer)
                self.held[reviewer].add(dossier)
        self.free = {dossier: self._free(dossier) for dossier in self.equals}
        self.onward: list[int | None] = [None] * len(groups)

    def _read(self, affinity: Integers, prices: Integers, allowed: Table, groups: Integers) -> None:
        """Find who is worth as much to each dossier as what it has, and whose institution it has in every optimum."""
        rows, columns = self.rows, self.columns
        worth = affinity[rows, columns] + prices[columns]
        bound = least_of_each(rows, worth, len(affinity))
        width = int(groups.max(initial=-1)) + 1
        for block, here in zip(blocks(len(affinity)), within(rows, len(affinity)), strict=True):
            wanted = bound[block, None]
            if width < len(groups):
                wanted = np.repeat(wanted, width, axis=1)
                wanted[rows[here] - block.start, groups[columns[here]]] = worth[here]
                wanted = wanted[:, groups]
            equal = (affinity[block] + prices == wanted) & allowed[block]
            own = np.zeros_like(equal)
            own[rows[here] - block.start, columns[here]] = True
            others = np.nonzero((equal & ~own).any(axis=1))[0]
            found = np.packbits(equal[others], axis=1, bitorder="little")
            for dossier, some in zip((others + block.start).tolist(), found, strict=True):
                self.equals[dossier] = int.from_bytes(some.tobytes(), "little")
        better = worth > bound[rows]  # nobody outside the institution is worth as much
        for dossier, reviewer in zip(rows[better].tolist(), columns[better].tolist(), strict=True):
            self.sure[dossier] = self.sure.get(dossier, 0) | self.colleagues[reviewer]

    def _free(self, dossier: int) -> int:
        """Return who could read a dossier as well, and is of no institution that reads it."""
        found = self.equals[dossier]
        for reviewer in self.readers[dossier]:
            found &= ~self.colleagues[reviewer]
        return found

    def _to(self, reviewer: int, dossier: int) -> int:
        """Return to whom a reviewer could hand over a dossier."""
        free = 0 if self.sure.get(dossier, 0) >> reviewer & 1 else self.free[dossier]
        return free | (self.equals[dossier] & self.colleagues[reviewer])

    def _onward(self, reviewer: int) -> int:
        """Return to whom a reviewer could hand over any dossier."""
        found = self.onward[reviewer]
        if found is None:
            found, own = 0, self.colleagues[reviewer]
            for dossier in self.held[reviewer]:  # as `_to` says, which is asked too often to be called
                found |= self.equals[dossier] & own
                if dossier not in self.sure or not self.sure[dossier] >> reviewer & 1:
                    found |= self.free[dossier]
            self.onward[reviewer] = found
        return found

    def chains(self, giver: int, among: int, until: int) -> dict[int, int]:
        """Return the reviewers to whom shortest chains lead, each with who hands over to them; all, or `until` one."""
        came_from, line, unseen = {giver: giver}, [giver], among & ~(1 << giver)
        for one in line:
            new = self._onward(one) & unseen
            unseen ^= new
            found = new & until
            while new:
                last = new.bit_length() - 1
                new ^= 1 << last
                came_from[last] = one
                line.append(last)
            if found:
                break
        return came_from

    def hand_over(self, came_from: dict[int, int], taker: int) -> None:
        """Hand over a dossier at each link of the chain that leads to this reviewer."""
        chain = [taker]
        while came_from[chain[-1]] != chain[-1]:
            chain.append(came_from[chain[-1]])
        moves = []
        for to, giver in pairwise(chain):
            moves.append((giver, to, next(one for one in self.held[giver] if self._to(giver, one) >> to & 1)))
        for giver, to, dossier in moves:
            self.held[giver].remove(dossier)
            self.held[to].add(dossier)
            self.readers[dossier].remove(giver)
            self.readers[dossier].add(to)
            self.free[dossier] = self._free(dossier)
        for reviewer in {*chain, *(one for _giver, _to, dossier in moves for one in self.readers[dossier])}:
            self.onward[reviewer] = None

    def pairs(self) -> Pairs:
        """Return the pairs as they are now, in order of rows."""
        stay = ~np.isin(self.rows, np.fromiter(self.readers, dtype=np.int64, count=len(self.readers)))
        moved = [(dossier, one) for dossier, some in self.readers.items() for one in some]
        rows, columns = np.concatenate((np.stack((self.rows[stay], self.columns[stay])), np.array(moved).T), axis=1)
        order = np.lexsort((columns, rows))
        return rows[order], columns[order]


def _bits(members: Table) -> int:
    """Return a set as a number."""
    return int.from_bytes(np.packbits(members, bitorder="little").tobytes(), "little")
