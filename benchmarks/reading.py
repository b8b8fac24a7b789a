"""Ask the books what a fund has and what its year was, in small books and in large ones: it should cost the same."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.books import CENTS, application
from benchmarks.harness import ROUNDS, Contestant, Result

SMALL, LARGE = 10_000, 1_000_000
FUND_ENTRIES = 1_000  # of the fund asked about; everything else belongs to others
BATCH = 5_000
ASKS = 60


def _fill(postings: int) -> None:
    """Write entries of two lines until the books hold so many postings, by the same road as an import."""
    from core.clock import today  # local: see books.application
    from core.database import db
    from core.money import Money
    from trust import queries
    from trust.models import EntryKind
    from trust.services import Draft, Line, open_fund, post_entries

    general = queries.fund_by_code("general")
    others = [
        open_fund(code=f"other-{number}", name={"es": "Otra"}, kind="unrestricted", currency="MXN")
        for number in range(9)
    ]
    db.session.commit()
    money, day = Money(CENTS, "MXN"), today()
    total = max(postings // 2, FUND_ENTRIES)
    for start in range(0, total, BATCH):
        drafts = []
        for number in range(start, min(start + BATCH, total)):
            fund = general if number < FUND_ENTRIES else others[number % len(others)]
            lines = [Line("1.1.1", fund, money), Line("4.1.1", fund, -money)]
            drafts.append(Draft(EntryKind.CONTRIBUTION, day, "gift", "benchmark", lines, f"fill-{number}"))
        post_entries(drafts)
        db.session.commit()


def _asked(times: int) -> dict[str, float]:
    """Return how often a second each question is answered, on the books of the current application."""
    from core.clock import today  # local: see books.application
    from core.database import db
    from trust import queries
    from trust.queries.fund_statements import StatementKind, statement

    fund = queries.fund_by_code("general")
    year = today().year
    questions: dict[str, Callable[[], Any]] = {
        "balance": lambda: queries.available(fund),
        "year": lambda: statement(StatementKind.ACTIVITIES, date(year, 1, 1), today(), fund=fund),
    }
    rates = {}
    for name, ask in questions.items():
        ask()
        started = time.perf_counter()
        for _number in range(times):
            ask()
        rates[name] = times / (time.perf_counter() - started)
    db.session.rollback()
    return rates


def by_size(engine: str, large: int = LARGE, small: int = SMALL, rounds: int = ROUNDS) -> list[Result]:
    """Compare large books with small ones, asked in turn: once filled, both are only read."""
    rates: dict[str, dict[str, list[float]]] = {}
    names = {small: f"{small:,} postings", large: f"{large:,} postings"}
    with ExitStack() as ending:
        apps = {}
        for size in (small, large):
            folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="puente-benchmark-"))
            with application(engine, Path(folder)) as app:
                _fill(size)
            apps[size] = app
        for _round in range(rounds):
            for size, app in apps.items():
                with app.app_context():
                    for question, rate in _asked(ASKS).items():
                        rates.setdefault(question, {}).setdefault(names[size], []).append(rate)
        for app in apps.values():
            with app.app_context():
                _dispose()
    contestants = (
        Contestant(names[small], "the same fund, the same year"),
        Contestant(names[large], "and the rest belongs to other funds", targets=((names[small], round(1 / 1.5, 2)),)),
    )
    titles = {"balance": "A fund's balance", "year": "A fund's statement of the year"}
    return [
        Result(f"{titles[one]}, {engine} (× small books; {rounds} rounds of {ASKS})", contestants, found)
        for one, found in rates.items()
    ]


def _dispose() -> None:
    from core.database import db  # local: see books.application

    db.session.remove()
    db.engine.dispose()
