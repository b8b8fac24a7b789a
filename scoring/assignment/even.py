"""Among the assignments of greatest affinity, the one whose loads are most even.

Where a dossier suits two reviewers equally well, at the prices that prove the optimum, handing it over costs nothing.
A chain of such hand-overs from a reviewer to one with two dossiers fewer leaves the total as it is and the loads nearer
to each other. Where there is no such chain, no other optimum has a smaller sum of squared loads (with institutions a
chain that meets one dossier twice is left alone, so it may not be the smallest).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.pricing import Optimum, blocks
from scoring.assignment.problem import Integers, Problem, distinct, room, standing


def evened(problem: Problem, allowed: NDArray[np.bool_], groups: Integers, found: Optimum) -> tuple[Integers, Integers]:
    """Return the pairs of the optimum after all hand-overs that even the loads, in order of rows."""
    taken = found.flows[found.net.pairs] > 0
    pairs = found.net.rows[taken], found.net.columns[taken]
    if found.prices is None or np.ptp(standing(problem) + np.bincount(pairs[1], minlength=len(groups))) < 2:
        return pairs
    table = _HandOvers(problem, allowed, groups, found.prices, pairs)
    if not table.counts.any():
        return pairs
    table.settle()
    return table.pairs()


class _HandOvers:
    """Who could hand how many dossiers to whom at no cost, kept up while they change hands."""

    def __init__(
        self,
        problem: Problem,
        allowed: NDArray[np.bool_],
        groups: Integers,
        prices: Integers,
        pairs: tuple[Integers, Integers],
    ) -> None:
        self.affinity, self.allowed, self.groups, self.prices = problem.affinity, allowed, groups, prices
        rows, columns = pairs
        held = standing(problem)
        self.load: Integers = held + np.bincount(columns, minlength=len(groups))
        self.shared = len(distinct(groups)) < len(groups)
        least, most = room(problem)
        self.least, self.most = least + held, most + held
        self.holders: dict[int, list[int]] = {}
        self.of: list[dict[int, None]] = [{} for _reviewer in groups]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            self.holders.setdefault(row, []).append(column)
            self.of[column][row] = None
        self.counts = np.zeros((len(groups), len(groups)), dtype=np.int64)
        self._count(rows, columns)

    def _count(self, rows: Integers, columns: Integers) -> None:
        """Count all hand-overs that cost nothing."""
        if self.shared:
            for row in self.holders:
                self._add(row, 1)
            return
        m = len(self.groups)
        held = np.zeros(self.allowed.shape, dtype=np.bool_)
        held[rows, columns] = True
        for block in blocks(len(self.allowed)):
            worth = self.affinity[block] + self.prices
            here = (rows >= block.start) & (rows < block.stop)
            own, holder = rows[here] - block.start, columns[here]
            for part in blocks(len(own)):
                row, column = own[part], holder[part]
                equal = (worth[row] == worth[row, column][:, None]) & (self.allowed[block] & ~held[block])[row]
                at, to = np.nonzero(equal)
                self.counts += np.bincount(column[at] * m + to, minlength=m * m).reshape(m, m)

    def _takers(self, row: int, holder: int) -> NDArray[np.bool_]:
        """Return who could take a dossier from one of its holders at no cost."""
        worth = self.affinity[row] + self.prices
        found: NDArray[np.bool_] = (worth == worth[holder]) & self.allowed[row]
        for other in self.holders[row]:
            if self.shared and other != holder:
                found &= self.groups != self.groups[other]
            found[other] = False
        return found

    def _add(self, row: int, sign: int) -> None:
        for holder in self.holders[row]:
            self.counts[holder] += sign * self._takers(row, holder)

    def settle(self) -> None:
        """Hand over while it evens the loads, from the most loaded to the least loaded that a chain reaches."""
        done = np.zeros(len(self.load), dtype=np.bool_)  # nobody lighter is reached from these any more
        while True:
            givers = np.nonzero(~done & (self.load > self.least))[0]
            if not len(givers):
                return
            giver = int(givers[np.argmax(self.load[givers])])
            chain = self._chain(giver)
            if chain is None or not self._pass_on(chain):
                done[giver] = True
            else:
                done[:] = False

    def _chain(self, giver: int) -> list[int] | None:
        """Return the shortest chain from a reviewer to the least loaded it reaches, if two or more dossiers lighter."""
        lighter = (self.load <= self.load[giver] - 2) & (self.load < self.most) & (self.prices == self.prices[giver])
        if not lighter.any():
            return None
        before = np.full(len(self.load), -1)
        before[giver] = giver
        edge = np.array([giver])
        while len(edge):
            opened = self.counts[edge] > 0
            reached = opened.any(axis=0) & (before < 0)
            before[reached] = edge[np.argmax(opened[:, reached], axis=0)]
            edge = np.nonzero(reached)[0]
            if (goals := edge[lighter[edge]]).size:
                chain = [int(goals[np.argmin(self.load[goals])])]
                while chain[-1] != giver:
                    chain.append(int(before[chain[-1]]))
                return chain[::-1]
        return None

    def _pass_on(self, chain: list[int]) -> bool:
        """Hand a dossier on along each link of a chain; say whether that was possible."""
        moves = []
        for giver, taker in pairwise(chain):
            moves.append((next(row for row in self.of[giver] if self._takers(row, giver)[taker]), giver, taker))
        dossiers = {row for row, _giver, _taker in moves}
        if self.shared and len(dossiers) < len(moves):
            return False
        for row in sorted(dossiers):
            self._add(row, -1)
        for row, giver, taker in moves:
            self.holders[row].remove(giver)
            self.holders[row].append(taker)
            del self.of[giver][row]
            self.of[taker][row] = None
        for row in sorted(dossiers):
            self._add(row, 1)
        self.load[chain[0]] -= 1
        self.load[chain[-1]] += 1
        return True

    def pairs(self) -> tuple[Integers, Integers]:
        """Return who reads what now, in order of rows."""
        found = sorted((row, column) for row, columns in self.holders.items() for column in columns)
        rows, columns = np.asarray(found, dtype=np.int64).reshape(-1, 2).T
        return rows, columns
