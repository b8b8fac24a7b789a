"""One application for the whole run, and a fresh copy of a migrated database for each test, on the engine asked for.

`PUENTE_TEST_DATABASE` is sqlite (the default) or postgresql; `make test` runs the suite once with each.
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.clock import FrozenClock, set_clock
from core.context import SYSTEM, set_actor, set_writing
from core.database import db
from core.settings import install_settings
from tests import postgres, sqlite
from tests.built import Built, address

# Properties are about answers, not about how busy the machine is.
hypothesis_settings.register_profile("puente", deadline=None, max_examples=60)
hypothesis_settings.load_profile("puente")

ENGINE = os.environ.get("PUENTE_TEST_DATABASE", "sqlite")
MEMORY = "/dev/shm"
ROOT = Path(__file__).resolve().parent.parent
# Styles, catalogues and templates are the same for every test and every process that one starts: built once, for all.
os.environ.setdefault("PUENTE_BUILD_FOLDER", str(ROOT / "var" / "build-of-tests"))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=ZoneInfo("America/Mexico_City"))


def settings(folder: Path, database: str) -> dict[str, Any]:
    """Return the settings of a test application whose data lies in `folder`."""
    return {
        "MODE": "test",
        "DATA_FOLDER": str(folder),
        "DATABASE_URL": database,
        "FILES_URL": "memory:///",
        "SECRET_KEY": "test" * 8,
        "ARGON2_TIME_COST": 1,
        "ARGON2_MEMORY_KIB": 8,
        "PUBLIC_URL": "http://localhost",
        "SERVER_NAME": "localhost",
    }


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the other run does: `make test` runs the suite on both databases, and says nothing twice.

    On PostgreSQL, whatever asks for no database: it would be the same test. On either, a crawl whose mark `only_on`
    names the other engine.
    """
    left_out = [item for item in items if not _belongs_here(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _belongs_here(item: pytest.Item) -> bool:
    named = item.get_closest_marker("only_on")
    if named is not None:
        return bool(named.args[0] == ENGINE)
    return ENGINE == "sqlite" or "database" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator["TestDatabase"]:
    """The database of this run: built once, copied for each test, in memory where the system offers a folder there."""
    if ENGINE == "sqlite" and os.access(MEMORY, os.W_OK):
        with tempfile.TemporaryDirectory(prefix="puente-", dir=MEMORY) as folder:
            yield TestDatabase(Path(folder))
    else:
        yield TestDatabase(tmp_path_factory.mktemp("database"))


class TestDatabase:
    """Where the test database lives and how it is made fresh."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name, self.template = f"puente_{worker}", f"template_{worker}"
        self.file = folder / "puente.sqlite3"
        self.folder = folder
        self.kept: dict[str, postgres.Kept] = {}
        self.slate = sqlite.Slate(self.file)
        self.touched = False  # whether anything was written since a test got the template
        if ENGINE == "postgresql":
            postgres.recreate(self.template)

    @property
    def url(self) -> str:
        """The address the application connects to."""
        return postgres.database_url(self.name) if ENGINE == "postgresql" else f"sqlite:///{self.file}"

    def keep_as_template(self) -> None:
        """Remember the present state as what every test starts from."""
        if ENGINE == "postgresql":
            db.engine.dispose()
            postgres.recreate(self.template, self.name)
        else:
            self.slate.keep(db.engine, self.template)

    def keep_as(self, name: str) -> None:
        """Remember the present state under `name`. Nothing may wait for a commit."""
        if ENGINE == "postgresql":
            self.kept[name] = postgres.read(self.name)
        else:
            self.slate.keep(db.engine, name)

    def restore(self, name: str) -> None:
        """Put the state back that was kept under `name`."""
        if ENGINE == "postgresql":
            self._rewrite(self.kept[name])
        else:
            self.slate.restore(db.engine, name)
        self.touched = True

    def refresh(self) -> None:
        """Give the coming test what was kept as the template."""
        if ENGINE == "postgresql":
            self._rewrite()
        else:
            self.slate.restore(db.engine, self.template)
        self.touched = False

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Hear of a statement."""
        self.touched = self.touched or statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def _rewrite(self, kept: postgres.Kept | None = None) -> None:
        # The application keeps its connections: a new one reads the catalogue and compiles every trigger again.
        if not postgres.rewrite(self.name, kept):
            db.engine.dispose()
            postgres.recreate(self.name, self.template)
            postgres.rewrite(self.name, kept)


@pytest.fixture(scope="session")
def application(database: TestDatabase) -> Flask:
    """The application, built once."""
    from web.factory import create_app, create_schema

    if ENGINE == "postgresql":
        postgres.recreate(database.name)
    app = create_app(settings(database.folder, database.url))
    app.extensions["test_database"] = database  # for those who are no fixture: see tests/stories.py
    with app.app_context():
        create_schema()
        database.keep_as_template()
        event.listen(db.engine, "before_cursor_execute", database.note)
    gc.collect()
    gc.freeze()  # what is there now stays to the end: the collector need not look at it again and again
    return app


@pytest.fixture(scope="session")
def built(application: Flask, database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """An empty database that migrations built, to be copied."""
    import flask_migrate  # local: most runs of a few tests migrate nothing

    from web.factory import create_app

    folder = tmp_path_factory.mktemp("built")
    if ENGINE == "postgresql":
        postgres.recreate("built")
    with create_app(settings(folder, address(ENGINE, "built", folder))).app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        db.session.remove()
        db.engine.dispose()
    install_settings(application.config)
    return Built(ENGINE, folder)


@pytest.fixture
def app(application: Flask, database: TestDatabase) -> Iterator[Flask]:
    """The application in a context, on a fresh database."""
    install_settings(application.config)
    with application.app_context():
        database.refresh()
        set_actor(SYSTEM)
        set_writing(True)
        yield application
        db.session.remove()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session that services use."""
    return db.session()


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """A clock that stands at noon of Monday 2 March 2026 in Mexico City until a test moves it."""
    frozen = FrozenClock(NOON)
    previous = set_clock(frozen)
    yield frozen
    set_clock(previous)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts. Requests get their own session, as in life: commit before calling."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def login(client: FlaskClient) -> Callable[..., Any]:
    """Sign a person in: `login(user)` or `login(Role.TREASURER)`; returns the user."""
    from core.roles import Role
    from tests.factories.accounts import make_user, sign_in_as

    def sign_in(*who: Any) -> Any:
        user = make_user(*who) if not who or isinstance(who[0], Role) else who[0]
        db.session.commit()
        sign_in_as(client, user)
        return user

    return sign_in


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the statements sent inside the block: `with count_queries() as sent: …; assert len(sent) == 3`.

    Rows that point at each other stay known to the session, which the client shares, until Python collects its garbage.
    When it does hangs on every test before this one: it does not within the block, and does before it for whoever asks
    with `forgetting=True` (a second, late in the suite).
    """

    @contextmanager
    def counting(*, forgetting: bool = False) -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        if forgetting:
            gc.collect()
        gc.disable()
        try:
            yield sent
        finally:
            gc.enable()
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
