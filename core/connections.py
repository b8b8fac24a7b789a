"""How each connection to a database begins, waits and ends, with the same promises on SQLite and PostgreSQL.

Whoever wants to write waits at most `LOCK_SECONDS` for whoever writes now, and is then told so by name
(`OperationalError`, a page that says "busy"); a server that was restarted is found again by itself.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from core.context import is_writing
from core.letters import fold_text

FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "53100"}  # the last is what PostgreSQL calls a full disk
POOL_SIZE = 20  # opened as they are needed, and kept: opening one costs more than a posting
IDLE_SECONDS = 1.0  # a connection that lay unused for longer is asked whether it still lives


def is_full(error: BaseException | None) -> bool:
    """Return whether a database driver's error says that there is no room left to write."""
    return bool(FULL & {getattr(error, "sqlite_errorname", None), getattr(error, "sqlstate", None)})


class WriterQueue:
    """Who comes first, writes first: SQLite itself lets waiting writers sleep and whoever wakes luckily go ahead.

    After each writer the turn goes to the next process, where one waits: what the last writer still has to do after its
    commit then holds up nobody, since every process has an interpreter lock of its own.
    """

    def __init__(self, turnstile: "Turnstile | None" = None) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._busy = False
        self._turnstile = turnstile

    def enter(self, seconds: float) -> bool:
        """Wait for a turn, at most so long; return whether it came."""
        began = time.monotonic()
        if not self._line_up(seconds):
            return False
        if self._turnstile is None or self._turnstile.enter(seconds - (time.monotonic() - began)):
            return True
        self._next()
        return False

    def leave(self) -> None:
        """Let the next one in."""
        if self._turnstile is not None:
            self._turnstile.leave()
        self._next()

    def _line_up(self, seconds: float) -> bool:
        with self._guard:
            if not self._busy:
                self._busy = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # the turn came in the very moment in which we gave up

    def _next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


class Turnstile:
    """The same between the processes of one machine: whoever waits for the database comes before whoever just had it.

    SQLite lets a process that waits sleep up to a tenth of a second between two looks, while another writes again and
    again. Here who is next holds the gate, and the one who comes back has to wait at it. The kernel opens both locks of
    a process that dies.
    """

    LOOK_EVERY = (0.0001, 0.001)  # at first, as long as a few postings take, and later
    AT_FIRST = 0.05

    def __init__(self, database: str) -> None:
        self._files = (f"{database}-gate", f"{database}-turn")
        self._locks: tuple[int, int] | None = None

    def enter(self, seconds: float) -> bool:
        """Wait for a turn, at most so long; return whether it came."""
        if self._locks is None:
            gate, turn = (os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for file in self._files)
            self._locks = gate, turn
        gate, turn = self._locks
        until = time.monotonic() + seconds
        if not self._take(gate, until):
            return False
        try:
            return self._take(turn, until)
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Let the next one in."""
        if self._locks is not None:
            fcntl.flock(self._locks[1], fcntl.LOCK_UN)

    def _take(self, lock: int, until: float) -> bool:
        soon, later = self.LOOK_EVERY
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                now = time.monotonic()
                if now >= until:
                    return False
                time.sleep(soon if now - began < self.AT_FIRST else later)


_queues: dict[tuple[int, str], WriterQueue] = {}
_queues_guard = threading.Lock()


def queue_of(file: str) -> WriterQueue:
    """Return this process's queue for a database file; a process that was forked has one of its own."""
    with _queues_guard:
        key = (os.getpid(), file)
        if key not in _queues:
            _queues[key] = WriterQueue(Turnstile(file))
        return _queues[key]


class QueuedConnection(sqlite3.Connection):
    """A connection that keeps its place among the writers of this process from BEGIN IMMEDIATE to the end."""

    queue: WriterQueue | None = None
    writes = False

    def wait_for_turn(self, seconds: float) -> bool:
        """Return whether this connection may write now; other processes are waited for by SQLite itself."""
        if self.queue is not None and not self.writes:
            self.writes = self.queue.enter(seconds)
        return self.queue is None or self.writes

    def give_up_turn(self) -> None:
        """Let the next writer in."""
        if self.writes and self.queue is not None:
            self.writes = False
            self.queue.leave()

    def commit(self) -> None:
        """Commit, and let the next writer in. A commit that fails leaves the turn to the rollback that follows."""
        super().commit()
        self.give_up_turn()

    def rollback(self) -> None:
        """Undo, and let the next writer in."""
        try:
            super().rollback()
        finally:
            self.give_up_turn()

    def close(self) -> None:
        """Close, and let the next writer in."""
        try:
            super().close()
        finally:
            self.give_up_turn()


def engine_options(url: str) -> dict[str, Any]:
    """Return what an engine for the database at `url` is made with."""
    pool = {"pool_size": POOL_SIZE}
    return pool | {"connect_args": {"factory": QueuedConnection}} if url.startswith("sqlite") else pool


def prepare_engine(engine: Engine, lock_seconds: float = 15) -> None:
    """Give an engine the pragmas, the locking and the patience every room counts on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _preparing_sqlite(engine, lock_seconds))
        # Not by an event: one listener makes every connection that is taken look for listeners, thrice a transaction.
        engine.dialect.do_begin = _beginning_sqlite(lock_seconds)  # type: ignore[method-assign]
    else:
        event.listen(engine, "connect", _preparing_postgresql(lock_seconds))
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", _ask_whether_alive)


# --- SQLite ------------------------------------------------------------------


def _preparing_sqlite(engine: Engine, lock_seconds: float) -> Callable[[Any, object], None]:
    def prepare(connection: Any, _record: object) -> None:
        connection.create_function("fold_text", 1, fold_text, deterministic=True)
        connection.isolation_level = None  # `_beginning_sqlite` says BEGIN, not the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # money: a commit that was answered survives a power cut
            "foreign_keys=ON",
            "recursive_triggers=ON",  # without it INSERT OR REPLACE deletes a posted row without firing its trigger
            f"busy_timeout={round(lock_seconds * 1000)}",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        file = engine.url.database
        if isinstance(connection, QueuedConnection) and file and file != ":memory:":
            connection.queue = queue_of(file)

    return prepare


def _beginning_sqlite(lock_seconds: float) -> Any:
    def begin(pooled: Any) -> None:
        driver = pooled.dbapi_connection
        # A deferred transaction that reads and then writes fails at once when another wrote between; see stack notes.
        if not is_writing():
            driver.execute("BEGIN")
        elif not isinstance(driver, QueuedConnection):
            driver.execute("BEGIN IMMEDIATE")
        elif driver.wait_for_turn(lock_seconds):
            try:
                driver.execute("BEGIN IMMEDIATE")
            except BaseException:
                driver.give_up_turn()
                raise
        else:
            raise sqlite3.OperationalError("database is locked")

    return begin


# --- PostgreSQL --------------------------------------------------------------


def _preparing_postgresql(lock_seconds: float) -> Callable[[Any, object], None]:
    def prepare(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {round(lock_seconds * 1000)}")
        connection.execute("SET jit = off")  # compiling a list's statement takes longer than all our lists take
        connection.autocommit = False

    return prepare


def _note_time(_connection: object, record: Any) -> None:
    record.info["since"] = time.monotonic()


def _ask_whether_alive(connection: Any, record: Any, _proxy: object) -> None:
    # Under load nobody asks: the first request that finds the server gone empties the whole pool by itself.
    if time.monotonic() - record.info.get("since", time.monotonic()) < IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError("the server hung up") from error
