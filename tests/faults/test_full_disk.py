"""A disk that is full at any step of a gift: the person is told, nothing is half written, and it works once there is
room again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from core.database import db, is_sqlite
from core.roles import Role
from tests.factories.trust import make_fund
from tests.faults.desk import ADDRESS, assert_books, assert_told, files_in, transfer

pytestmark = pytest.mark.usefixtures("clock")
MOST_GIFTS = 40
ROOM = (0, 1, 2, 3, 5, 8)  # pages
STEPS = ("journal_entry", "posting", "account_balance", "contribution", "receipt", "stored_file", "audit_event",
         "outbox_message", "job")  # fmt: skip


@pytest.fixture
def fund(session: Session, login: Callable[..., object]) -> str:
    """A fund's code, with the treasurer signed in."""
    made = make_fund()
    login(Role.TREASURER)
    session.commit()
    return made.code


@contextmanager
def room_for(pages: int) -> Iterator[None]:
    """Let SQLite's file grow by so many pages and no more, as on a disk that is about to be full."""
    db.session.remove()
    with db.engine.begin() as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def bound(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {size + pages}")

    db.engine.dispose()
    event.listen(db.engine, "connect", bound)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", bound)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def no_room_in(table: str) -> Iterator[None]:
    """Let PostgreSQL find its disk full when it writes a row of `table`: the error its own file layer raises."""
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        connection.execute(
            text(f"CREATE TRIGGER aaa_no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()")
        )
    try:
        yield
    finally:
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP FUNCTION no_room CASCADE"))


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Where files are kept: a folder of the disk."""
    with files_in(app, tmp_path / "files") as made:
        yield made


def files(folder: Path) -> int:
    """Return how many files lie there."""
    return len([one for one in folder.rglob("*") if one.is_file()])


def test_a_database_without_room_takes_a_gift_whole_or_not_at_all(client: FlaskClient, fund: str, folder: Path) -> None:
    done = 0
    for trouble in (
        [partial(room_for, pages) for pages in ROOM] if is_sqlite() else [partial(no_room_in, t) for t in STEPS]
    ):
        with trouble():
            for turn in range(MOST_GIFTS):  # until the last page is full, each time at another step of a gift
                form = transfer(fund, f"lleno-{done}-{turn}")
                answer = client.post(ADDRESS, data=form)
                if answer.status_code != 303:
                    break
                done += 1
        assert_told(answer, 507)
        assert_books(done)
        assert files(folder) == done
        again = client.post(ADDRESS, data=form)
        assert again.status_code == 303, again.get_data(as_text=True)
        done += 1
        assert_books(done)


def test_a_file_store_without_room_takes_a_gift_whole_or_not_at_all(
    client: FlaskClient, fund: str, folder: Path
) -> None:
    assert client.post(ADDRESS, data=transfer(fund, "uno")).status_code == 303
    receipts = folder / "receipt"
    receipts.rename(folder / "aside")
    receipts.write_bytes(b"")  # no folder can be made here now, by nobody: neither by root
    form = transfer(fund, "dos", "2,000")
    assert_told(client.post(ADDRESS, data=form), 507)
    assert_books(1)
    receipts.unlink()
    (folder / "aside").rename(receipts)
    assert client.post(ADDRESS, data=form).status_code == 303
    assert_books(2)
    assert files(folder) == 2
