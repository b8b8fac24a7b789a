"""Who reads what: the assignment of greatest affinity under loads, conflicts and one reviewer an institution.

Exact, by min-cost flow: source → dossier → (dossier, institution) → reviewer → sink.
The same problem always gives the same answer.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from scoring.errors import MinimumLoadUnreachable, RulesCollide, TooFewReviewers, TooManyConflicts

SCALE = 10_000
"""Affinities are fractions of one, kept as integers of this many parts so that the optimum is exact."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Problem:
    """What to assign. `affinity[d][r]` is in 0…SCALE; `forbidden` holds (dossier, reviewer) index pairs.

    `institutions[r]` is an opaque key or None; with `one_per_institution` no dossier gets two reviewers of one key.
    """

    dossiers: Sequence[str]
    reviewers: Sequence[str]
    affinity: Integers
    per_dossier: int
    max_load: int
    min_load: int = 0
    forbidden: Collection[tuple[int, int]] = ()
    institutions: Sequence[str | None] = ()
    one_per_institution: bool = True


@dataclass(frozen=True, slots=True)
class Solution:
    """The assignment found: pairs (dossier, reviewer), the dossier served worst, loads. Affinity in parts of SCALE."""

    pairs: tuple[tuple[str, str], ...]
    objective: int
    mean: float
    worst: tuple[str, int] | None
    loads: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Network:
    tails: list[Integers] = field(default_factory=list)
    heads: list[Integers] = field(default_factory=list)
    capacities: list[Integers] = field(default_factory=list)
    costs: list[Integers] = field(default_factory=list)

    def add(self, tails: Integers, heads: Integers, capacity: int, costs: Integers | int) -> None:
        """Append one arc for each pair of ends."""
        self.tails.append(tails)
        self.heads.append(heads)
        self.capacities.append(np.full(len(tails), capacity, dtype=np.int64))
        self.costs.append(np.broadcast_to(np.asarray(costs, dtype=np.int64), len(tails)))


def assign(problem: Problem) -> Solution:
    """Return the assignment of greatest total affinity.

    Raises:
        AssignmentInfeasible: no assignment satisfies every rule; it says which rule, and how far it is from holding.
    """
    if not problem.dossiers:
        return Solution((), 0, 0.0, None, dict.fromkeys(problem.reviewers, 0))
    allowed = _allowed(problem)
    _diagnose(problem, allowed)
    network, rows, columns = _network(problem, allowed)
    flows = _solve(problem, network)
    taken = flows[-_tail_arcs(problem) - len(rows) : -_tail_arcs(problem)] > 0
    return _solution(problem, rows[taken], columns[taken])


def _allowed(problem: Problem) -> NDArray[np.bool_]:
    allowed = np.ones((len(problem.dossiers), len(problem.reviewers)), dtype=np.bool_)
    for dossier, reviewer in problem.forbidden:
        allowed[dossier, reviewer] = False
    return allowed


def _groups(problem: Problem) -> Integers:
    """Return each reviewer's institution as a number; one without institution is alone in its own."""
    if not problem.one_per_institution or not problem.institutions:
        return np.arange(len(problem.reviewers), dtype=np.int64)
    numbers: dict[str, int] = {}
    groups = []
    for index, key in enumerate(problem.institutions):
        groups.append(numbers.setdefault(f"alone {index}" if key is None else f"key {key}", len(numbers)))
    return np.asarray(groups, dtype=np.int64)


def _diagnose(problem: Problem, allowed: NDArray[np.bool_]) -> None:
    """Refuse by name what can be seen without solving."""
    needed = len(problem.dossiers) * problem.per_dossier
    capacity = len(problem.reviewers) * problem.max_load
    if capacity < needed:
        raise TooFewReviewers(needed=needed, available=capacity, missing=needed - capacity, dossiers="")
    if len(problem.reviewers) * problem.min_load > needed:
        least = len(problem.reviewers) * problem.min_load
        raise MinimumLoadUnreachable(needed=least, available=needed, missing=least - needed, dossiers="")
    groups = _groups(problem)
    short: list[str] = []
    worst = problem.per_dossier
    for dossier, row in enumerate(allowed):
        institutions = len(np.unique(groups[row]))
        if institutions < problem.per_dossier:
            short.append(problem.dossiers[dossier])
            worst = min(worst, institutions)
    if short:
        raise TooManyConflicts(
            needed=problem.per_dossier,
            available=worst,
            missing=problem.per_dossier - worst,
            dossiers=", ".join(short[:10]),
        )


