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
class Network:
    """The arcs of a problem: to dossiers, to gates, the pairs (`rows`, `columns`), then the reviewers' own.

    One reading is `unit` units of flow; a pair carries `pair_capacity` of them at most.
    """

    arcs: Arcs
    rows: Integers
    columns: Integers
    unit: int

    @property
    def pairs(self) -> slice:
        """Where the pairs' arcs stand among all arcs."""
        reviewers = len(self.arcs.tails[-1])
        return slice(-2 * reviewers - len(self.rows), -2 * reviewers)


def network(
    problem: Problem, allowed: NDArray[np.bool_], groups: Integers, *, unit: int = 1, pair_capacity: int = 1
) -> Network:
    """Return the network of a problem. Every capacity but the pairs' is in whole readings."""
    n, m = len(problem.dossiers), len(problem.reviewers)
    rows, columns = (part.astype(np.int64) for part in np.nonzero(allowed))
    dossier_nodes, reviewer_nodes, sink = 1 + np.arange(n), 1 + n + np.arange(m), 1 + n + m
    arcs = Arcs()
    arcs.add(np.zeros(n, dtype=np.int64), dossier_nodes, needs(problem) * unit, 0)
    # Reviewers who share an institution are reached through one gate a dossier, which lets a single one through.
    gated = (np.bincount(groups)[groups] > 1)[columns]
    width = int(groups.max(initial=0)) + 1
    gates, gate_of_pair = np.unique(rows[gated] * width + groups[columns[gated]], return_inverse=True)
    gate_nodes = sink + 1 + np.arange(len(gates))
    arcs.add(dossier_nodes[gates // width], gate_nodes, unit, 0)
    tails = dossier_nodes[rows]
    tails[gated] = gate_nodes[gate_of_pair]
    worth = problem.affinity[rows, columns]
    top, low = int(worth.max(initial=0)), int(worth.min(initial=0))
    arcs.add(tails, reviewer_nodes[columns], pair_capacity, top - worth)
    least, most = room(problem)
    units = int(needs(problem).sum()) * unit
    reward = units * (top - low) + 1 if least.any() else 0  # more than any rearrangement of affinities can weigh
    arcs.add(reviewer_nodes, np.full(m, sink), least * unit, -reward)
    arcs.add(reviewer_nodes, np.full(m, sink), (most - least) * unit, 0)
    return Network(arcs, rows, columns, unit)


def solve(problem: Problem, net: Network) -> Integers:
    """Return the flow on every arc of the optimum, or refuse by name.

    Raises:
        RulesCollide, MinimumLoadUnreachable.
    """
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(net.arcs.tails),
        np.concatenate(net.arcs.heads),
        np.concatenate(net.arcs.capacities),
        np.concatenate(net.arcs.costs),
    )
    wanted = needs(problem)
    total = int(wanted.sum())
    flow.set_node_supply(0, total * net.unit)
    flow.set_node_supply(1 + len(problem.dossiers) + len(problem.reviewers), -total * net.unit)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver answered {status}")
    flows: Integers = np.asarray(flow.flows(arcs), dtype=np.int64)
    served = flows[: len(problem.dossiers)]
    missing = -(-(total * net.unit - int(served.sum())) // net.unit)  # a part of a reading missing is one missing
    if missing:
        short = [problem.dossiers[index] for index in np.nonzero(served < wanted * net.unit)[0][:10]]
        raise RulesCollide(needed=total, available=total - missing, missing=missing, dossiers=", ".join(short))
    reviewers = len(problem.reviewers)
    promised = int(room(problem)[0].sum())
    given = int(flows[-2 * reviewers : -reviewers].sum()) // net.unit if reviewers else 0
    if given < promised:
        raise MinimumLoadUnreachable(needed=promised, available=given, missing=promised - given, dossiers="")
    return flows
