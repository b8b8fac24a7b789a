"""The optimum of a large problem from few of its pairs, proved on all of them.

Few reviewers are any good for a dossier, so the flow is first solved over the most promising pairs. Its optimum puts a
price on every reviewer's time. A pair that was left out belongs in only if it is worth more, at those prices, than what
the dossier has; where there is none the optimum of the few is the optimum of all, otherwise such pairs join and it is
solved again. Whole numbers throughout: what is proved is exact.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.assignment.flow import Network, all_pairs, network, solve
from scoring.assignment.problem import Integers, Problem, distinct, needs, room

FEW = 10_000  # pairs up to which all of them are solved at once
PROMISING, SPARE = 6, 1.5  # reviewers a dossier, beside what it needs; dossiers a reviewer, by the average load
JOINING = 8  # pairs a dossier that join in a round
ROUNDS = 60
PRICED = 2_000  # reviewers up to whom their prices are reckoned where no pair was left out
BLOCK = 1024  # dossiers looked at together
NEVER = np.int64(2**60)


class Optimum(NamedTuple):
    """A network that holds the optimum, its flow, and the prices of the reviewers' time that prove it on all pairs.

    Without prices nobody asked for them, or there are too many reviewers to reckon them.
    """

    net: Network
    flows: Integers
    prices: Integers | None


def optimum(
    problem: Problem, allowed: NDArray[np.bool_], groups: Integers, *, unit: int = 1, pair_capacity: int = 1
) -> Optimum:
    """Return the optimum over all `allowed` pairs."""
    if allowed.size > FEW:
        rows, columns = _promising(problem, allowed, -(-unit // pair_capacity))
        left_out = allowed.copy()
        for _round in range(ROUNDS):
            left_out[rows, columns] = False
            net = network(problem, rows, columns, groups, unit=unit, pair_capacity=pair_capacity)
            flows = solve(problem, net)
            found = Optimum(net, flows, _prices(problem, groups, net, flows))
            joining = _joining(problem, left_out, groups, found)
            if not len(joining[0]):
                return found
            rows, columns = together(len(problem.reviewers), (rows, columns), joining)
    net = network(problem, *all_pairs(allowed), groups, unit=unit, pair_capacity=pair_capacity)
    flows = solve(problem, net)
    priced = unit == 1 and len(problem.reviewers) <= PRICED
    return Optimum(net, flows, _prices(problem, groups, net, flows) if priced else None)


def _promising(problem: Problem, allowed: NDArray[np.bool_], shares: int) -> tuple[Integers, Integers]:
    """Return each dossier's best reviewers and each reviewer's best dossiers; equals are told apart by chance."""
    n, m = allowed.shape
    worth = np.empty((n, m), dtype=np.float32)
    low, top = int(problem.affinity.min(initial=0)), int(problem.affinity.max(initial=0))
    for block in blocks(n):
        worth[block] = (problem.affinity[block] - low) / max(top - low, 1) + lots(worth[block].shape, block.start) / 64
        worth[block][~allowed[block]] = -1.0
    wide = min(m, int(needs(problem).max(initial=0)) * shares + PROMISING)
    tall = min(n, int(SPARE * max(problem.min_load, needs(problem).sum() / max(m, 1)) * shares) + 1)
    rows = np.repeat(np.arange(n), wide)
    columns = np.concatenate([np.argpartition(worth[b], m - wide, axis=1)[:, m - wide :].ravel() for b in blocks(n)])
    down = np.ascontiguousarray(worth.T)
    best = np.concatenate([np.argpartition(down[b], n - tall, axis=1)[:, n - tall :].ravel() for b in blocks(m)])
    found = together(m, (rows, columns), (best, np.repeat(np.arange(m), tall)))
    kept = allowed[found]
    return found[0][kept], found[1][kept]


def lots(shape: tuple[int, ...], first: int) -> NDArray[np.float32]:
    """Return numbers below one as if by chance, always the same for the same rows, counted from the `first`."""
    tall, width = shape
    lots = np.arange(first * width, (first + tall) * width, dtype=np.uint64).astype(np.uint32).reshape(shape)
    for shift in (16, 15):  # neighbours have nothing to do with each other after two rounds
        lots ^= lots >> np.uint32(shift)
        lots *= np.uint32(0x45D9F3B)
    return (lots >> np.uint32(8)).astype(np.float32) / np.float32(2**24)


def blocks(count: int) -> Iterator[slice]:
    """Return slices of so many things, one after another, each small enough to look at whole."""
    return (slice(start, start + BLOCK) for start in range(0, count, BLOCK))


def together(width: int, *pairs: tuple[Integers, Integers]) -> tuple[Integers, Integers]:
    """Return pairs once each, in order of rows."""
    keys = distinct(np.concatenate([rows * width + columns for rows, columns in pairs]))
    rows, columns = np.divmod(keys, width)
    return rows, columns


def _joining(
    problem: Problem, left_out: NDArray[np.bool_], groups: Integers, found: Optimum
) -> tuple[Integers, Integers]:
    """Return pairs left out, the best few of each dossier, while some are worth more than what their dossier has.

    Of those worth as much chance chooses: whoever came first would be joined to every dossier, and soon be full.
    """
    n, width = len(problem.dossiers), int(groups.max(initial=0)) + 1
    net, flows, prices = found
    assert prices is not None
    carried = flows[net.pairs]
    worth = problem.affinity[net.rows, net.columns] + prices[net.columns]
    used = carried > 0
    # What a dossier would give up for a better one: the least of what it has, a reading not given among it.
    least = np.full(n, NEVER)
    np.minimum.at(least, net.rows[used], worth[used])
    least[flows[n : 2 * n] > 0] = -net.worths.unserved
    gates = net.rows * width + groups[net.columns]
    full, inverse = np.unique(gates, return_inverse=True)
    is_full = np.bincount(inverse, weights=carried, minlength=len(full)) >= net.unit
    inside = np.full(len(full), NEVER)
    np.minimum.at(inside, inverse[used], worth[used])
    full, inside = full[is_full], inside[is_full]
    shared = np.bincount(groups, minlength=width)[groups] > 1
    found_ones = [np.zeros((2, 0), dtype=np.int64)]
    for block in blocks(n):
        values = problem.affinity[block] + prices
        gain = values - least[block, None]
        if len(full) and shared.any():
            # Where a colleague of the institution reads it already, only that colleague can be given up.
            rows, columns = np.nonzero(left_out[block] & shared & (gain >= 0))
            key = (rows + block.start) * width + groups[columns]
            place = np.minimum(np.searchsorted(full, key), len(full) - 1)
            taken = full[place] == key
            rows, columns, place = rows[taken], columns[taken], place[taken]
            gain[rows, columns] = values[rows, columns] - inside[place]
        gain[~left_out[block]] = -1
        if (gain > 0).any():  # then equals join as well: they will be worth more at the prices that follow
            rows, columns = best(np.where(gain < 0, np.float64(-1), gain + lots(gain.shape, block.start)), JOINING)
            found_ones.append(np.stack((rows + block.start, columns)))
    rows, columns = np.concatenate(found_ones, axis=1)
    return rows, columns


def best(scores: NDArray[np.floating], many: int) -> tuple[Integers, Integers]:
    """Return where each row has its greatest scores, so many at most; none below nought."""
    first = max(scores.shape[1] - many, 0)
    columns = np.argpartition(scores, first, axis=1)[:, first:]
    rows = np.repeat(np.arange(len(scores)), columns.shape[1]).reshape(columns.shape)
    kept = scores[rows, columns] >= 0
    return rows[kept], columns[kept]


def _prices(problem: Problem, groups: Integers, net: Network, flows: Integers) -> Integers:
    """Return what to add to each reviewer's affinities so that no dossier of the network gains by a change.

    They are the lengths of shortest ways in the graph of what one more reading of a reviewer would displace: reviewers,
    a place for loads that may still change, and one for readings not given. At an optimum no circle has a length
    below nought.
    """
    m, n = len(problem.reviewers), len(problem.dossiers)
    slack, nobody = m, m + 1
    between = np.full((m + 2, m + 2), NEVER)
    unserved = np.nonzero(flows[n : 2 * n])[0]
    takers = np.nonzero(flows[net.pairs] > 0)[0]
    room_left = _with_room(groups, net, flows[net.pairs])
    starts = np.searchsorted(net.rows, np.arange(n + 1))
    counts = np.diff(starts)
    worth = problem.affinity[net.rows, net.columns]
    nothing = np.int64(-net.worths.unserved)
    for sources, columns, rows, values in (
        (takers, net.columns[takers], net.rows[takers], worth[takers]),
        (None, np.full(len(unserved), nobody), unserved, np.full(len(unserved), nothing)),
    ):
        many = counts[rows]
        source = np.repeat(np.arange(len(rows)), many)
        target = np.repeat(starts[rows], many) + np.arange(len(source)) - np.repeat(np.cumsum(many) - many, many)
        free = room_left[target]
        if sources is not None:
            same = groups[columns[source]] == groups[net.columns[target]]
            free = free | (same & (flows[net.pairs][target] < net.pair_capacity))
        source, target = source[free], target[free]
        key = columns[source] * (m + 2) + net.columns[target]
        np.minimum.at(between.reshape(-1), key, values[source] - worth[target])
    np.minimum.at(between[:, nobody], net.columns[takers], worth[takers] - nothing)
    least, most = (part * net.unit for part in room(problem))
    load = flows[-2 * m : -m] + flows[-m:] if m else np.zeros(0, dtype=np.int64)
    between[:m, slack] = np.where(load < least, -net.worths.promised, np.where(load < most, 0, NEVER))
    between[slack, :m] = np.where(load > least, 0, np.where(load > 0, net.worths.promised, NEVER))
    between[slack, nobody] = between[nobody, slack] = 0
    return _shortest(between, slack)[:m]


def _with_room(groups: Integers, net: Network, carried: Integers) -> NDArray[np.bool_]:
    """Return which pairs of the network could carry more, their institution's gate included."""
    width = int(groups.max(initial=0)) + 1
    _gates, inverse = np.unique(net.rows * width + groups[net.columns], return_inverse=True)
    through = np.bincount(inverse, weights=carried)[inverse] if len(inverse) else np.zeros(0)
    room_left: NDArray[np.bool_] = (carried < net.pair_capacity) & (through < net.unit)
    return room_left


def _shortest(between: Integers, origin: int) -> Integers:
    """Return shortest ways from anywhere, counted from `origin`; there are no circles below nought."""
    lengths: Integers = np.zeros(len(between), dtype=np.int64)
    for _step in range(len(between)):
        nearer = np.minimum(lengths, (lengths[:, None] + between).min(axis=0))
        if np.array_equal(nearer, lengths):
            counted: Integers = lengths - lengths[origin]
            return counted
        lengths = nearer
    raise RuntimeError("the flow solver's answer is not the optimum")
