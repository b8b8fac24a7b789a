"""What a reviewer's time is worth at the optimum of a network, and which pairs outside it are worth more."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scoring.assignment.flow import Flow, Network, Pressure, Steps, cost_of_reading
from scoring.assignment.problem import Integers, Problem, room
from scoring.assignment.promising import Pairs, Table, best, blocks, lots, within

JOINING = 8  # pairs a dossier that join in a round
OF_THE_IDLE = 2  # dossiers looked at for each that somebody is to have
DENSE = 400  # places up to which every way from one to another is looked at, be there one or not
NEVER = np.int64(2**60)
Had = tuple[Integers, Integers, Integers]


class Optimum(NamedTuple):
    """A network, the flow that is its optimum, and what was weighed beside affinities."""

    net: Network
    flow: Flow
    steps: Steps | None
    pressure: Pressure | None

    @property
    def weight(self) -> int:
        """Return what an affinity of one part weighs."""
        return self.steps.weight if self.steps else 1


def prices_of(problem: Problem, groups: Integers, found: Optimum) -> Integers:
    """Return what to add to each reviewer's weighed affinities so that no dossier of the network gains by a change.

    They are the lengths of shortest ways in the graph of what one more reading of a reviewer would displace: reviewers,
    a place for loads that may still change, and one for readings not given. At an optimum no circle has a length
    below nought.
    """
    (net, flow, steps, pressure), m = found, len(problem.reviewers)
    slack, nobody = m, m + 1
    between = np.full((m + 2, m + 2), NEVER)
    worth = problem.affinity[net.rows, net.columns] * found.weight
    taken = np.nonzero(flow.carried)[0]
    rows, columns = net.rows[taken], net.columns[taken]
    _displace(between, groups, found, worth, (rows, columns, worth[taken]))
    if pressure is not None:
        unserved = np.nonzero(flow.unserved)[0]
        nothing = np.full(len(unserved), -pressure.unserved)
        _displace(between, groups, found, worth, (unserved, np.full(len(unserved), nobody), nothing))
        np.minimum.at(between[:, nobody], columns, worth[taken] + pressure.unserved)
        between[slack, nobody] = between[nobody, slack] = 0
    least, most = (part * net.unit for part in room(problem))
    promised = NEVER if pressure is None else np.int64(pressure.promised)
    last, following = (cost_of_reading(problem, steps, flow.loads + more) for more in (0, 1))
    between[:m, slack] = np.where(flow.loads < least, -promised, np.where(flow.loads < most, following, NEVER))
    between[slack, :m] = np.where(flow.loads > least, -last, np.where(flow.loads > 0, promised, NEVER))
    return _shortest(between, slack)[:m]


def _displace(between: Integers, groups: Integers, found: Optimum, worth: Integers, had: Had) -> None:
    """Write how much dossiers lose that give up what they had, by whom and how good, for somebody of the network."""
    net, flow, (rows, columns, values) = found.net, found.flow, had
    starts = np.searchsorted(net.rows, np.arange(len(flow.unserved) + 1))
    many = np.diff(starts)[rows]
    source = np.repeat(np.arange(len(rows)), many)
    target = np.arange(len(source)) + np.repeat(starts[rows] - np.cumsum(many) + many, many)
    free = (flow.carried < net.pair_capacity)[target]
    if len(net.gates):
        through = np.bincount(net.gate_of_pair + 1, weights=flow.carried, minlength=len(net.gates) + 1)
        through[0] = 0  # pairs without a gate
        group = np.append(groups, (-1, -1))
        colleagues = group[columns][source] == group[net.columns[target]]
        free &= colleagues | (through[net.gate_of_pair + 1] < net.unit)[target]
    source, target = source[free], target[free]
    key = columns[source] * len(between) + net.columns[target]
    np.minimum.at(between.reshape(-1), key, values[source] - worth[target])


def _shortest(between: Integers, origin: int) -> Integers:
    """Return shortest ways from anywhere, counted from `origin`; there are no circles below nought."""
    lengths: Integers = np.zeros(len(between), dtype=np.int64)
    reach = _along_ways(between) if len(between) > DENSE else lambda so_far: (so_far[:, None] + between).min(axis=0)
    for _step in range(len(between)):
        nearer = np.minimum(lengths, reach(lengths))
        if np.array_equal(nearer, lengths):
            counted: Integers = lengths - lengths[origin]
            return counted
        lengths = nearer
    raise RuntimeError("the flow solver's answer is not the optimum")


def _along_ways(between: Integers) -> Callable[[Integers], Integers]:
    """Return what tells how near everything is by one more step: of many, each knows the way to few."""
    sources, targets = np.nonzero(between < NEVER)
    order = np.argsort(targets, kind="stable")
    sources, targets, lengths = sources[order], targets[order], between[sources, targets][order]
    starts = np.nonzero(np.diff(targets, prepend=-1))[0]
    reached = targets[starts]

    def reach(so_far: Integers) -> Integers:
        found = np.full(len(so_far), NEVER)
        if len(starts):
            found[reached] = np.minimum.reduceat(so_far[sources] + lengths, starts)
        return found

    return reach


class Joining(NamedTuple):
    """Pairs that should join a network, in how many dossiers' favour, and the most that one of them gains."""

    pairs: Pairs
    gaining: int
    most: int


