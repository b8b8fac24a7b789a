"""An assignment to make, what can be said of it without solving, and its answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.errors import MinimumLoadUnreachable, TooFewReviewers, TooManyConflicts

SCALE = 10_000
"""Affinities are fractions of one, kept as integers of this many parts so that the optimum is exact."""

MOST_BITS = 58  # of an affinity: differences of two, with prices, still fit
FITS = 2**63

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Problem:
    """What to assign. `affinity[d][r]` counts whole parts; `forbidden` holds (dossier, reviewer) index pairs, as does
    the table `blocked`.

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
    blocked: NDArray[np.bool_] | None = None
    institutions: Sequence[str | None] = ()
    one_per_institution: bool = True
    fixed: Collection[tuple[int, int]] = ()
    already: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solution:
    """The assignment found: pairs (dossier, reviewer), the dossier served worst, loads; affinity in whole parts.

    `worst_without_least` is who would be served worst if nobody had to read any, where that would change the answer.
    It is the best of affinities in parts `coarse` times as large: one, but for what no way was found to reckon exactly.
    """

    pairs: tuple[tuple[str, str], ...]
    objective: int
    mean: float
    worst: tuple[str, int] | None
    loads: dict[str, int] = field(default_factory=dict)
    worst_without_least: tuple[str, int] | None = None
    coarse: int = 1


def needs(problem: Problem) -> Integers:
    """Return how many reviewers each dossier still needs."""
    wanted: Integers = np.full(len(problem.dossiers), problem.per_dossier, dtype=np.int64)
    for dossier, _reviewer in problem.fixed:
        wanted[dossier] -= 1
    for dossier, gone in problem.already.items():
        wanted[dossier] -= gone
    return np.maximum(wanted, 0)


def standing(problem: Problem) -> Integers:
    """Return how many dossiers each reviewer holds already."""
    loads: Integers = np.zeros(len(problem.reviewers), dtype=np.int64)
    for _dossier, reviewer in problem.fixed:
        loads[reviewer] += 1
    return loads


def room(problem: Problem) -> tuple[Integers, Integers]:
    """Return each reviewer's least and greatest number of further dossiers."""
    loads = standing(problem)
    all_of_them = len(problem.dossiers) + len(problem.fixed)  # nobody reads more, whatever the bounds say
    least: Integers = np.maximum(min(problem.min_load, all_of_them + 1) - loads, 0)
    most: Integers = np.maximum(min(problem.max_load, all_of_them) - loads, least)
    return least, most


def allowed_pairs(problem: Problem, groups: Integers) -> NDArray[np.bool_]:
    """Return which (dossier, reviewer) pairs no conflict, and no standing pair of the institution, rules out."""
    allowed = np.ones((len(problem.dossiers), len(problem.reviewers)), dtype=np.bool_)
    if problem.blocked is not None:
        allowed &= ~problem.blocked
    for dossier, reviewer in problem.forbidden:
        allowed[dossier, reviewer] = False
    for dossier, reviewer in problem.fixed:
        allowed[dossier, groups == groups[reviewer]] = False
    return allowed


def groups(problem: Problem) -> Integers:
    """Return each reviewer's institution as a number; one without institution is alone in its own."""
    if not problem.one_per_institution or not problem.institutions:
        return np.arange(len(problem.reviewers), dtype=np.int64)
    numbers: dict[str, int] = {}
    found = []
    for index, key in enumerate(problem.institutions):
        found.append(numbers.setdefault(f"alone {index}" if key is None else f"key {key}", len(numbers)))
    return np.asarray(found, dtype=np.int64)


def distinct(numbers: Integers) -> Integers:
    """Return each number once, in order: what `np.unique` does after it has loaded all there is about masks."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    found: Integers = ordered[first]
    return found


def in_groups(allowed: NDArray[np.bool_], groups: Integers) -> Integers:
    """Return how many reviewers of each institution each dossier may have."""
    if not allowed.shape[1]:
        return np.zeros((len(allowed), 0), dtype=np.int64)
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], distinct(groups))
    counts: Integers = np.add.reduceat(allowed[:, order], starts, axis=1, dtype=np.int32)
    return counts


def diagnose(problem: Problem, allowed: NDArray[np.bool_], institutions: Integers) -> None:
    """Refuse by name what can be seen without solving."""
    wanted = needs(problem)
    if wanted.max(initial=0) <= len(problem.reviewers):  # else they are too few however much each of them reads
        _diagnose_loads(problem, wanted)
    alone = int(institutions.max(initial=-1)) + 1 == len(institutions)
    reach = np.count_nonzero(allowed if alone else in_groups(allowed, institutions), axis=1)
    short = [(int(wanted[d] - reach[d]), problem.dossiers[d]) for d in np.nonzero(reach < wanted)[0].tolist()]
    if short:
        missing = max(gap for gap, _label in short)
        raise TooManyConflicts(
            needed=problem.per_dossier,
            available=problem.per_dossier - missing,
            missing=missing,
            dossiers=", ".join(label for _gap, label in short[:10]),
        )


def _diagnose_loads(problem: Problem, wanted: Integers) -> None:
    least, most = room(problem)
    needed, capacity = int(wanted.sum()), int(most.sum())
    if capacity < needed:
        raise TooFewReviewers(needed=needed, available=capacity, missing=needed - capacity, dossiers="")
    if int(least.sum()) > needed:
        missing = int(least.sum()) - needed
        raise MinimumLoadUnreachable(needed=int(least.sum()), available=needed, missing=missing, dossiers="")


def solution(problem: Problem, rows: Integers, columns: Integers) -> Solution:
    """Return the answer that these pairs are."""
    worth = problem.affinity[rows, columns]
    if len(worth) * int(np.abs(worth).max(initial=0)) >= FITS:
        worth = worth.astype(object)  # of Python, which has room for any sum
    served = np.zeros(len(problem.dossiers), dtype=worth.dtype)
    np.add.at(served, rows, worth)
    touched = distinct(rows)
    worst = int(touched[np.argmin(served[touched])]) if len(touched) else None
    total = int(worth.sum())
    loads = np.bincount(columns, minlength=len(problem.reviewers)).tolist()
    return Solution(
        pairs=tuple(
            (problem.dossiers[row], problem.reviewers[column])
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ),
        objective=total,
        mean=total / len(worth) if len(worth) else 0.0,
        worst=None if worst is None else (problem.dossiers[worst], int(served[worst])),
        loads=dict(zip(problem.reviewers, loads, strict=True)),
    )
