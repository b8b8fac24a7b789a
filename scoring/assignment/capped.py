"""An assignment nobody can count on: no pair is more likely than a cap, and the draw is fixed by a committed seed.

Whoever wants to review a friend's dossier, and says so by their keywords, is kept from it with probability 1 − Q.
First the probabilities of greatest expected affinity under the cap are found, exactly, as a flow in parts of one
reading; then one assignment is drawn whose every pair has exactly that probability, by pushing flow around cycles of
uncertain arcs until none is left (dependent rounding). Loads stay between the whole numbers around their expectation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.exact import assign
from scoring.assignment.finely import finely
from scoring.assignment.flow import Network, require_whole
from scoring.assignment.problem import (
    Integers,
    Problem,
    Solution,
    allowed_pairs,
    diagnose,
    groups,
    in_groups,
    needs,
    solution,
)
from scoring.errors import AssignmentInfeasible, CapCollides, CapTooTight


@dataclass(frozen=True, slots=True)
class CappedSolution:
    """The drawn assignment, each pair's probability (dossier, reviewer), and the expected total affinity."""

    drawn: Solution
    probabilities: dict[tuple[str, str], Fraction]
    expected: Fraction


def assign_capped(problem: Problem, cap: Fraction, seed: str) -> CappedSolution:
    """Return an assignment drawn with `seed` in which no pair is more likely than `cap`.

    Raises:
        AssignmentInfeasible: no probabilities satisfy every rule under the cap.
        ValueError: the cap is not above nought and at most one.
    """
    if not 0 < cap <= 1:
        raise ValueError("a cap is a probability above nought")
    institutions = groups(problem)
    allowed = allowed_pairs(problem, institutions)
    diagnose(problem, allowed, institutions)
    _refuse_tight(problem, allowed, institutions, cap)
    if not needs(problem).any():
        nothing = np.zeros(0, dtype=np.int64)
        return CappedSolution(solution(problem, nothing, nothing), {}, Fraction(0))
    last, _first, coarse = finely(problem, allowed, institutions, unit=cap.denominator, pair_capacity=cap.numerator)
    net, likely = last.optimum.net, last.optimum.flow.carried
    try:
        require_whole(problem, net, last.optimum.flow)
    except AssignmentInfeasible as refusal:
        assign(problem)  # which refuses what cannot be without a cap either
        raise CapCollides(**refusal.parameters) from None
    worth = problem.affinity[net.rows, net.columns]
    probabilities = {
        (problem.dossiers[row], problem.reviewers[column]): Fraction(int(part), net.unit)
        for row, column, part in zip(net.rows, net.columns, likely, strict=True)
        if part
    }
    taken = _draw(problem, net, likely, _numbers(seed))
    return CappedSolution(
        replace(solution(problem, net.rows[taken], net.columns[taken]), coarse=coarse),
        probabilities,
        Fraction(sum(part * units for part, units in zip(worth.tolist(), likely.tolist(), strict=True)), net.unit),
    )


def _refuse_tight(problem: Problem, allowed: NDArray[np.bool_], institutions: Integers, cap: Fraction) -> None:
    """Refuse by name a cap under which some dossier cannot gather its readings."""
    wanted = needs(problem)
    if int(institutions.max(initial=-1)) + 1 == len(institutions):
        parts = np.count_nonzero(allowed, axis=1) * cap.numerator
    else:
        sizes = in_groups(allowed, institutions)
        parts = np.minimum(sizes.astype(np.int64) * cap.numerator, cap.denominator).sum(axis=1)
    for index in np.nonzero(parts < wanted * cap.denominator)[0][:1]:
        reach = Fraction(int(parts[index]), cap.denominator)
        raise CapTooTight(
            needed=int(wanted[index]),
            available=_decimal(reach),
            missing=_decimal(int(wanted[index]) - reach),
            dossiers=problem.dossiers[index],
        )


def _decimal(value: Fraction) -> str:
    """Return a number for reading: whole where it is, never so rounded that what is missing looks like nothing."""
    return f"{float(value):.12g}"


