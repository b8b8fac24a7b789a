"""Post one gift to the books, each in a transaction of its own that survives a power cut.

`python -m benchmarks.posting [TIMES]`
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from benchmarks.harness import Contestant, Work, compare

CENTS = 2_500_000


@contextmanager
def floor(folder: Path) -> Iterator[Work]:
    """The driver alone: one entry and two postings, and nothing that checks them."""
    with sqlite3.connect(folder / "floor.sqlite3", isolation_level=None) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, memo TEXT);"
            "CREATE TABLE posting (entry_id INTEGER, account TEXT, cents INTEGER)"
        )

        def work(times: int) -> None:
            for _number in range(times):
                connection.execute("BEGIN IMMEDIATE")
                entry = connection.execute("INSERT INTO entry (memo) VALUES ('gift')").lastrowid
                rows = [(entry, "1.1.1", CENTS), (entry, "4.1.1", -CENTS)]
                connection.executemany("INSERT INTO posting VALUES (?, ?, ?)", rows)
                connection.execute("COMMIT")

        yield work
    connection.close()


class _Base(DeclarativeBase):
    pass


class _Entry(_Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    memo: Mapped[str]
    postings: Mapped[list["_Posting"]] = relationship()


class _Posting(_Base):
    __tablename__ = "posting"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    account: Mapped[str]
    cents: Mapped[int]


@contextmanager
def peer(folder: Path) -> Iterator[Work]:
    """How a web application commonly keeps books: mapped objects, a balance checked in Python, no database rules."""
    engine = create_engine(f"sqlite:///{folder / 'peer.sqlite3'}")

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    _Base.metadata.create_all(engine)
    with Session(engine) as session:

        def work(times: int) -> None:
            for _number in range(times):
                lines = [_Posting(account="1.1.1", cents=CENTS), _Posting(account="4.1.1", cents=-CENTS)]
                if sum(line.cents for line in lines):
                    raise ValueError("unbalanced")
                session.add(_Entry(memo="gift", postings=lines))
                session.commit()

        yield work
    engine.dispose()


@contextmanager
def ours(folder: Path) -> Iterator[Work]:
    """Puente: balanced, in an open period, idempotent, numbered without gaps, refused by the database when wrong."""
    from core.clock import today  # local: the rooms are imported only for the contestant that needs them
    from core.database import db
    from core.money import Money
    from trust.services import Line, establish_chart, open_fund, open_periods, post_entry
    from web.factory import create_app, create_schema

    app = create_app({"MODE": "test", "DATA_FOLDER": str(folder), "FILES_URL": "memory:///"})
    with app.app_context():
        create_schema()
        establish_chart()
        open_periods(today().year)
        fund = open_fund(code="general", name={"es": "General"}, kind="unrestricted", currency="MXN")
        db.session.commit()
        money, count = Money(CENTS, "MXN"), iter(range(10**9))

        def work(times: int) -> None:
            for _number in range(times):
                post_entry(
                    kind="contribution",
                    entry_date=today(),
                    memo="gift",
                    source="benchmark",
                    lines=[Line("1.1.1", fund, money), Line("4.1.1", fund, -money)],
                    idempotency_key=f"benchmark-{next(count)}",
                )
                db.session.commit()

        yield work
        db.session.remove()
        db.engine.dispose()


CONTESTANTS = (
    Contestant("floor", "sqlite3 alone, nothing checked", floor),
    Contestant("peer", "plain mapped objects, a sum checked in Python", peer),
    Contestant("ours", "every promise of the ledger kept", ours),
)


if __name__ == "__main__":
    compare("Posting a gift", CONTESTANTS, int(sys.argv[1]) if len(sys.argv) > 1 else 300)
