"""SQL said straight to the driver, inside the session's transaction: for the few paths where compiling a statement
costs more than running it.

Both engines understand the statements; `?` stands for a value. Errors are SQLAlchemy's, as everywhere else.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError

from core.database import session

Row = tuple[Any, ...]
Saying = tuple[str, Row]  # a statement and its values


@lru_cache(maxsize=256)
def _spelled(statement: str, dialect: str) -> str:
    return statement if dialect == "sqlite" else statement.replace("?", "%s")


class Driver:
    """One transaction's driver. Made anew by whoever needs it: it must not outlive the transaction."""

    def __init__(self) -> None:
        current = session()
        current.flush()  # what waits in the session comes first, as it would for any statement
        self._connection = current.connection()
        self._dialect = self._connection.dialect
        self._cursor: Any = self._connection.connection.cursor()
        self.is_sqlite = self._dialect.name == "sqlite"

    def run(self, statement: str, values: Row = ()) -> None:
        """Say a statement.

        Raises:
            DBAPIError: one of its children, as SQLAlchemy names them.
        """
        self._say(self._cursor.execute, statement, values)

    def one(self, statement: str, values: Row = ()) -> Row | None:
        """Say a statement and return its first row, if it has one."""
        self._say(self._cursor.execute, statement, values)
        row: Row | None = self._cursor.fetchone()
        return row

    def all(self, statement: str, values: Row = ()) -> list[Row]:
        """Say a statement and return its rows."""
        self._say(self._cursor.execute, statement, values)
        rows: list[Row] = self._cursor.fetchall()
        return rows

    def together(self, sayings: Sequence[Saying]) -> list[Row | None]:
        """Say statements in their order and return the first row of each that has one.

        PostgreSQL gets them in one message instead of one after the other: a short transaction is mostly waiting for
        answers. The first that is refused ends the rest.

        Raises:
            DBAPIError: one of its children, as SQLAlchemy names them.
        """
        if self.is_sqlite:
            return self._in_turn(sayings)
        rows: list[Row | None] = []
        self._say(self._pipelined, "; ".join(statement for statement, _values in sayings), (sayings, rows))
        return rows

    def _pipelined(self, _statement: str, given: tuple[Sequence[Saying], list[Row | None]]) -> None:
        sayings, rows = given
        driver: Any = self._connection.connection.dbapi_connection
        cursors = []
        with driver.pipeline():
            for statement, values in sayings:
                cursors.append(driver.execute(_spelled(statement, self._dialect.name), values))
        rows += [cursor.fetchone() if cursor.description else None for cursor in cursors]

    def _in_turn(self, sayings: Sequence[Saying]) -> list[Row | None]:
        cursor, statement, rows = self._cursor, "", list[Row | None]()
        try:  # once for all: every posting pays for what stands between two statements
            for statement, values in sayings:
                cursor.execute(statement, values)
                rows.append(cursor.fetchone() if cursor.description else None)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._named(error, statement) from error
        return rows

    def load(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        """Write many rows of a table at once, by COPY where there is one. Keys, checks and triggers ask as always.

        Raises:
            DBAPIError: one of its children, as SQLAlchemy names them. None of the rows is written.
        """
        if self.is_sqlite:
            marks = ", ".join("?" * (columns.count(",") + 1))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (the caller's constants)
            self._say(self._cursor.executemany, statement, rows)
        else:
            self._say(self._copy, f"COPY {table} ({columns}) FROM STDIN", rows)

    def _copy(self, statement: str, rows: Sequence[Row]) -> None:
        with self._cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def moment(self, value: datetime) -> Any:
        """Return a moment as the column keeps it."""
        if not self.is_sqlite:
            return value
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def day(self, value: date | None) -> Any:
        """Return a day as the column keeps it."""
        return value.isoformat() if value is not None and self.is_sqlite else value

    def _say(self, method: Any, statement: str, values: Any) -> None:
        try:
            method(_spelled(statement, self._dialect.name), values)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._named(error, statement) from error

    def _named(self, error: Any, statement: str) -> BaseException:
        pooled = self._connection.connection
        lost = self._dialect.is_disconnect(error, pooled, self._cursor)
        base = self._dialect.loaded_dbapi.Error
        named: BaseException = DBAPIError.instance(
            statement, None, error, base, connection_invalidated=lost, dialect=self._dialect
        )
        if lost:
            self._connection.invalidate(error)
            self._connection.engine.dispose()  # the others of the pool were cut off with this one
        return named


def as_json(value: Any) -> str:
    """Return a value as a JSON column keeps it."""
    return orjson.dumps(value).decode()
