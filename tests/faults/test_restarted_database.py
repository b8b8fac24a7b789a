"""PostgreSQL dies and comes back while people give: requests say "busy" at most, and the work goes on by itself."""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from core.clock import today
from core.context import SYSTEM, set_actor, set_writing
from core.database import db
from core.jobs import Job
from core.jobs.worker import work
from core.roles import Role
from core.settings import install_settings
from mail.models import OutboxMessage
from tests.conftest import settings
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.trust import make_fund
from tests.faults.desk import ADDRESS, assert_books, transfer
from tests.postgres import MortalServer
from web.factory import create_app, create_schema

pytestmark = pytest.mark.only_on("postgresql")
GIVERS, GIFTS, DEATHS = 4, 8, 2
PATIENCE_SECONDS = 60


@pytest.fixture
def server() -> Iterator[MortalServer]:
    # Outside pytest's own folder: another user runs the server and must be let in.
    with tempfile.TemporaryDirectory(prefix="puente-mortal-", ignore_cleanup_errors=True) as folder:
        started = MortalServer(Path(folder))
        yield started
        started.remove()


@pytest.fixture
def site(server: MortalServer, tmp_path: Path) -> Iterator[Flask]:
    """The application on a server that will die, with books and a treasurer's desk."""
    made = create_app(settings(tmp_path, server.url) | {"JOB_LEASE_SECONDS": 1, "WTF_CSRF_ENABLED": False})
    install_settings(made.config)
    with made.app_context():
        set_actor(SYSTEM)
        set_writing(True)
        create_schema()
        make_fund(code="fondo")
        db.session.commit()
        yield made
        db.session.remove()
        db.engine.dispose()


class Desk(threading.Thread):
    """A treasurer who writes down one gift after another and sends a form again when told to come back."""

    def __init__(self, site: Flask, number: int) -> None:
        super().__init__()
        self.client, self.number, self.pause = site.test_client(), number, threading.Event()
        self.said: Counter[int] = Counter()
        sign_in_as(self.client, make_user(Role.TREASURER))

    def run(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        for turn in range(GIFTS):
            form = transfer("fondo", f"mesa-{self.number}-{turn}") | {"received_on": today().isoformat()}
            while time.monotonic() < deadline:
                status = self.client.post(ADDRESS, data=form).status_code
                self.said[status] += 1
                if status == 303:
                    break
                self.pause.wait(0.05)


def waiting() -> int:
    """Return how much of the background work is not done yet, letters included."""
    db.session.rollback()
    jobs = db.session.scalar(select(func.count(Job.id)).where(Job.state.in_(["queued", "running"])))
    letters = db.session.scalar(select(func.count(OutboxMessage.id)).where(OutboxMessage.state != "sent"))
    db.session.rollback()
    return int(jobs or 0) + int(letters or 0)


def test_a_database_that_dies_under_load_loses_and_doubles_nothing(site: Flask, server: MortalServer) -> None:
    desks, stop, pause = [Desk(site, number) for number in range(GIVERS)], threading.Event(), threading.Event()

    def background() -> None:
        with site.app_context():
            work("trabajador", stop, pause_seconds=0.05)

    with ExitStack() as ending:
        worker = threading.Thread(target=background)
        ending.callback(worker.join)
        ending.callback(stop.set)
        for thread in (worker, *desks):
            thread.start()
        for death in range(DEATHS):
            while sum(desk.said[303] for desk in desks) < (death + 1) * GIVERS * GIFTS // (DEATHS + 2):
                assert any(desk.is_alive() for desk in desks), [desk.said for desk in desks]
                pause.wait(0.01)
            server.die()
            pause.wait(0.2)
            server.rise()
        for desk in desks:
            desk.join()
        said = sum((desk.said for desk in desks), Counter[int]())
        assert set(said) == {303, 503}, said
        assert said[303] == GIVERS * GIFTS
        assert_books(GIVERS * GIFTS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while waiting() and time.monotonic() < deadline:
            pause.wait(0.05)
        assert worker.is_alive()
    assert waiting() == 0
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == GIVERS * GIFTS


def test_a_connection_that_died_while_nobody_came_is_noticed_before_it_is_used(
    site: Flask, server: MortalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.execute(text("SELECT 1"))
    db.session.rollback()
    server.die()
    server.rise()
    monkeypatch.setattr("core.connections.IDLE_SECONDS", 0)
    assert db.session.execute(text("SELECT 1")).scalar_one() == 1
    db.session.rollback()
