"""The assignment of greatest total affinity, exactly. The same problem always gives the same answer."""

import numpy as np

from scoring.assignment.even import evened
from scoring.assignment.flow import require_whole
from scoring.assignment.pricing import optimum
from scoring.assignment.problem import Problem, Solution, allowed_pairs, diagnose, groups, needs, solution


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
    found = optimum(problem, allowed, institutions)
    if not leave_gaps:
        require_whole(problem, found.net, found.flows)
    return solution(problem, *evened(problem, allowed, institutions, found))
