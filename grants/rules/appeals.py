"""Until when an appeal may be filed, and who may decide it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from grants.states.determination import Outcome


def last_day(released_on: date, appeal_days: int) -> date:
    """Return the last calendar day of the window: the day of release does not count."""
    return released_on + timedelta(days=appeal_days)


def is_open(moment: datetime, *, released_at: datetime, closes_at: datetime) -> bool:
    """Return whether an appeal received at `moment` is in time: the closing second itself still counts."""
    return released_at <= moment < closes_at + timedelta(seconds=1)


def may_object(outcome: Outcome) -> bool:
    """Return whether there is something to object to: whoever has support was told nothing that an appeal undoes."""
    return outcome is not Outcome.AWARDED


def may_decide(person: int | None, *, first_reviewers: Collection[int | None]) -> bool:
    """Return whether a person may resolve an appeal: someone known, who took no part in the first decision."""
    return person is not None and person not in first_reviewers
