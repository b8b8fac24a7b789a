"""The peak of a smooth surface over two axes, in few looks: each look at a large table of readings is dear."""

from collections.abc import Callable

import numpy as np

from scoring.rules.mixed_model import Array

SIDE = 1e-3  # how far aside the slope is felt; the surfaces here bend over about one
ENOUGH = 1e-6
STEPS = 12


def lowest(surface: Callable[[Array], float], start: Array) -> Array | None:
    """Return where a surface is lowest by Newton's method from `start`; None where it does not lead there at once."""
    place, height = np.asarray(start, dtype=np.float64), surface(start)
    for _step in range(STEPS):
        slope, bend = _shape(surface, place, height)
        if bend[0, 0] <= 0 or np.linalg.det(bend) <= 0:
            return None
        move = -np.linalg.solve(bend, slope)
        long = float(np.abs(move).max())
        if long > 1:
            move = move / long
        beyond = surface(place + move)
        if beyond > height + 1e-7:
            return None
        place, height = place + move, beyond
        if long < ENOUGH:
            return place
    return None


def _shape(surface: Callable[[Array], float], place: Array, height: float) -> tuple[Array, Array]:
    """Return the slope and the bend at a place, from seven looks around it."""
    aside = np.eye(2) * SIDE
    ahead = [surface(place + step) for step in aside]
    behind = [surface(place - step) for step in aside]
    across = surface(place + aside.sum(axis=0)) - ahead[0] - ahead[1] + height
    slope = np.array([(one - other) / (2 * SIDE) for one, other in zip(ahead, behind, strict=True)])
    bend = np.diag([(one - 2 * height + other) / SIDE**2 for one, other in zip(ahead, behind, strict=True)])
    bend[0, 1] = bend[1, 0] = across / SIDE**2
    return slope, bend
