"""Workers that die at any moment under load: no money lost, none doubled, no gap, every letter sent."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from core.context import SYSTEM, set_actor, set_writing
from core.database import db
from tests.built import Built
from tests.factories.trust import make_fund
from tests.faults.giver import Giver
from tests.served import Served, served
from trust.services import catch_up_payments, verify_ledger
from web.factory import create_app
from web.server import LIVES_LONG_ENOUGH, STARTS

pytestmark = pytest.mark.only_on("sqlite")  # an instance as `make run` starts it
GIVERS, GIFTS, DEATHS = 4, 3, 4
PATIENCE_SECONDS = 60


@contextmanager
def standing_in(folder: Path, **more: str) -> Iterator[None]:
    """Stand in the instance's database, in this process: starting another takes longer than what it is started for."""
    with create_app({"MODE": "demo", "DATA_FOLDER": str(folder), **more}).app_context():
        set_actor(SYSTEM)
        set_writing(True)
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Iterator[Served]:
    """A Puente that takes gifts into one fund, whose jobs change hands soon after a worker dies."""
    folder = tmp_path_factory.mktemp("faults")
    built.copy("faults", folder)
    with standing_in(folder):
        make_fund(code="fondo-general", name={"es": "Fondo general", "en": "General fund"}, accepts_gifts=True)
        db.session.commit()
    with served(folder, applications=0, PUENTE_JOB_LEASE_SECONDS="2") as running:
        yield running


def children(process_id: int) -> list[int]:
    """Return every living descendant of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += [int(child), *children(int(child))]
        except OSError:
            continue  # it ended while we looked
    return found


def command(process_id: int) -> str:
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill_one(site: Served, chance: random.Random) -> bool:
    """Kill -9 one web worker or the job worker, never the parents that look after them."""
    family = children(site.process_id)
    web = [one for one in family if "granian" in command(one) and not children(one)]
    jobs = [one for one in family if "jobs work" in command(one)]
    victims = [*web, *jobs]
    if not victims:
        return False
    try:
        os.kill(chance.choice(victims), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def rows(file: Path, query: str) -> list[Any]:
    """Read a database from outside, as an auditor with nothing but the file would."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def paid_sessions(site: Served) -> Counter[str]:
    """Return what the payment company was paid for, by the reference of our order, in minor units."""
    found: Counter[str] = Counter()
    query = (
        "SELECT json_extract(body, '$.client_reference_id'), json_extract(body, '$.amount_total') FROM object "
        "WHERE kind = 'checkout.session' AND json_extract(body, '$.payment_status') = 'paid' ORDER BY id"
    )
    for reference, amount in rows(site.folder / "simulator.sqlite3", query):
        found[reference] += amount
    return found


def caught_up(site: Served) -> list[str]:
    """Do what the instance's own job does at the next quarter of an hour, and say what disagrees in the books."""
    with standing_in(site.folder, PUBLIC_URL=site.url):
        catch_up_payments(settle=db.session.commit)
        db.session.commit()
        return verify_ledger()


def test_workers_killed_at_any_moment_lose_and_double_nothing(site: Served) -> None:
    givers = [Giver(site.url) for _giver in range(GIVERS)]
    problems: list[BaseException] = []

    def work(giver: Giver, number: int) -> None:
        try:
            for turn in range(GIFTS):
                giver.give(100 + 10 * number + turn)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(giver, number)) for number, giver in enumerate(givers)]
    chance, killed, pause, seen = random.Random(20261122), 0, threading.Event(), -1
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        pause.wait(chance.uniform(0.05, 0.4))
        through = sum(giver.paid for giver in givers)
        if through > seen and killed < DEATHS:  # something went through since the last one died: the next may
            seen = through
            killed += kill_one(site, chance)
    assert problems == [], (site.folder / "served.log").read_text()[-4000:] + str(
        [command(one) for one in children(site.process_id)]
    )
    assert killed > DEATHS // 2, "the load ended before enough was killed"
    assert sum(giver.paid for giver in givers) == GIVERS * GIFTS

    disagreements = caught_up(site)
    paid = paid_sessions(site)
    file = site.folder / "puente.sqlite3"
    ours = Counter(dict(rows(file, "SELECT token, amount_cents FROM checkout_order WHERE state = 'paid' ORDER BY id")))
    assert ours == paid
    assert sum(paid.values()) == sum(
        amount for (amount,) in rows(file, "SELECT amount_cents FROM contribution ORDER BY id")
    )
    for table in ("journal_entry", "receipt"):
        numbers = [number for (number,) in rows(file, f"SELECT number FROM {table} ORDER BY number")]
        assert numbers == list(range(1, len(paid) + 1)), table
    assert disagreements == []


def look_after(process_id: int) -> dict[int, list[int]]:
    """Return the web workers by the process that looks after them."""
    web = [one for one in children(process_id) if "granian" in command(one)]
    return {one: workers for one in web if (workers := children(one))}


def test_a_web_server_that_served_is_started_again_however_often_it_gives_up(site: Served) -> None:
    pause, begun = threading.Event(), time.monotonic()
    seen: list[int] = []
    while len(seen) < STARTS + 2 and time.monotonic() < begun + 2 * PATIENCE_SECONDS:
        pause.wait(LIVES_LONG_ENOUGH if not seen else 0.3)
        for master, workers in look_after(site.process_id).items():
            if master not in seen:
                seen.append(master)
            for worker in workers if len(seen) < STARTS + 2 else []:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
    assert len(seen) == STARTS + 2
    while time.monotonic() < begun + 2 * PATIENCE_SECONDS:
        with suppress(OSError), urlopen(f"{site.url}/es/", timeout=5) as answer:
            assert answer.status == 200
            return
        pause.wait(0.2)
    raise AssertionError((site.folder / "served.log").read_text()[-4000:])


def test_the_work_that_was_interrupted_is_done_by_itself(site: Served) -> None:
    file = site.folder / "puente.sqlite3"
    letters = "SELECT state, COUNT(*) FROM outbox_message GROUP BY state ORDER BY state"
    receipts = len(rows(file, "SELECT id FROM receipt ORDER BY id"))
    assert receipts >= GIVERS * GIFTS
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while rows(file, letters) != [("sent", receipts)] and time.monotonic() < deadline:
        pause.wait(0.2)
    assert rows(file, letters) == [("sent", receipts)]
    assert rows(file, "SELECT kind FROM job WHERE state = 'dead' ORDER BY id") == []
    waiting = rows(file, "SELECT DISTINCT kind FROM job WHERE state IN ('queued', 'running') ORDER BY kind")
    assert waiting in ([], [("trust.catch_up_payments",)])
