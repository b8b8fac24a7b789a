"""The assignment as a flow: dossier → (dossier, institution) → reviewer → sink."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from scoring.assignment.problem import Integers, Problem, needs, room, standing
from scoring.errors import MinimumLoadUnreachable, RulesCollide

SAFE = 2**57  # costs by nodes: the solver multiplies one by the other, and must not overflow


class Pressure(NamedTuple):
    """What a reading not given, and one below a reviewer's least load, cost beside affinities and loads."""

    unserved: int
    promised: int

    @classmethod
    def gentle(cls, problem: Problem, weight: int) -> "Pressure":
        """Return costs that suffice as long as everybody is served in the end."""
        step = weight * (spread(problem) + 1)
        return cls(4 * step, 2 * step)

    @classmethod
    def full(cls, problem: Problem, weight: int, span: int | None = None) -> "Pressure":
        """Return costs that outweigh whatever they displace, and are no larger than they must be.

        A reading moved from one reviewer to the next changes the rest by a step at most, and no chain of such moves
        visits a reviewer twice. A step is the `span` of affinities, which is the problem's own unless it is said.
        """
        moves = (len(problem.reviewers) + 2) * (weight * (span or spread(problem) + 1)) + 1
        promised = moves if room(problem)[0].any() else 0
        return cls(moves + promised, promised)


class Steps(NamedTuple):
    """Between which further loads of each reviewer every reading costs what it adds to the square of the load.

    An affinity of one part weighs as much as `weight`, which is more than a load changed by one can. Below and above,
    all readings of a reviewer cost the same: near enough for a load that is not there in the end.
    """

    weight: int
    low: Integers
    high: Integers


@dataclass(frozen=True, slots=True)
class Network:
    """The pairs (`rows`, `columns`), in order of rows, that may be assigned, and their gates.

    Reviewers who share an institution are reached through one gate a dossier, which lets a single one through:
    `gates` are their dossiers, `gate_of_pair` is below nought where there is none. One reading is `unit` units of
    flow; a pair carries `pair_capacity` of them at most.
    """

    rows: Integers
    columns: Integers
    gates: Integers
    gate_of_pair: Integers
    unit: int
    pair_capacity: int


class Flow(NamedTuple):
    """The units of flow: of each pair, what each dossier lacks, and of each reviewer."""

    carried: Integers
    unserved: Integers
    loads: Integers


def network(rows: Integers, columns: Integers, groups: Integers, *, unit: int = 1, pair_capacity: int = 1) -> Network:
    """Return the network in which these pairs, in order of rows, may be assigned. All other bounds are in readings."""
    width = int(groups.max(initial=-1)) + 1
    gates, gate_of_pair = np.zeros(0, dtype=np.int64), np.full(len(rows), -1)
    if width < len(groups):
        keys, place, many = np.unique(rows * width + groups[columns], return_inverse=True, return_counts=True)
        number = np.where(many > 1, np.cumsum(many > 1) - 1, -1)
        gates, gate_of_pair = keys[many > 1] // width, number[place]
    return Network(rows, columns, gates, gate_of_pair, unit, pair_capacity)


def solve(problem: Problem, net: Network, steps: Steps | None, pressure: Pressure | None) -> Flow | None:
    """Return the cheapest flow in which everybody is served and nobody is below their least; None if there is none.

    With `pressure` some flow always exists, and says how much is missing.
    """
    n, m, unit = len(problem.dossiers), len(problem.reviewers), net.unit
    reviewers, sink = n + np.arange(m), n + m
    wanted, least = needs(problem) * unit, room(problem)[0]
    weight = steps.weight if steps else 1
    gated = net.gate_of_pair >= 0
    starts = np.where(gated, sink + 1 + net.gate_of_pair, net.rows) if gated.any() else net.rows
    top = int(problem.affinity.max(initial=0))
    worth = (top - problem.affinity[net.rows, net.columns]) * weight
    tails, heads = [starts, net.gates], [n + net.columns, sink + 1 + np.arange(len(net.gates))]
    capacities, costs = [np.full(len(worth), net.pair_capacity), np.full(len(net.gates), unit)], [worth]
    costs.append(np.zeros(len(net.gates), dtype=np.int64))
    for who, many, cost in _reviewers(problem, steps):
        tails.append(reviewers[who])
        heads.append(np.full(len(who), sink))
        capacities.append(many * unit)
        costs.append(cost)
    supplies = np.zeros(sink + 1 + len(net.gates), dtype=np.int64)
    supplies[:n] = wanted
    supplies[sink] = -wanted.sum()
    if pressure is None:
        supplies[n:sink] = -least * unit
        supplies[sink] += least.sum() * unit
    else:
        tails += [np.arange(n), reviewers]
        heads += [np.full(n, sink), np.full(m, sink)]
        capacities += [wanted, least * unit]
        costs += [np.full(n, top * weight + pressure.unserved), np.full(m, -pressure.promised)]
    flows = _cheapest(tails, heads, capacities, costs, supplies)
    if flows is None:
        return None
    carried = flows[: len(worth)]
    unserved = flows[-m - n : len(flows) - m] if pressure else np.zeros(n, dtype=np.int64)
    loads = np.bincount(net.columns, weights=carried, minlength=m).astype(np.int64)
    return Flow(carried, unserved, loads)


