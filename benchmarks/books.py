"""Fresh books for a contestant on either engine, and the same rows written into them by the driver alone."""

import atexit
import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.harness import Work

ENGINES = ("sqlite", "postgresql")
CENTS = 2_500_000
BATCH = 1_000
BUSY_SECONDS = 15.0  # as long as the application waits for its turn
DAY = date(2026, 3, 2)  # of the rows the driver writes by itself; the books have its month open
_serial = itertools.count(1)

# What the ledger writes for an entry of two lines: the year's counter, the entry, its lines, the flip, the audit event
TAKE = "UPDATE entry_counter SET last_number = last_number + ? WHERE fiscal_year = ? RETURNING last_number"
COLUMNS = (
    "fiscal_year, number, kind, entry_date, memo, source, idempotency_key, inputs_hash, reverses_id, state, recorded_by"
)
ENTRY = f"INSERT INTO journal_entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?) RETURNING id"
ENTRY_WITH_ID = f"INSERT INTO journal_entry (id, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?)"
LINE = (
    "INSERT INTO posting (entry_id, line, account_code, fund_id, amount_cents, currency, base_cents, rate, rate_date, "
    "rate_source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
TWO_LINES = f"{LINE}, (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
FLIP = "UPDATE journal_entry SET state = 'posted', posted_at = ? WHERE id = ?"
FLIP_RANGE = "UPDATE journal_entry SET state = 'posted', posted_at = ? WHERE fiscal_year = ? AND number BETWEEN ? AND ?"
EVENT = (
    "INSERT INTO audit_event (at, actor_id, actor_kind, request_id, action, subject, subject_id, before, after) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
IDS = "SELECT nextval(pg_get_serial_sequence('journal_entry', 'id')) FROM generate_series(1, %s)"
BARE = """
CREATE TABLE entry_counter (fiscal_year INTEGER, last_number INTEGER);
CREATE TABLE journal_entry (id {serial} PRIMARY KEY, fiscal_year INTEGER, number INTEGER, kind TEXT, entry_date DATE,
    memo TEXT, source TEXT, idempotency_key TEXT, inputs_hash TEXT, reverses_id INTEGER, state TEXT,
    posted_at {moment}, recorded_by INTEGER);
CREATE TABLE posting (id {serial} PRIMARY KEY, entry_id INTEGER, line INTEGER, account_code TEXT, fund_id INTEGER,
    amount_cents BIGINT, currency TEXT, base_cents BIGINT, rate TEXT, rate_date DATE, rate_source TEXT);
CREATE TABLE audit_event (id {serial} PRIMARY KEY, at {moment}, actor_id INTEGER, actor_kind TEXT, request_id TEXT,
    action TEXT, subject TEXT, subject_id TEXT, before {json}, after {json})
"""
TYPES = {
    "sqlite": {"serial": "INTEGER", "moment": "DATETIME", "json": "JSON"},
    "postgresql": {"serial": "SERIAL", "moment": "TIMESTAMPTZ", "json": "JSON"},
}


@lru_cache(maxsize=1)
def server() -> Any:
    """Return a PostgreSQL of our own with its own durable settings: a commit that was answered is on the disk."""
    from tests.postgres import MortalServer  # local: only a run on PostgreSQL needs the server

    folder = tempfile.mkdtemp(prefix="puente-benchmark-postgresql-")
    Path(folder).chmod(0o755)  # it runs as a user of its own
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return MortalServer(Path(folder))


def fresh_address(engine: str, folder: Path, template: str = "template1") -> str:
    """Return the address of an empty database, or of a copy of another."""
    if engine == "sqlite":
        return f"sqlite:///{folder / 'books.sqlite3'}"
    import psycopg  # local: see server

    name = f"books_{next(_serial)}"
    with psycopg.connect(server().url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    base, _, rest = server().url.partition("/postgres?")
    return f"{base}/{name}?{rest}"


@contextmanager
def application(engine: str, folder: Path, *, triggers: bool = True) -> Iterator[Any]:
    """The application on fresh books with one fund, inside its context."""
    from core.clock import today  # local: the rooms are imported only for the contestant that needs them
    from core.context import SYSTEM, set_actor, set_writing
    from core.database import Base, db
    from trust.services import establish_chart, open_fund, open_periods
    from web.factory import create_app, create_schema

    settings = {"MODE": "test", "DATA_FOLDER": str(folder), "FILES_URL": f"file://{folder / 'files'}"}
    app = create_app(settings | {"DATABASE_URL": fresh_address(engine, folder), "WTF_CSRF_ENABLED": False})
    with app.app_context():
        set_actor(SYSTEM)
        set_writing(True)
        create_schema() if triggers else Base.metadata.create_all(db.engine)
        establish_chart()
        for year in sorted({DAY.year, today().year}):
            open_periods(year)
        open_fund(code="general", name={"es": "General"}, kind="unrestricted", currency="MXN", accepts_gifts=True)
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def settle(engine: str) -> None:
    """Do what PostgreSQL's autovacuum does within a minute: count what was written, and tidy up after it."""
    from core.database import db  # local: see application

    if engine == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


class Raw:
    """The driver alone, on whatever tables it is given: the same rows as the ledger's, and nothing asked or checked."""

    def __init__(self, engine: str, connection: Any) -> None:
        self.engine, self.connection, self.count = engine, connection, 0
        self.spell: Callable[[str], str] = (
            (lambda text: text) if engine == "sqlite" else lambda text: text.replace("?", "%s")
        )

    def _values(self) -> tuple[Any, Any, int]:
        moment = datetime.now(UTC)
        return (DAY.isoformat(), moment.isoformat(), DAY.year) if self.engine == "sqlite" else (DAY, moment, DAY.year)

    def _entry(self, day: Any, year: int, number: int) -> tuple[Any, ...]:
        self.count += 1
        return (year, number, "contribution", day, "gift", "benchmark", f"raw-{self.count}", "x" * 64, None, None)

    def _lines(self, entry: int) -> list[tuple[Any, ...]]:
        return [
            (entry, line, account, 1, cents, "MXN", cents, None, None, None)
            for line, account, cents in ((1, "1.1.1", CENTS), (2, "4.1.1", -CENTS))
        ]

    def _event(self, moment: Any, entry: int, label: str) -> tuple[Any, ...]:
        after = '{"number": "' + label + '"}'
        return (moment, None, "system", "", "ledger.entry_posted", "journal_entry", str(entry), "null", after)

    def _begin(self) -> Any:
        cursor = self.connection.cursor()
        if self.engine == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        return cursor

    def post(self, times: int) -> None:
        """Write entries, each in a transaction of its own."""
        take, entry, lines, flip, event = (self.spell(text) for text in (TAKE, ENTRY, TWO_LINES, FLIP, EVENT))
        for _number in range(times):
            day, moment, year = self._values()
            cursor = self._begin()
            number = cursor.execute(take, (1, year)).fetchone()[0]
            entry_id = cursor.execute(entry, self._entry(day, year, number)).fetchone()[0]
            first, second = self._lines(entry_id)
            cursor.execute(lines, first + second)
            cursor.execute(flip, (moment, entry_id))
            cursor.execute(event, self._event(moment, entry_id, f"{year}-{number:06d}"))
            self.connection.commit()

    def _ids(self, cursor: Any, size: int) -> list[int]:
        if self.engine == "postgresql":
            return [row[0] for row in cursor.execute(IDS, (size,)).fetchall()]
        highest = cursor.execute("SELECT COALESCE(MAX(id), 0) FROM journal_entry").fetchone()[0]
        return list(range(highest + 1, highest + size + 1))

    def post_batches(self, times: int) -> None:
        """Write entries, a thousand in a transaction."""
        for done in range(0, times, BATCH):
            size = min(BATCH, times - done)
            day, moment, year = self._values()
            cursor = self._begin()
            last = cursor.execute(self.spell(TAKE), (size, year)).fetchone()[0]
            ids = self._ids(cursor, size)
            numbers = list(zip(ids, range(last - size + 1, last + 1), strict=True))
            rows = [(one, *self._entry(day, year, number)) for one, number in numbers]
            cursor.executemany(self.spell(ENTRY_WITH_ID), rows)
            cursor.executemany(self.spell(LINE), [line for one in ids for line in self._lines(one)])
            cursor.execute(self.spell(FLIP_RANGE), (moment, year, last - size + 1, last))
            events = [self._event(moment, one, f"{year}-{number:06d}") for one, number in numbers]
            cursor.executemany(self.spell(EVENT), events)
            self.connection.commit()


@contextmanager
def raw(engine: str, tables: str, work: str, folder: Path) -> Iterator[Work]:
    """The driver on bare tables, on the ledger's tables with their keys and checks, or on those with their triggers."""
    if tables == "bare":
        with closing(_connect(engine, fresh_address(engine, folder))) as connection:
            statements = BARE.format(**TYPES[engine]).split(";")
            for statement in (*statements, f"INSERT INTO entry_counter VALUES ({DAY.year}, 0)"):
                connection.execute(statement)
            connection.commit()
            yield getattr(Raw(engine, connection), work)
        return
    with application(engine, folder, triggers=tables == "triggers"), raw_beside() as one:
        yield getattr(one, work)


@contextmanager
def raw_beside() -> Iterator[Raw]:
    """The driver alone on the books of the application whose context this is."""
    from core.database import db  # local: see application

    engine = db.engine.dialect.name
    address = db.engine.url.set(drivername=engine).render_as_string(hide_password=False)
    with closing(_connect(engine, address)) as connection:
        yield Raw(engine, connection)


def _connect(engine: str, address: str) -> Any:
    if engine == "postgresql":
        import psycopg  # local: see server

        return psycopg.connect(address)
    connection = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None, timeout=BUSY_SECONDS)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
