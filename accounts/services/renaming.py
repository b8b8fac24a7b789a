"""Word for the rooms above, which keep what somebody is called and where they read and cannot be called from here."""

from collections.abc import Callable

from accounts.models import User
from core.database import session

Renamed = Callable[[User], object]
_after_change: list[Renamed] = []


def when_person_changes(act: Renamed) -> Renamed:
    """Have `act(person)` called, in the same transaction, whenever somebody's name or address became another."""
    if act not in _after_change:
        _after_change.append(act)
    return act


def tell_of_change(person: User) -> None:
    """Tell whoever wants to know that a person's name or address became another. Flushes first."""
    session().flush()
    for act in _after_change:
        act(person)
