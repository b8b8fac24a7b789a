"""A small world to look at: the demo year with few applications, told once and copied for each test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import User
from core.clock import FrozenClock, now, set_clock
from core.context import SYSTEM, set_actor, set_writing
from core.database import db
from core.roles import Role
from core.settings import install_settings
from tests.conftest import TestDatabase
from tests.factories.accounts import sign_in_as
from tests.web.pages import Walk, walk

VISITOR = "anonymous"
ROLES = (VISITOR, *(role.value for role in Role))
APPLICATIONS = 12


@dataclass
class World:
    """The told year, and the people of each role in it.

    Requests are made outside any application context, so that each has its own session and language, as in life.
    """

    app: Flask
    database: TestDatabase
    moment: datetime
    name: str = "world"  # what its database is kept as

    def restore(self) -> None:
        """Put the world back as it was told."""
        with self.app.app_context():
            db.session.remove()
            self.database.restore(self.name)

    def keep(self) -> None:
        """Remember the present state as the told world."""
        db.session.remove()
        self.database.keep_as(self.name)

    def client(self, role: str) -> FlaskClient:
        """A browser in which the demo's own holder of `role` is signed in."""
        client = self.app.test_client()
        if role != VISITOR:
            with self.app.app_context():
                sign_in_as(client, _person(role))
        return client


def _person(role: str) -> User:
    from web.demo.people import ACCOUNTS  # local: rooms are imported once the application is built

    email = next(account.email for account in ACCOUNTS if role in account.roles)
    return db.session.scalars(select(User).where(User.email == email)).one()


@pytest.fixture(scope="session")
def told(application: Flask, database: TestDatabase) -> World:
    """Tell the year, once a run."""
    return tell_year(application, database)


def tell_year(application: Flask, database: TestDatabase, name: str = "world") -> World:
    """Tell the year in the city the application stands in, and keep it under a name of its own."""
    install_settings(application.config)
    with application.app_context():
        from web.demo import year  # local: rooms are imported once the application is built

        database.refresh()
        set_actor(SYSTEM)
        set_writing(True)
        year.tell(APPLICATIONS, lambda *_progress: None)
        world = World(application, database, now(), name)
        world.keep()
    return world


@contextmanager
def visited(world: World) -> Iterator[World]:
    """Stand in the told year, fresh, at the moment it was told, with every guard up: forms need their tokens."""
    install_settings(world.app.config)
    previous = set_clock(FrozenClock(world.moment))
    csrf = world.app.config.get("WTF_CSRF_ENABLED", True)
    world.app.config["WTF_CSRF_ENABLED"] = True
    world.restore()
    set_writing(True)
    try:
        yield world
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = csrf
        set_clock(previous)
        set_actor(SYSTEM)
        set_writing(True)


@pytest.fixture
def world(told: World) -> Iterator[World]:
    """The told year, fresh for each test."""
    with visited(told) as standing:
        yield standing


@pytest.fixture(scope="session")
def walks(told: World) -> Callable[[str], Walk]:
    """What each role reaches by links, walked once a run and only when asked for."""
    known: dict[str, Walk] = {}

    def walked(role: str) -> Walk:
        if role not in known:
            visitor = None if role == VISITOR else walked(VISITOR)
            with visited(told):
                known[role] = walk(told.app, told.client(role), role, visitor=visitor)
        return known[role]

    return walked