def _reviewers(problem: Problem, steps: Steps | None) -> list[tuple[Integers, Integers, Integers]]:
    """Return the reviewers' readings beyond their least: whose, how many, and what each of them costs."""
    (least, most), all_of_them = room(problem), np.arange(len(problem.reviewers))
    if steps is None:
        return [(all_of_them, most - least, np.zeros_like(least))]
    low, high = steps.low, steps.high
    many = high - low
    who = np.repeat(all_of_them, many)
    load = low[who] + np.arange(len(who)) - np.repeat(np.cumsum(many) - many, many) + 1
    found = [(who, np.ones_like(load), 2 * (standing(problem)[who] + load) - 1)]
    for some, left, load in ((low > least, low - least, low), (high < most, most - high, high + 1)):
        if some.any():
            found.append((all_of_them[some], left[some], cost_of_reading(problem, steps, load)[some]))
    return found


def cost_of_reading(problem: Problem, steps: Steps | None, load: Integers) -> Integers:
    """Return what each reviewer's reading costs that makes their further load this."""
    if steps is None:
        return np.zeros_like(load)
    least = room(problem)[0]
    near = np.where(load <= steps.high, 2 * load - 1, 4 * steps.high + 2)
    cost: Integers = 2 * standing(problem) + np.where(load <= steps.low, least + steps.low, near)
    return cost


def _cheapest(
    tails: list[Integers],
    heads: list[Integers],
    capacities: list[Integers],
    costs: list[Integers],
    supplies: Integers,
) -> Integers | None:
    """Return the flow on every arc that costs least and takes what the nodes supply to where it is wanted, if any."""
    flow = min_cost_flow.SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(*map(np.concatenate, (tails, heads, capacities, costs)))
    flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = flow.solve()
    if status == flow.INFEASIBLE:
        return None
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver answered {status}")
    flows: Integers = np.asarray(flow.flows(numbers), dtype=np.int64)
    return flows


def weighs_safely(problem: Problem, weight: int, *, hard: bool, between: int | None = None) -> bool:
    """Return whether the solver can reckon with such a weight of a part of affinity, under full pressure if `hard`.

    It can be asked for another range than that `between` the problem's affinities.
    """
    span = (spread(problem) if between is None else between) + 1
    largest = Pressure.full(problem, weight, span).unserved * 2 if hard else 8 * weight * span
    return largest * (len(problem.dossiers) + len(problem.reviewers)) < SAFE


def spread(problem: Problem) -> int:
    """Return how far the greatest affinity is from the least, nought among them."""
    return int(problem.affinity.max(initial=0)) - int(problem.affinity.min(initial=0))


def require_whole(problem: Problem, net: Network, found: Flow) -> None:
    """Refuse a flow that leaves a dossier without its readers or a reviewer below the least load.

    Raises:
        RulesCollide, MinimumLoadUnreachable.
    """
    total = int(needs(problem).sum())
    missing = -(-int(found.unserved.sum()) // net.unit)  # a part of a reading missing is one missing
    if missing:
        short = [problem.dossiers[index] for index in np.nonzero(found.unserved)[0][:10]]
        raise RulesCollide(needed=total, available=total - missing, missing=missing, dossiers=", ".join(short))
    least = room(problem)[0]
    promised = int(least.sum())
    given = int(np.minimum(found.loads, least * net.unit).sum()) // net.unit
    if given < promised:
        idle = np.nonzero(found.loads < least * net.unit)[0][:10].tolist()
        raise MinimumLoadUnreachable(
            needed=promised,
            available=given,
            missing=promised - given,
            dossiers="",
            reviewers=", ".join(problem.reviewers[index] for index in idle),
        )


def all_pairs(allowed: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Return every allowed pair, in order of rows."""
    rows, columns = np.nonzero(allowed)
    return rows.astype(np.int64), columns.astype(np.int64)
