"""The assignment as a flow: source → dossier → (dossier, institution) → reviewer → sink."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from scoring.assignment.problem import Integers, Problem, needs, room
from scoring.errors import MinimumLoadUnreachable, RulesCollide


@dataclass(slots=True)
class Arcs:
    """Arcs by their ends, in the order in which they were added."""

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


@dataclass(frozen=True, slots=True)
class Worths:
    """What the flow weighs: affinities from `top` down, a reading for who is promised one, a reading not given.

    A reading moved from one reviewer to the next changes the total by the range of affinities at most, and no chain of
    such moves visits a reviewer twice. So these outweigh whatever they displace, and are no larger than they must be.
    """

    top: int
    promised: int
    unserved: int

    @classmethod
    def of(cls, problem: Problem) -> "Worths":
        """Return the worths that suit a problem."""
        top, low = int(problem.affinity.max(initial=0)), int(problem.affinity.min(initial=0))
        moves = (len(problem.reviewers) + 2) * (top - low) + 1
        promised = moves if room(problem)[0].any() else 0
        return cls(top, promised, moves + promised)


@dataclass(frozen=True, slots=True)
class Network:
    """The arcs of a problem: to dossiers, past them, to gates, the pairs (`rows`, `columns`), the reviewers' own.

    One reading is `unit` units of flow; a pair carries `pair_capacity` of them at most. What cannot be given flows
    past the reviewers, so that some flow always exists and says how much is missing.
    """

    arcs: Arcs
    rows: Integers
    columns: Integers
    unit: int
    pair_capacity: int
    worths: Worths

    @property
    def pairs(self) -> slice:
        """Where the pairs' arcs stand among all arcs."""
        reviewers = len(self.arcs.tails[-1])
        return slice(-2 * reviewers - len(self.rows), -2 * reviewers)


def network(
    problem: Problem, rows: Integers, columns: Integers, groups: Integers, *, unit: int = 1, pair_capacity: int = 1
) -> Network:
    """Return the network in which the pairs (`rows`, `columns`), in order of rows, may be assigned.

    Every capacity but the pairs' is in whole readings.
    """
    n, m = len(problem.dossiers), len(problem.reviewers)
    dossier_nodes, reviewer_nodes, sink = 1 + np.arange(n), 1 + n + np.arange(m), 1 + n + m
    worths, wanted = Worths.of(problem), needs(problem) * unit
    arcs = Arcs()
    arcs.add(np.zeros(n, dtype=np.int64), dossier_nodes, wanted, 0)
    arcs.add(dossier_nodes, np.full(n, sink), wanted, worths.top + worths.unserved)
    # Reviewers who share an institution are reached through one gate a dossier, which lets a single one through.
    width = int(groups.max(initial=0)) + 1
    _keys, place, many = np.unique(rows * width + groups[columns], return_inverse=True, return_counts=True)
    gated = many[place] > 1
    gates, gate_of_pair = np.unique(rows[gated] * width + groups[columns[gated]], return_inverse=True)
    gate_nodes = sink + 1 + np.arange(len(gates))
    arcs.add(dossier_nodes[gates // width], gate_nodes, unit, 0)
    tails = dossier_nodes[rows]
    tails[gated] = gate_nodes[gate_of_pair]
    arcs.add(tails, reviewer_nodes[columns], pair_capacity, worths.top - problem.affinity[rows, columns])
    least, most = room(problem)
    arcs.add(reviewer_nodes, np.full(m, sink), least * unit, -worths.promised)
    arcs.add(reviewer_nodes, np.full(m, sink), (most - least) * unit, 0)
    return Network(arcs, rows, columns, unit, pair_capacity, worths)


def solve(problem: Problem, net: Network) -> Integers:
    """Return the flow on every arc of the optimum; `require_whole` says whether it gives everybody what they need."""
    total = int(needs(problem).sum()) * net.unit
    supplies = np.zeros(2 + len(problem.dossiers) + len(problem.reviewers), dtype=np.int64)
    supplies[0], supplies[-1] = total, -total
    return cheapest(net.arcs, supplies)


def cheapest(arcs: Arcs, supplies: Integers) -> Integers:
    """Return the flow on every arc that costs least and takes what the nodes supply to where it is wanted."""
    flow = min_cost_flow.SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(arcs.tails),
        np.concatenate(arcs.heads),
        np.concatenate(arcs.capacities),
        np.concatenate(arcs.costs),
    )
    flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver answered {status}")
    flows: Integers = np.asarray(flow.flows(numbers), dtype=np.int64)
    return flows


def require_whole(problem: Problem, net: Network, flows: Integers) -> None:
    """Refuse a flow that leaves a dossier without its readers or a reviewer below the least load.

    Raises:
        RulesCollide, MinimumLoadUnreachable.
    """
    wanted, n = needs(problem), len(problem.dossiers)
    total, unserved = int(wanted.sum()), flows[n : 2 * n]
    missing = -(-int(unserved.sum()) // net.unit)  # a part of a reading missing is one missing
    if missing:
        short = [problem.dossiers[index] for index in np.nonzero(unserved)[0][:10]]
        raise RulesCollide(needed=total, available=total - missing, missing=missing, dossiers=", ".join(short))
    reviewers = len(problem.reviewers)
    promised = int(room(problem)[0].sum())
    given = int(flows[-2 * reviewers : -reviewers].sum()) // net.unit if reviewers else 0
    if given < promised:
        raise MinimumLoadUnreachable(needed=promised, available=given, missing=promised - given, dossiers="")


def all_pairs(allowed: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Return every allowed pair, in order of rows."""
    rows, columns = np.nonzero(allowed)
    return rows.astype(np.int64), columns.astype(np.int64)