def _network(problem: Problem, allowed: NDArray[np.bool_]) -> tuple[_Network, Integers, Integers]:
    """Return the arcs (pair arcs just before the reviewers' own) and the pair arcs' dossiers and reviewers."""
    n, m = len(problem.dossiers), len(problem.reviewers)
    rows, columns = (part.astype(np.int64) for part in np.nonzero(allowed))
    groups = _groups(problem)
    shared = np.bincount(groups)[groups] > 1
    dossier_nodes, reviewer_nodes = 1 + np.arange(n), 1 + n + np.arange(m)
    sink = 1 + n + m
    network = _Network()
    network.add(np.zeros(n, dtype=np.int64), dossier_nodes, problem.per_dossier, 0)
    tails = dossier_nodes[rows]
    gated = shared[columns]
    keys = rows[gated] * (int(groups.max(initial=0)) + 1) + groups[columns[gated]]
    gates, inverse = np.unique(keys, return_inverse=True)
    gate_nodes = sink + 1 + np.arange(len(gates))
    network.add(dossier_nodes[gates // (int(groups.max(initial=0)) + 1)], gate_nodes, 1, 0)
    tails = tails.copy()
    tails[gated] = gate_nodes[inverse]
    network.add(tails, reviewer_nodes[columns], 1, SCALE - problem.affinity[rows, columns])
    reward = (n * problem.per_dossier + 1) * SCALE  # more than any rearrangement of affinities can weigh
    network.add(reviewer_nodes, np.full(m, sink), problem.min_load, -reward)
    network.add(reviewer_nodes, np.full(m, sink), problem.max_load - problem.min_load, 0)
    return network, rows, columns


def _tail_arcs(problem: Problem) -> int:
    return 2 * len(problem.reviewers)


def _solve(problem: Problem, network: _Network) -> Integers:
    """Return the flow on every arc of the optimum, or refuse."""
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(network.tails),
        np.concatenate(network.heads),
        np.concatenate(network.capacities),
        np.concatenate(network.costs),
    )
    wanted = len(problem.dossiers) * problem.per_dossier
    flow.set_node_supply(0, wanted)
    flow.set_node_supply(1 + len(problem.dossiers) + len(problem.reviewers), -wanted)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver answered {status}")
    flows: Integers = np.asarray(flow.flows(arcs), dtype=np.int64)
    served = flows[: len(problem.dossiers)]
    if int(served.sum()) < wanted:
        short = [problem.dossiers[index] for index in np.nonzero(served < problem.per_dossier)[0][:10]]
        raise RulesCollide(
            needed=wanted,
            available=int(served.sum()),
            missing=wanted - int(served.sum()),
            dossiers=", ".join(short),
        )
    least = flows[-_tail_arcs(problem) : -len(problem.reviewers)]
    missing = len(problem.reviewers) * problem.min_load - int(least.sum())
    if missing:
        raise MinimumLoadUnreachable(
            needed=len(problem.reviewers) * problem.min_load,
            available=int(least.sum()),
            missing=missing,
            dossiers="",
        )
    return flows


def _solution(problem: Problem, rows: Integers, columns: Integers) -> Solution:
    worth = problem.affinity[rows, columns]
    served = np.bincount(rows, weights=worth, minlength=len(problem.dossiers)).astype(np.int64)
    worst = int(np.argmin(served))
    loads = Counter(int(column) for column in columns)
    return Solution(
        pairs=tuple(
            (problem.dossiers[row], problem.reviewers[column]) for row, column in zip(rows, columns, strict=True)
        ),
        objective=int(worth.sum()),
        mean=float(worth.mean()),
        worst=(problem.dossiers[worst], int(served[worst])),
        loads={reviewer: loads[index] for index, reviewer in enumerate(problem.reviewers)},
    )


def keyword_affinity(dossiers: Sequence[Collection[str]], reviewers: Sequence[Collection[str]]) -> Integers:
    """Return how far each reviewer's declared keywords cover each dossier's, in parts of SCALE.

    Declared keywords only: nobody bids for dossiers. A dossier without keywords suits everyone equally, at nought.
    """
    words = sorted({word for group in (*dossiers, *reviewers) for word in group})
    index = {word: number for number, word in enumerate(words)}

    def matrix(groups: Sequence[Collection[str]]) -> Integers:
        table = np.zeros((len(groups), max(len(words), 1)), dtype=np.int64)
        for row, group in enumerate(groups):
            for word in group:
                table[row, index[word]] = 1
        return table

    wanted = matrix(dossiers)
    shared: Integers = wanted @ matrix(reviewers).T
    sizes = np.maximum(wanted.sum(axis=1), 1)[:, None]
    result: Integers = shared * SCALE // sizes
    return result
