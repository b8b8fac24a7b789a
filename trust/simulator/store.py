"""The simulator's own small database: objects as JSON under their id, and who asked what with which key."""

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (id TEXT PRIMARY KEY, kind TEXT NOT NULL, created INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, created);
CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
  answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """Objects by id. Every method is its own transaction unless inside `changing`."""

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.RLock()
        self._local = threading.local()
        with self._connection():
            pass

    def _open(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=15)
            # Asked of the file itself, each time: it may be taken away under a running server, and whoever began it may
            # have died before its tables stood.
            if connection.execute("PRAGMA user_version").fetchone() == (0,):
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = 1; COMMIT;")
            self._local.connection = connection
        return connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # A thread keeps one connection for as long as it is inside; between calls nothing stays open.
        depth = getattr(self._local, "depth", 0)
        self._local.depth = depth + 1
        try:
            yield self._open()
        finally:
            self._local.depth = depth
            if depth == 0:
                self._local.connection.close()
                self._local.connection = None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the store for a read and the writes that follow from it, all or nothing."""
        with self._lock, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def put(self, body: Mapping[str, Any]) -> None:
        """Write an object under its id, new or changed."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO object (id, kind, created, body) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                (body["id"], body["object"], body["created"], json.dumps(body)),
            )

    def get(self, object_id: str) -> dict[str, Any] | None:
        """Return an object, or None."""
        with self._connection() as connection:
            row = connection.execute("SELECT body FROM object WHERE id = ?", (object_id,)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str, *, limit: int = 1000, newest_first: bool = True) -> list[dict[str, Any]]:
        """Return the objects of one kind."""
        order = "DESC" if newest_first else "ASC"
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT body FROM object WHERE kind = ? ORDER BY created {order}, rowid {order} LIMIT ?",  # noqa: S608
                (kind, limit),
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def remembered(self, key: str, request: str) -> tuple[int, dict[str, Any]] | None:
        """Return what was answered to this key before; a key that came with another request answers an error."""
        with self._connection() as connection:
            row = connection.execute(
                "SELECT fingerprint, status, answer FROM idempotency WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        if row[0] != _digest(request):
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
            )
            return 400, {"error": {"type": "idempotency_error", "message": message}}
        return row[1], json.loads(row[2])

    def remember(self, key: str, request: str, status: int, answer: Mapping[str, Any]) -> None:
        """Keep what was answered to a key."""
        with self._connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO idempotency (key, fingerprint, status, answer) VALUES (?, ?, ?, ?)",
                (key, _digest(request), status, json.dumps(answer)),
            )

    def clear(self) -> None:
        """Forget every object and every key: a test begins with a company that knows nothing."""
        with self._connection() as connection:
            connection.execute("DELETE FROM object")
            connection.execute("DELETE FROM idempotency")

    def secret(self, name: str) -> str:
        """Return this store's own secret of that name, made up the first time."""
        with self._connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)", (name, "whsec_" + secrets.token_hex(24))
            )
            row = connection.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
        return str(row[0])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
