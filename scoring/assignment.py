"""Who reads what: the assignment of greatest affinity under loads, conflicts and one reviewer an institution.

Exact, by min-cost flow: source → dossier → (dossier, institution) → reviewer → sink.
The same problem always gives the same answer.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
    `fixed` pairs stand already: they count for every rule and are not part of the answer. `already[d]` counts a
    dossier's reviews by people who have since left.
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
    fixed: Collection[tuple[int, int]] = ()
    already: Mapping[int, int] = field(default_factory=dict)


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

    def add(self, tails: Integers, heads: Integers, capacities: Integers | int, costs: Integers | int) -> None:
        """Append one arc for each pair of ends."""
        self.tails.append(tails)
        self.heads.append(heads)
        self.capacities.append(np.broadcast_to(np.asarray(capacities, dtype=np.int64), len(tails)))
        self.costs.append(np.broadcast_to(np.asarray(costs, dtype=np.int64), len(tails)))


def assign(problem: Problem) -> Solution:
    """Return the assignment of greatest total affinity.

    Raises:
        AssignmentInfeasible: no assignment satisfies every rule; it says which rule, and how far it is from holding.
    """
    groups = _groups(problem)
    allowed = _allowed(problem, groups)
    _diagnose(problem, allowed, groups)
    if not _needs(problem).any():
        return _solution(problem, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    network, rows, columns = _network(problem, allowed, groups)
    flows = _solve(problem, network)
    taken = flows[-_tail_arcs(problem) - len(rows) : -_tail_arcs(problem)] > 0
    return _solution(problem, rows[taken], columns[taken])


def _needs(problem: Problem) -> Integers:
    """Return how many reviewers each dossier still needs."""
    held = Counter(dossier for dossier, _reviewer in problem.fixed)
    needs = [
        max(0, problem.per_dossier - held[dossier] - problem.already.get(dossier, 0))
        for dossier in range(len(problem.dossiers))
    ]
    return np.asarray(needs, dtype=np.int64)


def _room(problem: Problem) -> tuple[Integers, Integers]:
    """Return each reviewer's least and greatest number of further dossiers."""
    held = Counter(reviewer for _dossier, reviewer in problem.fixed)
    loads = np.asarray([held[reviewer] for reviewer in range(len(problem.reviewers))], dtype=np.int64)
    least: Integers = np.maximum(problem.min_load - loads, 0)
    most: Integers = np.maximum(problem.max_load - loads, least)
    return least, most


def _allowed(problem: Problem, groups: Integers) -> NDArray[np.bool_]:
    allowed = np.ones((len(problem.dossiers), len(problem.reviewers)), dtype=np.bool_)
    for dossier, reviewer in problem.forbidden:
        allowed[dossier, reviewer] = False
    for dossier, reviewer in problem.fixed:
        allowed[dossier, groups == groups[reviewer]] = False
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


def _diagnose(problem: Problem, allowed: NDArray[np.bool_], groups: Integers) -> None:
    """Refuse by name what can be seen without solving."""
    needs = _needs(problem)
    least, most = _room(problem)
    needed, capacity = int(needs.sum()), int(most.sum())
    if capacity < needed:
        raise TooFewReviewers(needed=needed, available=capacity, missing=needed - capacity, dossiers="")
    if int(least.sum()) > needed:
        missing = int(least.sum()) - needed
        raise MinimumLoadUnreachable(needed=int(least.sum()), available=needed, missing=missing, dossiers="")
    short: list[tuple[int, str]] = []
    for dossier, row in enumerate(allowed):
        institutions = len(np.unique(groups[row]))
        if institutions < needs[dossier]:
            short.append((int(needs[dossier]) - institutions, problem.dossiers[dossier]))
    if short:
        missing = max(gap for gap, _label in short)
        raise TooManyConflicts(
            needed=problem.per_dossier,
            available=problem.per_dossier - missing,
            missing=missing,
            dossiers=", ".join(label for _gap, label in short[:10]),
        )


def _network(problem: Problem, allowed: NDArray[np.bool_], groups: Integers) -> tuple[_Network, Integers, Integers]:
    """Return the arcs (pair arcs just before the reviewers' own) and the pair arcs' dossiers and reviewers."""
    n, m = len(problem.dossiers), len(problem.reviewers)
    rows, columns = (part.astype(np.int64) for part in np.nonzero(allowed))
    dossier_nodes, reviewer_nodes, sink = 1 + np.arange(n), 1 + n + np.arange(m), 1 + n + m
    network = _Network()
    network.add(np.zeros(n, dtype=np.int64), dossier_nodes, _needs(problem), 0)
    # Reviewers who share an institution are reached through one gate a dossier, which lets a single one through.
    gated = (np.bincount(groups)[groups] > 1)[columns]
    width = int(groups.max(initial=0)) + 1
    gates, gate_of_pair = np.unique(rows[gated] * width + groups[columns[gated]], return_inverse=True)
    gate_nodes = sink + 1 + np.arange(len(gates))
    network.add(dossier_nodes[gates // width], gate_nodes, 1, 0)
    tails = dossier_nodes[rows]
    tails[gated] = gate_nodes[gate_of_pair]
    network.add(tails, reviewer_nodes[columns], 1, SCALE - problem.affinity[rows, columns])
    least, most = _room(problem)
    reward = (n * problem.per_dossier + 1) * SCALE  # more than any rearrangement of affinities can weigh
    network.add(reviewer_nodes, np.full(m, sink), least, -reward)
    network.add(reviewer_nodes, np.full(m, sink), most - least, 0)
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
    needs = _needs(problem)
    wanted = int(needs.sum())
    flow.set_node_supply(0, wanted)
    flow.set_node_supply(1 + len(problem.dossiers) + len(problem.reviewers), -wanted)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver answered {status}")
    flows: Integers = np.asarray(flow.flows(arcs), dtype=np.int64)
    served = flows[: len(problem.dossiers)]
    missing = wanted - int(served.sum())
    if missing:
        short = [problem.dossiers[index] for index in np.nonzero(served < needs)[0][:10]]
        raise RulesCollide(needed=wanted, available=wanted - missing, missing=missing, dossiers=", ".join(short))
    promised, given = int(_room(problem)[0].sum()), int(flows[-_tail_arcs(problem) : -len(problem.reviewers)].sum())
    if given < promised:
        raise MinimumLoadUnreachable(needed=promised, available=given, missing=promised - given, dossiers="")
    return flows


def _solution(problem: Problem, rows: Integers, columns: Integers) -> Solution:
    worth = problem.affinity[rows, columns]
    served = np.bincount(rows, weights=worth, minlength=len(problem.dossiers)).astype(np.int64)
    touched = np.unique(rows)
    worst = int(touched[np.argmin(served[touched])]) if len(touched) else None
    loads = Counter(int(column) for column in columns)
    return Solution(
        pairs=tuple(
            (problem.dossiers[row], problem.reviewers[column]) for row, column in zip(rows, columns, strict=True)
        ),
        objective=int(worth.sum()),
        mean=float(worth.mean()) if len(worth) else 0.0,
        worst=None if worst is None else (problem.dossiers[worst], int(served[worst])),
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
