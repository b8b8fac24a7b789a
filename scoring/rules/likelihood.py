"""The lowest point of a smooth surface over two axes, in few looks: each look at a large table of readings is dear."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scoring.rules.crossings import Array

ENOUGH = 1e-7  # a step this short is the last
LONGEST, SHORT = 4.0, 0.5
HALVINGS, STEPS = 6, 40
LEVEL = 1e-9  # of the height: what is no rise


@dataclass(frozen=True, slots=True)
class Look:
    """What one sees at a place: how high it is, its slope, and about how it bends there (never downwards)."""

    height: float
    slope: Array
    bend: Array


def lowest(
    surface: Callable[[Array], Look | None], start: Array, *, growth: float, reach: float = np.inf
) -> Array | None:
    """Return where a surface is lowest, none of its axes beyond `reach`; None where no way leads down at once.

    Each axis is the logarithm of something that is e^`growth` times as large one further on. The surface is a bowl in
    that something rather than in its logarithm, so that is what steps are reckoned in. The bends are mended by how the
    slope really changed along the last steps.
    """
    place = np.clip(np.asarray(start, dtype=np.float64), -reach, reach)
    here, last = surface(place), list[tuple[Array, Array]]()
    for _step in range(STEPS):
        if here is None or not np.isfinite(here.height):
            return None
        move = _move(_mended(here.bend, last), here.slope, place, reach)
        least = np.exp(-LONGEST * abs(growth))
        move = np.clip(np.log(np.maximum(1 + growth * move, least)) / growth, -LONGEST, LONGEST)
        move = np.clip(place + move, -reach, reach) - place
        if float(np.abs(move).max()) < ENOUGH:
            found: Array = place + move
            return found
        there, move = _downhill(surface, place, here.height, move)
        if there is None:
            return None
        if float(np.abs(move).max()) < SHORT:
            last = [*last[-1:], (move, there.slope - here.slope)]
        place, here = place + move, there
    return None


def _move(bend: Array, slope: Array, place: Array, reach: float) -> Array:
    """Return the step to where a bowl of this slope and bend is lowest; what is at its end goes no further."""
    free = (np.abs(place) < reach) | (slope * place > 0)
    move = np.zeros(2)
    if free.any():
        bend = bend[np.ix_(free, free)]
        bend = bend + np.eye(len(bend)) * (1e-12 + 1e-10 * float(np.trace(bend)))
        move[free] = -np.linalg.solve(bend, slope[free])
    return move


def _downhill(
    surface: Callable[[Array], Look | None], place: Array, height: float, move: Array
) -> tuple[Look | None, Array]:
    """Return what is seen after a step, made shorter until it does not lead up; nothing where it always does."""
    for _halving in range(HALVINGS):
        there = surface(place + move)
        if there is not None and there.height <= height + LEVEL * max(abs(height), 1.0):
            return there, move
        move = move / 2
    return None, move


def _mended(bend: Array, steps: list[tuple[Array, Array]]) -> Array:
    """Return a bend that agrees with how the slope changed along the last of `steps`, and nearly with the others."""
    for move, change in steps:
        along, felt = bend @ move, float(change @ move)
        if felt > 1e-12 and float(along @ move) > 1e-12:
            bend = bend - np.outer(along, along) / float(along @ move) + np.outer(change, change) / felt
    return bend
