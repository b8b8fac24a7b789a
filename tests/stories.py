"""Long stories told once: the first test that asks hears it from the services, the others get a copy of its end.

Only where nothing else has happened yet: in a database whose one person is the story's officer, or which nobody has
written in. Anywhere else the story is told as it always is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app
from sqlalchemy import func, inspect, select

from accounts.models import User, UserSession
from core.clock import FrozenClock, now
from core.context import actor
from core.database import db, session
from grants.models import Call
from tests.conftest import TestDatabase
from trust.models import Fund

Told = TypeVar("Told", bound=Callable[..., Any])


@dataclass(frozen=True)
class Ending:
    """Where a story's database is kept, when it ended, and what it returned, things of the database by their ids."""

    name: str
    moment: datetime
    returned: Any


_endings: dict[str, Ending] = {}
_telling: list[str] = []


def told_once(tell: Told) -> Told:
    """Let a factory `tell(clock, officer, **changes)` be told once a run for each officer's roles and changes."""

    @wraps(tell)
    def listen(clock: FrozenClock, officer: User, **changes: Any) -> Any:
        if _telling or not _nothing_happened():
            return tell(clock, officer, **changes)
        key = _key(tell.__name__, clock, officer, changes)
        return _heard(key, lambda: tell(clock, officer, **changes), clock)

    return cast(Told, listen)


def made_once(make: Told) -> Told:
    """Let a factory that needs nobody, and no other clock, make its thing once a run for each of its arguments."""

    @wraps(make)
    def listen(*arguments: Any, **changes: Any) -> Any:
        if "test_database" not in current_app.extensions:  # a benchmark has a database of its own
            return make(*arguments, **changes)
        if _telling or _database().touched or session().new:
            return make(*arguments, **changes)
        key = repr((make.__module__, make.__qualname__, now(), actor(), arguments, sorted(changes.items())))
        return _heard(key, lambda: make(*arguments, **changes))

    return cast(Told, listen)


def _heard(key: str, tell: Callable[[], Any], clock: FrozenClock | None = None) -> Any:
    """Return what is told, or a copy of what was told before; the clock then stands where it stood at the end."""
    session().commit()
    if key not in _endings:
        _telling.append(key)
        try:
            returned = tell()
        finally:
            _telling.pop()
        session().commit()
        _endings[key] = Ending(f"story_{len(_endings)}", now(), _named(returned))
        _database().keep_as(_endings[key].name)
        return returned
    ending = _endings[key]
    _database().restore(ending.name)
    session().expire_all()
    if clock is not None:
        clock.set(ending.moment)
    return _found(ending.returned)


def _database() -> TestDatabase:
    return cast(TestDatabase, current_app.extensions["test_database"])


def _key(name: str, clock: FrozenClock, officer: User, changes: dict[str, Any]) -> str:
    person = (sorted(officer.roles), officer.language, "" if officer.name.startswith("Persona ") else officer.name)
    return repr((name, clock.now(), person, sorted(changes.items())))


def _nothing_happened() -> bool:
    counts = [select(func.count()).select_from(one).scalar_subquery() for one in (User, UserSession, Call, Fund)]
    return tuple(session().execute(select(*counts)).one()) == (1, 0, 0, 0)


def _named(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_named(one) for one in value)
    if isinstance(value, dict):
        return {name: _named(one) for name, one in value.items()}
    return (type(value), inspect(value).identity)


def _found(value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], type):
        return db.session.get_one(*value)
    if isinstance(value, dict):
        return {name: _found(one) for name, one in value.items()}
    return type(value)(_found(one) for one in value)
