"""Somebody else holds the lock for longer than anybody should wait: a page says so, nothing is lost, then it works."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.database import db, is_sqlite
from core.roles import Role
from tests import postgres
from tests.factories.trust import make_fund
from tests.faults.desk import ADDRESS, assert_books, assert_told, transfer

pytestmark = pytest.mark.usefixtures("clock")
PATIENCE_SECONDS = 0.15
SQLITE_LOCKS = ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE")
POSTGRESQL_LOCKS = (
    "SELECT * FROM entry_counter FOR UPDATE",
    "LOCK TABLE account_balance IN EXCLUSIVE MODE",
    "LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE",
    "LOCK TABLE audit_event IN EXCLUSIVE MODE",
)


@contextmanager
def held(lock: str) -> Iterator[None]:
    """Let another connection, of another program, hold a lock."""
    if is_sqlite():
        with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other:
            other.execute(lock)
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(postgres.database_url(str(db.engine.url.database))) as another:
        another.execute(lock.encode())
        yield
        another.rollback()


@contextmanager
def little_patience() -> Iterator[None]:
    """Wait for a lock for a moment only."""

    def hurry(connection: sqlite3.Connection | psycopg.Connection[object], _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute(f"PRAGMA busy_timeout = {round(PATIENCE_SECONDS * 1000)}")
        else:
            connection.execute(f"SET lock_timeout = {round(PATIENCE_SECONDS * 1000)}")
            connection.commit()

    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", hurry)
        db.session.remove()
        db.engine.dispose()


def test_a_gift_that_meets_a_lock_is_told_to_come_back_and_then_taken(
    client: FlaskClient, login: Callable[..., object], session: Session
) -> None:
    code = make_fund().code
    login(Role.TREASURER)
    session.commit()
    with little_patience():
        for gifts, lock in enumerate(SQLITE_LOCKS if is_sqlite() else POSTGRESQL_LOCKS, 1):
            form = transfer(code, f"espera-{gifts}")
            with held(lock):
                assert_told(client.post(ADDRESS, data=form), 503)
                assert_told(client.post(ADDRESS, data=form), 503)
            assert_books(gifts - 1)
            assert client.post(ADDRESS, data=form).status_code == 303
            assert client.post(ADDRESS, data=form).status_code == 303  # the same form again: the same gift
            assert_books(gifts)
