"""Sixteen people give at once: nobody is turned away, nobody starves, and together they are no slower than one.

Beside them the driver alone does the same in the same number of processes and threads: it shows what is lost before any
line of ours runs, to the engine's single writer, to cold caches and to cores that hand their work to each other.
"""

import itertools
import os
import pickle
import statistics
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.books import CENTS, application, raw_beside
from benchmarks.harness import ROUNDS, Contestant, Result

GIVERS = 16
P99_SECONDS = 0.05


Ready = AbstractContextManager[Callable[[], None]]


@contextmanager
def _by_the_service(app: Any, process: int, thread: int) -> Iterator[Callable[[], None]]:
    """What the application does for a gift: the service, and one commit."""
    from core.clock import today  # local: see books.application
    from core.database import db
    from core.money import Money
    from trust import queries
    from trust.services import Line, post_entry

    money, numbers = Money(CENTS, "MXN"), itertools.count()

    def give() -> None:
        fund = queries.fund_by_code("general")
        post_entry(
            kind="contribution",
            entry_date=today(),
            memo="gift",
            source="benchmark",
            lines=[Line("1.1.1", fund, money), Line("4.1.1", fund, -money)],
            idempotency_key=f"giver-{process}-{thread}-{next(numbers)}",
        )
        db.session.commit()

    with app.app_context():
        try:
            yield give
        finally:
            db.session.remove()


@contextmanager
def _by_the_driver(app: Any, process: int, thread: int) -> Iterator[Callable[[], None]]:
    """The same rows written by the driver alone, where nobody keeps an order among those who wait."""
    with app.app_context(), raw_beside() as one:
        one.count = (process * GIVERS + thread) * 1_000_000  # its keys are its own
        yield lambda: one.post(1)


class Crowd(NamedTuple):
    """How many give, how, and how they reach the books: the site itself serves by two processes of several threads."""

    processes: int
    threads: int
    giving: Callable[[Any, int, int], Ready]
    what: str


ONE, THREADS, ALL = "one giver", f"{GIVERS} threads", f"{GIVERS} givers"
ONE_RAW, ALL_RAW = "one by the driver", f"{GIVERS} by the driver"
CROWDS = {
    ONE: Crowd(1, 1, _by_the_service, "post_entry and commit, one thread"),
    THREADS: Crowd(1, GIVERS, _by_the_service, "the same work shared by sixteen threads of one process"),
    ALL: Crowd(2, GIVERS // 2, _by_the_service, "and by eight threads in each of two processes, as the site is served"),
    ONE_RAW: Crowd(1, 1, _by_the_driver, "the driver alone, same schema and triggers, one thread"),
    ALL_RAW: Crowd(2, GIVERS // 2, _by_the_driver, "eight threads in each of two processes: what the engine leaves"),
}


class Given(NamedTuple):
    """What one process did: when it began and ended, and how long each posting took, in seconds."""

    began: float
    ended: float
    took: list[float]


def _process(crowd: Crowd, app: Any, number: int, each: int, gate: Callable[[], None]) -> Given:
    """Let this process's threads give, all at once when the gate opens. Any error ends the benchmark."""
    took: list[list[float]] = [[] for _thread in range(crowd.threads)]
    trouble: list[BaseException] = []
    ready, start = threading.Barrier(crowd.threads + 1), threading.Event()

    def give(thread: int) -> None:
        try:
            with crowd.giving(app, number, thread) as once:
                once()
                ready.wait()
                start.wait()
                for _time in range(each):
                    began = time.perf_counter()
                    once()
                    took[thread].append(time.perf_counter() - began)
        except BaseException as error:
            trouble.append(error)
            ready.abort()

    givers = [threading.Thread(target=give, args=(thread,)) for thread in range(crowd.threads)]
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


def _forked(crowd: Crowd, app: Any, number: int, each: int) -> tuple[int, int, int]:
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
        given = _process(crowd, app, number, each, gate)
        with os.fdopen(tell, "wb") as answer:
            pickle.dump(tuple(given), answer)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _round(crowd: Crowd, app: Any, times: int) -> tuple[float, list[float]]:
    """Return the rate of all and how long each posting took."""
    from core.database import db  # local: see books.application

    db.session.remove()
    db.engine.dispose()
    each = times // crowd.processes // crowd.threads
    children = [_forked(crowd, app, number, each) for number in range(crowd.processes)]
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
    waits: dict[str, list[list[float]]] = {name: [] for name in CROWDS}
    for _round_number in range(rounds):
        for name, crowd in CROWDS.items():
            with (
                tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder,
                application(engine, Path(folder)) as app,
            ):
                rate, took = _round(crowd, app, times)
                rates[name].append(rate)
                waits[name].append(took)
    contestants = tuple(
        Contestant(name, crowd.what, targets=((ONE, 1.0),) if name == ALL else ()) for name, crowd in CROWDS.items()
    )
    title = f"{GIVERS} givers at once, {engine} (× one giver; {rounds} rounds of {times:,})"
    result = Result(title, contestants, rates)
    p99 = statistics.median(_slowest_hundredth(took) for took in waits[ALL])
    raw_p99 = statistics.median(_slowest_hundredth(took) for took in waits[ALL_RAW])
    longest = statistics.median(max(took) / statistics.median(took) for took in waits[ALL])
    raw_longest = statistics.median(max(took) / statistics.median(took) for took in waits[ALL_RAW])
    verdict = "met" if p99 < P99_SECONDS else "MISSED"
    notes = (
        f"p99 is {p99 / P99_SECONDS:.2f} of the 50 ms allowed: {verdict}; no busy error: met",
        f"the longest wait was {longest:.1f} times the median one",
        f"by the driver: {result.ratio(ALL_RAW, ONE_RAW):.2f} of its one, p99 {raw_p99 / P99_SECONDS:.2f} of 50 ms, "
        f"the longest wait {raw_longest:.1f} times the median one",
    )
    return Result(title, contestants, rates, notes)


def _slowest_hundredth(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98] if len(took) > 1 else took[0]
