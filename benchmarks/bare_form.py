"""The floor of the last evening: a Flask form and one insert, nothing else."""

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

app = Flask("bare")
ADDRESS = os.environ["DATABASE_URL"]
TABLE = "CREATE TABLE IF NOT EXISTS form (id {serial} PRIMARY KEY, title TEXT)"
_mine = threading.local()


def _connection() -> Any:
    if not hasattr(_mine, "connection"):
        if ADDRESS.startswith("sqlite"):
            _mine.connection = sqlite3.connect(ADDRESS.removeprefix("sqlite:///"), isolation_level=None, timeout=15)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                _mine.connection.execute(f"PRAGMA {pragma}")
        else:
            import psycopg  # local: only one engine needs it

            _mine.connection = psycopg.connect(ADDRESS, autocommit=True)
    return _mine.connection


@app.get("/salud")
def health() -> str:
    """Make the table, and say that all is well."""
    serial = "INTEGER" if ADDRESS.startswith("sqlite") else "SERIAL"
    _connection().execute(TABLE.format(serial=serial))
    return "ok"


@app.post("/")
def form() -> Response:
    """Insert what was sent and lead on."""
    mark = "?" if ADDRESS.startswith("sqlite") else "%s"
    _connection().execute(f"INSERT INTO form (title) VALUES ({mark})", (request.form["title"],))
    return redirect("/", 303)
