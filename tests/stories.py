"""Long stories told once: the first test that asks hears it from the services, the others get a copy of its end.

Only where nothing else has happened yet: in a database whose one person is the story's officer. Anywhere else the story
is told as it always is.
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
        key = _key(tell.__name__, clock, officer, changes)
        if _telling or not _nothing_happened():
            return tell(clock, officer, **changes)
        session().commit()
        if key not in _endings:
            _telling.append(key)
            try:
                returned = tell(clock, officer, **changes)
            finally:
                _telling.pop()
            session().commit()
            _endings[key] = Ending(f"story_{len(_endings)}", now(), _named(returned))
            _database().keep_as(_endings[key].name)
            return returned
        ending = _endings[key]
        _database().restore(ending.name)
        session().expire_all()
        clock.set(ending.moment)
        return _found(ending.returned)

    return cast(Told, listen)


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
    return (type(value), inspect(value).identity)


def _found(value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], type):
        return db.session.get_one(*value)
    return type(value)(_found(one) for one in value)
