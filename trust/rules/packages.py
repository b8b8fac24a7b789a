"""Counter-benefits: by when each is due, and what of a sponsorship is more than what comes back for it."""

from datetime import date, timedelta

from core.money import Money


def due_date(received_on: date, *, days: int | None, on: date | None) -> date:
    """Return the day by which a counter-benefit is delivered: a fixed one, or so many days after the money came.

    A fixed day that is over when the money comes is that very day: nothing is late before it is owed.
    """
    if on is not None:
        return max(on, received_on)
    return received_on + timedelta(days=days or 0)


def gift_part(given: Money, returned: Money) -> Money:
    """Return what of a sponsorship is a gift: what was given less the fair value of what comes back, at least zero."""
    return max(given - returned, Money.zero(given.currency))