def _numbers(seed: str) -> Iterator[int]:
    """Yield numbers that anybody recomputes from the seed: SHA-256 of it and a count."""
    import hashlib  # local: OpenSSL is slow to load, and only a draw needs it

    count = 0
    while True:
        yield int.from_bytes(hashlib.sha256(f"{seed}:{count}".encode()).digest())
        count += 1


def _draw(problem: Problem, net: Network, likely: Integers, numbers: Iterator[int]) -> NDArray[np.bool_]:
    """Return which pairs are drawn: every arc's expected flow is kept exactly, and ends whole."""
    n, m = len(problem.dossiers), len(problem.reviewers)
    gated = net.gate_of_pair >= 0
    gates, sink = n + m + 1 + np.arange(len(net.gates)), n + m
    through = np.bincount(net.gate_of_pair[gated], weights=likely[gated], minlength=len(gates)).astype(np.int64)
    loads = np.bincount(net.columns, weights=likely, minlength=m).astype(np.int64)
    tails = np.concatenate((net.gates, np.where(gated, n + m + 1 + net.gate_of_pair, net.rows), n + np.arange(m)))
    heads = np.concatenate((gates, n + net.columns, np.full(m, sink)))
    flows = np.concatenate((through, likely, loads))
    rounding = _Rounding(net.unit, flows.tolist(), tails.tolist(), heads.tolist(), numbers)
    rounding.settle(np.nonzero(flows % net.unit)[0].tolist())
    return np.asarray(rounding.flows, dtype=np.int64)[len(gates) : len(gates) + len(likely)] > 0


class _Rounding:
    """The arcs that are not whole yet, and the walk along them."""

    def __init__(self, unit: int, flows: list[int], tails: list[int], heads: list[int], numbers: Iterator[int]) -> None:
        self.unit, self.flows, self.tails, self.heads, self.numbers = unit, flows, tails, heads, numbers
        self.at: dict[int, dict[int, None]] = {}  # open arcs by node; a dict keeps their order, a set would not

    def settle(self, arcs: list[int]) -> None:
        """Make every one of `arcs` whole."""
        for arc in arcs:
            for node in (self.tails[arc], self.heads[arc]):
                self.at.setdefault(node, {})[arc] = None
        for start in list(self.at):
            while self.at[start]:
                self._walk(start)

    def _walk(self, start: int) -> None:
        """Follow open arcs from a node until it has none left, settling each cycle that closes on the way."""
        path, nodes, seen = list[int](), [start], {start: 0}
        while True:
            node = nodes[-1]
            arc = next((one for one in self.at[node] if not path or one != path[-1]), None)
            if arc is None:
                return  # flow is conserved, so a walk only ends where it began, with nothing left open there
            path.append(arc)
            there = self.heads[arc] if self.tails[arc] == node else self.tails[arc]
            if there not in seen:
                seen[there] = len(nodes)
                nodes.append(there)
                continue
            first = seen[there]
            self._push(nodes[first:], path[first:])
            for gone in nodes[first + 1 :]:
                del seen[gone]
            del nodes[first + 1 :], path[first:]

    def _push(self, nodes: list[int], cycle: list[int]) -> None:
        """Send flow around a cycle one way or the other, so that each arc's expectation stays and one becomes whole."""
        onward = [self.tails[arc] == node for node, arc in zip(nodes, cycle, strict=True)]
        parts = [self.flows[arc] % self.unit for arc in cycle]
        up = min(self.unit - part if with_it else part for part, with_it in zip(parts, onward, strict=True))
        down = min(part if with_it else self.unit - part for part, with_it in zip(parts, onward, strict=True))
        step = up if next(self.numbers) % (up + down) < down else -down
        for arc, with_it in zip(cycle, onward, strict=True):
            self.flows[arc] += step if with_it else -step
            if self.flows[arc] % self.unit == 0:
                del self.at[self.tails[arc]][arc]
                del self.at[self.heads[arc]][arc]
