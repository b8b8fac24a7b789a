"""Books are proved around every migration: where they do not agree, the schema stays as it is."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from core.clock import FrozenClock, frozen
from core.context import SYSTEM, set_actor
from core.database import db, is_sqlite, session
from core.settings import install_settings
from tests import postgres
from tests.architecture.places import ROOT
from tests.built import NAME, Built, address
from tests.conftest import ENGINE, NOON, settings
from tests.factories.trust import give, make_books, make_fund, pesos
from trust.services import close_period, verify_ledger

FOLDER = str(ROOT / "migrations")


@dataclass
class Books:
    """An application on a database of its own, with books that a migration has to carry."""

    app: Flask

    def revision(self) -> str:
        with db.engine.connect() as connection:
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())

    def tamper(self) -> None:
        """Change a posted line behind everybody's back."""
        if is_sqlite():
            session().execute(text("DROP TRIGGER posting_guard_update"))
        else:
            session().execute(text("ALTER TABLE posting DISABLE TRIGGER posting_guard_update"))
        session().execute(
            text("UPDATE posting SET amount_cents = amount_cents + 1 WHERE id = (SELECT MIN(id) FROM posting)")
        )
        session().commit()
        db.session.remove()


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Flask]:
    """Stand in an application on that database, and leave nobody connected to it."""
    from web.factory import create_app  # local: the application fixture has imported every room by now

    app = create_app(settings(folder, url))
    with app.app_context():
        set_actor(SYSTEM)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Path:
    """A database that migrations built, with a closed month in it: told once, copied for each test."""
    folder = tmp_path_factory.mktemp("told")
    with frozen(NOON), opened(built.copy("told", folder), folder):
        make_books(2026)
        give(make_fund(), pesos(100), received_on=date(2026, 1, 20))
        close_period(2026, 1)
        session().commit()
    return folder


@pytest.fixture
def books(tmp_path: Path, application: Flask, told: Path, clock: FrozenClock) -> Iterator[Books]:
    if ENGINE == "postgresql":
        postgres.recreate("moving", "told")
    else:
        shutil.copy(told / NAME, tmp_path)
    with opened(address(ENGINE, "moving", tmp_path), tmp_path) as app:
        yield Books(app)
    install_settings(application.config)


def test_books_that_agree_go_down_and_up_and_keep_their_closings(books: Books) -> None:
    head = books.revision()
    flask_migrate.downgrade(directory=FOLDER, revision="0001")
    assert books.revision() == "0001"
    assert "period_closing" not in inspect(db.engine).get_table_names()
    flask_migrate.upgrade(directory=FOLDER)
    assert books.revision() == head
    assert verify_ledger() == []
    kept = session().execute(text("SELECT month, action, last_number FROM period_closing")).all()
    assert [tuple(row) for row in kept] == [(1, "closed", 1)]


@pytest.mark.parametrize("direction", ["up", "down"])
def test_books_that_disagree_are_not_migrated_and_the_refusal_names_the_entry(
    books: Books, direction: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if direction == "up":
        flask_migrate.downgrade(directory=FOLDER, revision="0001")
    before = books.revision()
    tables = sorted(inspect(db.engine).get_table_names())
    books.tamper()
    move = {
        "up": lambda: flask_migrate.upgrade(directory=FOLDER),
        "down": lambda: flask_migrate.downgrade(directory=FOLDER, revision="0001"),
    }[direction]
    with pytest.raises(SystemExit) as stopped:
        move()
    assert stopped.value.code == 1
    assert "entry 2026-000001 is off by 1 MXN" in capsys.readouterr().err
    assert books.revision() == before
    assert sorted(inspect(db.engine).get_table_names()) == tables


def test_whoever_says_so_migrates_in_spite_of_it_and_sees_what_disagrees(
    books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    books.tamper()
    flask_migrate.downgrade(directory=FOLDER, revision="0001", x_arg="unproved")
    assert books.revision() == "0001"
    assert "entry 2026-000001 is off by 1 MXN" in capsys.readouterr().err


def test_a_migration_that_breaks_the_books_is_taken_back(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    head = books.revision()
    answers = iter([[], ["an entry is off"]])
    monkeypatch.setattr("trust.services.verify_ledger", lambda _tables: next(answers))
    with pytest.raises(SystemExit):
        flask_migrate.downgrade(directory=FOLDER, revision="0001")
    assert books.revision() == head
    assert "period_closing" in inspect(db.engine).get_table_names()


def test_to_ask_where_the_schema_stands_nobody_proves_the_books(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_tables: object) -> list[str]:
        raise AssertionError("the books were read")

    monkeypatch.setattr("trust.services.verify_ledger", never)
    flask_migrate.current(directory=FOLDER)
    flask_migrate.upgrade(directory=FOLDER)  # there already
    flask_migrate.check(directory=FOLDER)
