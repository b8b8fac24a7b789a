"""Benefits for sponsors: by when each is due, how long it is owed, and what of a gift is a gift."""

from datetime import date, timedelta

from core.money import Money


def due_date(received_on: date, *, days: int | None, on: date | None) -> date:
    """Return the day by which a benefit is delivered: a fixed one, or so many days after the money came.

    A fixed day that is over when the money comes is that very day: nothing is late before it is owed.
    """
    if on is not None:
        return max(on, received_on)
    return received_on + timedelta(days=days or 0)


def is_earned(kept: Money, least: Money) -> bool:
    """Return whether what is left of a sponsorship still reaches its package: else nothing more is owed."""
    return kept >= least


def gift_part(given: Money, returned: Money) -> Money:
    """Return what of a sponsorship is a gift: what was given less the fair value of what comes back, at least zero."""
    return max(given - returned, Money.zero(given.currency))
