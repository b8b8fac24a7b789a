"""The optimum of a large problem from few of its pairs, proved on all of them.

Few reviewers are any good for a dossier, so the flow is first solved over the most promising pairs. Its optimum puts a
price on every reviewer's time. A pair that was left out belongs in only if it is worth more, at those prices, than what
the dossier has; where there is none the optimum of the few is the optimum of all, otherwise such pairs join and it is
solved again. Whole numbers throughout: what is proved is exact.

Among assignments of as much affinity the flow takes one of the smallest sum of squared loads: every reading costs what
it adds to that sum, and one part of affinity outweighs what a change can cost.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.flow import Flow, Pressure, Steps, all_pairs, network, solve, weighs_safely
from scoring.assignment.prices import Joining, Optimum, joining, prices_of
from scoring.assignment.problem import Integers, Problem, needs, room, standing
from scoring.assignment.promising import Pairs, Table, promising, together

FEW = 10_000  # pairs up to which all of them are solved at once
EACH = 2  # or so many for each reading, twice as many where several share it
ROUNDS = 60
SOME = 100  # reviewers up to whom loads are weighed one by one from the least on
NEARLY = 100  # dossiers: where loads could be evener for so few, chains of hand-overs do it sooner than a round
SKETCHED, OF_THEM, SKETCH_ROUNDS = 100_000, 2, 3  # pairs from which on prices are sketched from so many a reviewer


def optimum(
    problem: Problem,
    allowed: Table,
    groups: Integers,
    *,
    unit: int = 1,
    pair_capacity: int = 1,
    start: Iterable[Pairs] = (),
    even: bool = True,
) -> tuple[Optimum, Integers | None]:
    """Return the optimum over all `allowed` pairs, and the prices that prove it where not all of them were looked at.

    It is looked for among the pairs of the `start`, if there are any. Loads are weighed if they shall be `even`.
    """
    search = Search(problem, allowed, groups, unit, pair_capacity, even=even)
    each = EACH * min(-(-unit // pair_capacity), EACH)
    if np.count_nonzero(allowed) > max(FEW, each * int(needs(problem).sum())):
        pairs = together(len(groups), *start) if start else search.promising()
        found, prices, proved = search.run(pairs, ROUNDS)
        if proved:
            return found, prices
    return search.whole(), None


class Search:
    """What is known on the way to an optimum: around which loads to weigh readings, and whether all can be served."""

    def __init__(
        self, problem: Problem, allowed: Table, groups: Integers, unit: int, pair_capacity: int, *, even: bool
    ) -> None:
        self.problem, self.allowed, self.groups = problem, allowed, groups
        self.unit, self.pair_capacity = unit, pair_capacity
        self.squares = 0  # of loads, a round ago
        self.hard = 0  # nobody is known to be left over; somebody was, among few pairs; somebody must be
        self.steps = steps_around(problem) if even and unit == 1 else None

    def promising(self) -> Pairs:
        """Return the pairs to begin with."""
        n, m = self.allowed.shape
        prices = self._sketch(n // (OF_THEM * m)) if self.allowed.size > SKETCHED and n > 3 * OF_THEM * m else None
        return promising(self.problem, self.allowed, -(-self.unit // self.pair_capacity), prices)

    def _sketch(self, many: int) -> NDArray[np.float64]:
        """Return what reviewers' time may be worth, in parts of affinity, as one of so `many` dossiers tells."""
        some = slice(None, None, many)
        wanted = needs(self.problem)[some]
        each = int(wanted.max(initial=0))
        smaller = replace(
            self.problem,
            dossiers=self.problem.dossiers[some],
            affinity=self.problem.affinity[some],
            per_dossier=each,
            max_load=-(-self.problem.max_load // many),
            min_load=self.problem.min_load // many,
            fixed=(),
            already=dict(enumerate((each - wanted).tolist())),
            forbidden=(),
            blocked=None,
        )
        even = self.steps is not None
        search = Search(smaller, self.allowed[some], self.groups, self.unit, self.pair_capacity, even=even)
        pairs = promising(smaller, search.allowed, -(-self.unit // self.pair_capacity))
        found, prices, _proved = search.run(pairs, SKETCH_ROUNDS)
        return prices / found.weight

    def run(self, pairs: Pairs, rounds: int) -> tuple[Optimum, Integers, bool]:
        """Return the optimum found from these pairs, its prices, and whether so many rounds sufficed to prove it."""
        for _round in range(rounds):
            found = self._solved(pairs)
            prices, new = self._proof(found)
            lacking, narrow = self._lacks(found.flow), self._widen(found)
            if new.gaining:
                pairs = together(len(self.groups), pairs, new.pairs)
                self.hard = self.hard if lacking else 0
                if not lacking and not narrow and self._is_nearly(found, new):
                    plain = found._replace(steps=None, pressure=None)
                    prices_alone, better = self._proof(plain)
                    if not better.gaining:
                        return plain, prices_alone, True
            elif narrow:
                continue
            elif lacking and self.hard < 2:
                self._must_lack()
            else:
                return found, prices, True
        return found, prices, False

    def _is_nearly(self, found: Optimum, new: Joining) -> bool:
        """Return whether only loads may have to change, and not much: chains do that sooner than another round."""
        before, self.squares = self.squares, int((found.flow.loads**2).sum())
        readings = int(found.flow.loads.sum())
        few = new.gaining <= max(NEARLY, readings // 60) or 0 <= before - self.squares < readings // 30
        return few and new.most < found.weight

    def _proof(self, found: Optimum) -> tuple[Integers, Joining]:
        """Return the prices of an optimum, and pairs left out that are worth more at them."""
        prices = prices_of(self.problem, self.groups, found)
        return prices, joining(self.problem, self.allowed, self.groups, found, prices)

    def whole(self) -> Optimum:
        """Return the optimum of all pairs at once."""
        pairs = all_pairs(self.allowed)
        while True:
            found = self._solved(pairs)
            if self._widen(found):
                continue
            if self.hard == 2 or not self._lacks(found.flow):
                return found
            self._must_lack()

    def _solved(self, pairs: Pairs) -> Optimum:
        """Return the optimum of these pairs."""
        net = network(*pairs, self.groups, unit=self.unit, pair_capacity=self.pair_capacity)
        weight = self.steps.weight if self.steps else 1
        for hard in range(self.hard, 3):
            self.hard = hard
            pressure = (None, Pressure.gentle, Pressure.full)[hard]
            pressing = pressure(self.problem, weight) if pressure else None
            flow = solve(self.problem, net, self.steps, pressing)
            if flow is not None:
                return Optimum(net, flow, self.steps, pressing)
        raise RuntimeError("some flow always exists")

    def _widen(self, found: Optimum) -> bool:
        """Weigh readings by themselves around more loads, if these were near the edge; return whether they were."""
        if self.steps is None:
            return False
        self.steps = steps_around(self.problem, self.steps, found.flow.loads)
        return self.steps is not found.steps

    def _lacks(self, flow: Flow) -> bool:
        """Return whether a dossier lacks a reading, or a reviewer is below the least."""
        return bool(flow.unserved.any() or (flow.loads < room(self.problem)[0] * self.unit).any())

    def _must_lack(self) -> None:
        """From now on weigh what is lacking as much as it takes."""
        self.hard = 2
        if self.steps and not weighs_safely(self.problem, self.steps.weight, hard=True):
            self.steps = None


def steps_around(problem: Problem, before: Steps | None = None, loads: Integers | None = None) -> Steps | None:
    """Return between which loads to weigh every reading by itself: where loads are likely, or wider than `before`.

    It is the same object where they were wide enough for these `loads`; None where the solver could not reckon with it.
    """
    (least, most), held = room(problem), standing(problem)
    if before is None or loads is None:
        average = int(needs(problem).sum()) // max(len(held), 1)
        low = np.clip(average * 2 // 5 - 2, least, most) if len(held) > SOME else least
        high = np.clip(average * 7 // 5 + 6, low, most)
        greatest = int((held + high).max(initial=0))
    else:
        below, above = (loads <= before.low) & (before.low > least), (loads >= before.high) & (before.high < most)
        greatest = int((held + loads).max(initial=0))
        if not below.any() and not above.any() and before.weight >= 2 * greatest + 2:
            return before
        low = np.where(below, np.maximum(loads // 2 - 4, least), before.low)
        high = np.where(above, np.minimum(loads * 3 // 2 + 8, most), before.high)
        greatest = max(int((held + high).max(initial=0)), greatest)
    weight = 2 * greatest + 2
    return Steps(weight, low, high) if weighs_safely(problem, weight, hard=False) else None
