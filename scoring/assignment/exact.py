"""The assignment of greatest total affinity, exactly. The same problem always gives the same answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from scoring.assignment.even import evened
from scoring.assignment.flow import require_whole
from scoring.assignment.prices import Optimum, for_the_idle
from scoring.assignment.pricing import optimum
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
        return solution(problem, *_best(problem, allowed, institutions, leave_gaps=leave_gaps).pairs)
    # First as if nobody were promised anything: often everybody has enough, and if not, that tells what it costs.
    free = _best(replace(problem, min_load=0), allowed, institutions)
    without = solution(problem, *free.pairs)
    if (np.bincount(free.pairs[1], minlength=len(least)) >= least).all():
        return without
    start: list[Pairs] = []
    if free.prices is not None:
        net = free.found.net
        start = [(net.rows, net.columns), for_the_idle(problem, allowed, free.found, free.prices)]
    held = _best(problem, allowed, institutions, start=start)
    return replace(solution(problem, *held.pairs), worst_without_least=without.worst)


class _Best(NamedTuple):
    """The pairs of the assignment of greatest affinity and most even loads, and how it was found and proved."""

    pairs: Pairs
    found: Optimum
    prices: Integers | None


def _best(
    problem: Problem, allowed: Table, groups: Integers, *, leave_gaps: bool = False, start: Sequence[Pairs] = ()
) -> _Best:
    found, prices = optimum(problem, allowed, groups, start=start)
    if not leave_gaps:
        require_whole(problem, found.net, found.flow)
    taken = found.flow.carried > 0
    pairs = found.net.rows[taken], found.net.columns[taken]
    if found.steps is None and prices is not None:  # then loads were not weighed to the end
        pairs = evened(problem, allowed, groups, pairs, prices)
    return _Best(pairs, found, prices)