def joining(problem: Problem, allowed: Table, groups: Integers, found: Optimum, prices: Integers) -> Joining:
    """Return pairs left out, the best few of each dossier, where some are worth more than what it has.

    Of those worth as much chance chooses: whoever came first would be joined to every dossier, and soon be full.
    """
    net, n, weight = found.net, len(problem.dossiers), found.weight
    worth = problem.affinity[net.rows, net.columns] * weight + prices[net.columns]
    least = _given_up(found, worth, n)
    closed = _Closed(groups, found, worth) if int(groups.max(initial=-1)) + 1 < len(groups) else None
    everybody = bool(allowed.all())
    joined, many, greatest = [np.zeros((2, 0), dtype=np.int64)], 0, 0
    for block, inside in zip(blocks(n), within(net.rows, n), strict=True):
        values = problem.affinity[block] * weight
        values += prices
        gain = values - least[block, None]
        if closed is not None:
            closed.narrow(gain, values, block.start)
        if not everybody:
            np.putmask(gain, ~allowed[block], -1)
        gain[net.rows[inside] - block.start, net.columns[inside]] = -1
        most = gain.max(axis=1, initial=-1)
        gaining = np.nonzero(most > 0)[0]
        if len(gaining):  # then equals join as well: they will be worth more at the prices that follow
            many, greatest = many + len(gaining), max(greatest, int(most.max()))
            some = gain[gaining]
            chances = np.where(some < 0, np.float64(-1), some + lots(gaining + block.start, some.shape[1]))
            rows, columns = best(chances, JOINING)
            joined.append(np.stack((gaining[rows] + block.start, columns)))
    rows, columns = np.concatenate(joined, axis=1)
    return Joining((rows, columns), many, greatest)


def for_the_idle(problem: Problem, allowed: Table, found: Optimum, prices: Integers) -> Pairs:
    """Return, for every reviewer with fewer readings than their least, the dossiers that lose least by them."""
    net, n = found.net, len(problem.dossiers)
    least = room(problem)[0]
    idle = np.nonzero(found.flow.loads < least)[0]
    worth = problem.affinity[net.rows, net.columns] * found.weight + prices[net.columns]
    given_up = _given_up(found, worth, n)
    gain = (problem.affinity[:, idle] * found.weight - given_up[:, None]).T.astype(np.float64)
    gain[~allowed[:, idle].T] = -np.inf
    many = min(n, OF_THE_IDLE * int(least.max(initial=0)) + JOINING)
    rows = np.argpartition(gain, n - many, axis=1)[:, n - many :].ravel()
    columns = np.repeat(idle, many)
    kept = allowed[rows, columns]
    return rows[kept], columns[kept]


def _given_up(found: Optimum, worth: Integers, dossiers: int) -> Integers:
    """Return what each dossier would give up for a better one: the least it has, a reading not given among it."""
    used = found.flow.carried > 0
    least = least_of_each(found.net.rows[used], worth[used], dossiers)
    if found.pressure is not None:
        least[found.flow.unserved > 0] = -found.pressure.unserved
    return least


def least_of_each(rows: Integers, values: Integers, count: int) -> Integers:
    """Return the least value of each row, NEVER where it has none; `rows` are in order."""
    found = np.full(count, NEVER)
    starts = np.nonzero(np.diff(rows, prepend=-1))[0]
    if len(starts):
        found[rows[starts]] = np.minimum.reduceat(values, starts)
    return found


class _Closed:
    """The institutions that read a dossier already: only who reads it there can be given up for a colleague."""

    def __init__(self, groups: Integers, found: Optimum, worth: Integers) -> None:
        net, carried = found.net, found.flow.carried
        self.groups, self.width = groups, int(groups.max()) + 1
        self.shared = np.bincount(groups, minlength=self.width)[groups] > 1
        gates, inverse = np.unique(net.rows * self.width + groups[net.columns], return_inverse=True)
        full = np.bincount(inverse, weights=carried, minlength=len(gates)) >= net.unit
        inside = np.full(len(gates), NEVER)
        used = carried > 0
        np.minimum.at(inside, inverse[used], worth[used])
        self.gates, self.inside = gates[full], inside[full]

    def narrow(self, gain: Integers, values: Integers, first: int) -> None:
        """Reckon the gains of colleagues anew, for dossiers from the `first` on."""
        rows, columns = np.nonzero((gain >= 0) & self.shared)
        key = (rows + first) * self.width + self.groups[columns]
        place = np.minimum(np.searchsorted(self.gates, key), len(self.gates) - 1)
        taken = self.gates[place] == key if len(self.gates) else np.zeros(len(key), dtype=np.bool_)
        rows, columns = rows[taken], columns[taken]
        gain[rows, columns] = values[rows, columns] - self.inside[place[taken]]
