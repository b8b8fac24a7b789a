"""Sixteen people give at once: nobody is turned away, nobody starves, and together they are no slower than one."""

import itertools
import os
import pickle
import statistics
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.books import CENTS, application
from benchmarks.harness import ROUNDS, Contestant, Result

GIVERS = 16
P99_SECONDS = 0.05


class Crowd(NamedTuple):
    """How many give, and how they reach the books: the site itself serves by two processes of several threads."""

    processes: int
    threads: int
    what: str


CROWDS = {
    "one giver": Crowd(1, 1, "post_entry and commit, one thread"),
    f"{GIVERS} threads": Crowd(1, GIVERS, "the same work shared by sixteen threads of one process"),
    f"{GIVERS} givers": Crowd(2, GIVERS // 2, "and by eight threads in each of two processes, as the site is served"),
}


class Given(NamedTuple):
    """What one process did: when it began and ended, and how long each posting took, in seconds."""

    began: float
    ended: float
    took: list[float]


def _process(app: Any, number: int, threads: int, each: int, gate: Callable[[], None]) -> Given:
    """Let so many threads post, all at once when the gate opens. Any error ends the benchmark."""
    from core.database import db  # local: see books.application

    took: list[list[float]] = [[] for _thread in range(threads)]
    trouble: list[BaseException] = []
    ready, start = threading.Barrier(threads + 1), threading.Event()
    post = _poster(number)

    def give(mine: list[float]) -> None:
        with app.app_context():
            try:
                post()
                db.session.commit()
                ready.wait()
                start.wait()
                for _number in range(each):
                    began = time.perf_counter()
                    post()
                    db.session.commit()
                    mine.append(time.perf_counter() - began)
            except BaseException as error:
                trouble.append(error)
                ready.abort()
            finally:
                db.session.remove()

    givers = [threading.Thread(target=give, args=(mine,)) for mine in took]
    for giver in givers:
        giver.start()
    ready.wait()
    gate()
    began = time.perf_counter()
    start.set()
    for giver in givers:
        giver.join()
    if trouble:
        raise trouble[0]
    return Given(began, time.perf_counter(), [one for mine in took for one in mine])


def _forked(app: Any, number: int, threads: int, each: int) -> tuple[int, int, int]:
    """Begin a process that says when it is ready, waits for a word, and tells what it did: its id and two pipes."""
    told, tell = os.pipe()
    heard, say = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        os.close(heard)
        return child, told, say
    from core.database import db  # local: see books.application

    def gate() -> None:
        os.write(tell, b"r")
        os.read(heard, 1)

    try:
        with app.app_context():
            db.engine.dispose(close=False)  # the parent's connections are not ours
        given = _process(app, number, threads, each, gate)
        with os.fdopen(tell, "wb") as answer:
            pickle.dump(tuple(given), answer)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _round(app: Any, crowd: Crowd, times: int) -> tuple[float, list[float]]:
    """Return the rate of all and how long each posting took."""
    from core.database import db  # local: see books.application

    db.session.remove()
    db.engine.dispose()
    each = times // crowd.processes // crowd.threads
    children = [_forked(app, number, crowd.threads, each) for number in range(crowd.processes)]
    if not all(os.read(told, 1) for _child, told, _say in children):
        raise RuntimeError("a giver failed before it began")
    for _child, _told, say in children:
        os.write(say, b"g")
    done = []
    for child, told, say in children:
        with os.fdopen(told, "rb") as answer:
            data = answer.read()
        os.close(say)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("a giver failed")
        done.append(Given(*pickle.loads(data)))  # our own child wrote it
    took = [one for given in done for one in given.took]
    return len(took) / (max(one.ended for one in done) - min(one.began for one in done)), took


def concurrent(engine: str, times: int = 640, rounds: int = ROUNDS) -> Result:
    """Compare sixteen writers with one, on fresh books each, and say how long the slowest hundredth waited."""
    rates: dict[str, list[float]] = {name: [] for name in CROWDS}
    waits: list[float] = []
    shares: list[float] = []
    for _round_number in range(rounds):
        for name, crowd in CROWDS.items():
            with (
                tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder,
                application(engine, Path(folder)) as app,
            ):
                rate, took = _round(app, crowd, times)
                rates[name].append(rate)
                if crowd.processes > 1:
                    waits.append(statistics.quantiles(took, n=100)[98] if len(took) > 1 else took[0])
                    shares.append(max(took) / statistics.median(took))
    p99 = statistics.median(waits)
    verdict = "met" if p99 < P99_SECONDS else "MISSED"
    notes = (
        f"p99 is {p99 / P99_SECONDS:.2f} of the 50 ms allowed: {verdict}; no busy error: met",
        f"the longest wait was {statistics.median(shares):.1f} times the median one",
    )
    contestants = tuple(
        Contestant(name, crowd.what, targets=(("one giver", 1.0),) if name == f"{GIVERS} givers" else ())
        for name, crowd in CROWDS.items()
    )
    return Result(
        f"{GIVERS} givers at once, {engine} (× one giver; {rounds} rounds of {times:,})", contestants, rates, notes
    )


def _poster(process: int) -> Callable[[], None]:
    from core.clock import today  # local: see books.application
    from core.money import Money
    from trust import queries
    from trust.services import Line, post_entry

    money, count, lock = Money(CENTS, "MXN"), itertools.count(), threading.Lock()

    def post() -> None:
        with lock:
            number = next(count)
        fund = queries.fund_by_code("general")
        post_entry(
            kind="contribution",
            entry_date=today(),
            memo="gift",
            source="benchmark",
            lines=[Line("1.1.1", fund, money), Line("4.1.1", fund, -money)],
            idempotency_key=f"giver-{process}-{number}",
        )

    return post
