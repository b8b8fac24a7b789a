"""Sixteen people give at once: nobody is turned away, nobody starves, and together they are no slower than one."""

import itertools
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.books import CENTS, application
from benchmarks.harness import ROUNDS, Contestant, Result

GIVERS = 16
P99_SECONDS = 0.05


def _round(app: Any, givers: int, each: int, post: Callable[[], None]) -> tuple[float, list[float]]:
    """Let so many threads post; return the rate of all and how long each posting took. Any error ends the benchmark."""
    from core.database import db  # local: see books.application

    took: list[list[float]] = [[] for _giver in range(givers)]
    trouble: list[BaseException] = []
    start = threading.Barrier(givers + 1)

    def give(mine: list[float]) -> None:
        with app.app_context():
            try:
                post()
                db.session.commit()
                start.wait()
                for _number in range(each):
                    began = time.perf_counter()
                    post()
                    db.session.commit()
                    mine.append(time.perf_counter() - began)
            except BaseException as error:
                trouble.append(error)
                start.abort()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=give, args=(mine,)) for mine in took]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if trouble:
        raise trouble[0]
    return givers * each / (time.perf_counter() - began), [one for mine in took for one in mine]


def concurrent(engine: str, times: int = 640, rounds: int = ROUNDS) -> Result:
    """Compare sixteen writers with one, on fresh books each, and say how long the slowest hundredth waited."""
    names = {"one giver": 1, f"{GIVERS} givers": GIVERS}
    rates: dict[str, list[float]] = {name: [] for name in names}
    waits: list[float] = []
    shares: list[float] = []
    for _round_number in range(rounds):
        for name, givers in names.items():
            with (
                tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder,
                application(engine, Path(folder)) as app,
            ):
                rate, took = _round(app, givers, times // givers, _poster())
                rates[name].append(rate)
                if givers > 1:
                    waits.append(statistics.quantiles(took, n=100)[98] if len(took) > 1 else took[0])
                    shares.append(max(took) / statistics.median(took))
    p99 = statistics.median(waits)
    verdict = "met" if p99 < P99_SECONDS else "MISSED"
    notes = (
        f"p99 is {p99 / P99_SECONDS:.2f} of the 50 ms allowed: {verdict}; no busy error: met",
        f"the longest wait was {statistics.median(shares):.1f} times the median one",
    )
    contestants = (
        Contestant("one giver", "post_entry and commit, one thread"),
        Contestant(f"{GIVERS} givers", "the same work shared by sixteen threads", targets=(("one giver", 1.0),)),
    )
    title = f"{GIVERS} givers at once, {engine} (× one giver; {rounds} rounds of {times:,})"
    return Result(title, contestants, rates, notes)


def _poster() -> Callable[[], None]:
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
            idempotency_key=f"giver-{number}",
        )

    return post
