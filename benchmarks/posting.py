"""Post one balanced gift to the books: each in a transaction of its own that survives a power cut, and in batches."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks import hordak
from benchmarks.books import BATCH, CENTS, application, raw
from benchmarks.harness import ROUNDS, Contestant, Result, Work, compare

KINDS_OF_TABLES = (
    ("raw, bare tables", "bare", "the driver; nothing but rows"),
    ("raw, keys", "keys", "and the ledger's keys, indexes and checks"),
    ("raw, same schema", "triggers", "and its triggers: balance, periods, numbers, running balances, no edits"),
)


@contextmanager
def ours(engine: str, batches: bool, folder: Path) -> Iterator[Work]:
    """Puente: balanced, in an open period, idempotent, numbered without gaps, audited, proved again by the database."""
    with application(engine, folder):
        from core.clock import today  # local: see application
        from core.database import db
        from core.money import Money
        from trust import queries
        from trust.models import EntryKind
        from trust.services import Draft, Line, post_entries, post_entry

        fund, money, count = queries.fund_by_code("general"), Money(CENTS, "MXN"), itertools.count()
        db.session.commit()

        def draft() -> Draft:
            lines = [Line("1.1.1", fund, money), Line("4.1.1", fund, -money)]
            return Draft(EntryKind.CONTRIBUTION, today(), "gift", "benchmark", lines, f"benchmark-{next(count)}")

        def one_by_one(times: int) -> None:
            for _number in range(times):
                post_entry(**draft()._asdict())
                db.session.commit()

        def in_batches(times: int) -> None:
            for done in range(0, times, BATCH):
                post_entries([draft() for _number in range(min(BATCH, times - done))])
                db.session.commit()

        yield in_batches if batches else one_by_one


def contestants(engine: str, batches: bool, peers: bool = True) -> list[Contestant]:
    """Return who takes part: the driver on three kinds of tables, the peer where it runs, and ours."""
    work = "post_batches" if batches else "post"
    least = 0.7 if batches else (0.55 if engine == "sqlite" else 0.5)
    targets = [("raw, same schema", least)]
    taking_part = [Contestant(name, what, partial(raw, engine, kind, work)) for name, kind, what in KINDS_OF_TABLES]
    if peers and engine == "postgresql" and hordak.is_installed():
        what = "legs and transactions as mapped objects, a balance checked by its trigger"
        taking_part.append(Contestant("django-hordak", what, partial(hordak.peer, batches)))
        targets.append(("django-hordak", 15 if batches else 2))
    ours_now = Contestant("Puente", "every promise of the ledger kept", partial(ours, engine, batches), tuple(targets))
    return [*taking_part, ours_now]


def one_by_one(engine: str, times: int = 300, rounds: int = ROUNDS, peers: bool = True) -> Result:
    """Compare posting one entry in one durable transaction."""
    return compare(f"Posting one gift, {engine}", contestants(engine, False, peers), times, rounds)


def in_batches(engine: str, times: int = 3 * BATCH, rounds: int = ROUNDS, peers: bool = True) -> Result:
    """Compare posting a thousand entries in one durable transaction."""
    return compare(f"Posting in batches of {BATCH:,}, {engine}", contestants(engine, True, peers), times, rounds)
