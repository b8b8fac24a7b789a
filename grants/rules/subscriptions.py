"""Whether a call is one that somebody wanted to hear of."""

from collections.abc import Collection


def concerns(
    axes: Collection[int],
    audience: Collection[str],
    *,
    wanted_axes: Collection[int],
    wanted_audience: Collection[str],
) -> bool:
    """Return whether a call's axes and audience meet what was wanted; nothing wanted in particular means everything."""
    axis_fits = not wanted_axes or not set(axes).isdisjoint(wanted_axes)
    audience_fits = not wanted_audience or not audience or not set(audience).isdisjoint(wanted_audience)
    return axis_fits and audience_fits
