"""The assignment of greatest total affinity, exactly. The same problem always gives the same answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from scoring.assignment.even import evened
from scoring.assignment.finely import Found, finely
from scoring.assignment.flow import require_whole
from scoring.assignment.prices import for_the_idle, prices_of
from scoring.assignment.problem import (
    Integers,
    Problem,
    Solution,
    allowed_pairs,
    diagnose,
    groups,
    needs,
    room,
    solution,
)
from scoring.assignment.promising import Pairs, Table


def assign(problem: Problem, *, leave_gaps: bool = False) -> Solution:
    """Return the assignment of greatest total affinity; among several, one of even loads.

    With `leave_gaps`, where a dossier cannot have all its readers, that of as many readings as there can be.

    Raises:
        AssignmentInfeasible: no assignment satisfies every rule; it says which rule, and how far it is from holding.
    """
    institutions = groups(problem)
    allowed = allowed_pairs(problem, institutions)
    if not leave_gaps:
        diagnose(problem, allowed, institutions)
    if not needs(problem).any() or not allowed.any():
        return solution(problem, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    least = room(problem)[0]
    if leave_gaps or not least.any():
        return _best(problem, allowed, institutions, leave_gaps=leave_gaps).solution
    # First as if nobody were promised anything: often everybody has enough, and if not, that tells what it costs.
    free = _best(replace(problem, min_load=0), allowed, institutions)
    if (np.bincount(free.pairs[1], minlength=len(least)) >= least).all():
        return free.solution
    start: list[Pairs] = []
    first, without = free.first, free.solution.worst
    if first.prices is not None:
        net = first.optimum.net
        at_least = replace(first.problem, min_load=problem.min_load)
        start = [(net.rows, net.columns), for_the_idle(at_least, allowed, first.optimum, first.prices)]
    del free, first  # tables as large as the problem's own
    held = _best(problem, allowed, institutions, start=start)
    return replace(held.solution, worst_without_least=without)


class _Best(NamedTuple):
    """The assignment of greatest affinity and most even loads, its pairs, and how it was first found."""

    solution: Solution
    pairs: Pairs
    first: Found


def _best(
    problem: Problem, allowed: Table, groups: Integers, *, leave_gaps: bool = False, start: Sequence[Pairs] = ()
) -> _Best:
    last, first, coarse = finely(problem, allowed, groups, leave_gaps=leave_gaps, start=start)
    net, flow = last.optimum.net, last.optimum.flow
    if not leave_gaps:
        require_whole(problem, net, flow)
    taken = flow.carried > 0
    pairs = net.rows[taken], net.columns[taken]
    if last.optimum.steps is None and not leave_gaps:  # then loads were not weighed to the end
        prices = prices_of(last.problem, groups, last.optimum) if last.prices is None else last.prices
        pairs = evened(last.problem, last.allowed, groups, pairs, prices)
    return _Best(replace(solution(problem, *pairs), coarse=coarse), pairs, first)
