"""Who reads what: the assignment of greatest affinity under loads, conflicts and one reviewer an institution."""

from scoring.assignment.affinity import keyword_affinity
from scoring.assignment.capped import CappedSolution, assign_capped
from scoring.assignment.exact import assign
from scoring.assignment.problem import MOST_BITS, SCALE, Problem, Solution

__all__ = ["MOST_BITS", "SCALE", "CappedSolution", "Problem", "Solution", "assign", "assign_capped", "keyword_affinity"]
