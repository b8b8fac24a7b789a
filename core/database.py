"""One database session for every room, on SQLite or PostgreSQL, with the same promises on both."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core.context import is_writing
from core.folding import fold_text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
JsonType = JSON
E = TypeVar("E", bound=StrEnum)


def session() -> Session:
    """Return the session of this request, command or job."""
    return db.session()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and always UTC, on a database that keeps zones and on one that does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean something else on another server."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[E]) -> Enum:
    """Return a column type that stores a StrEnum by value and lets the database refuse any other text."""
    return Enum(
        kind,
        name=f"{kind.__name__.lower()}_known",
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


# --- triggers ----------------------------------------------------------------

TRIGGERS: dict[str, dict[str, str]] = {}


def register_trigger(table: str, name: str, *, sqlite: str, postgresql: str) -> None:
    """Name a trigger beside its table: whole CREATE statements per dialect, several divided by a line `--`.

    The migrations carry the same text; a test compares the two.
    """
    TRIGGERS[name] = {"table": table, "sqlite": sqlite.strip(), "postgresql": postgresql.strip()}


def append_only(table: str) -> None:
    """Let the database refuse any UPDATE or DELETE of a row of `table`, whoever asks."""
    for verb in ("update", "delete"):
        name = f"{table}_no_{verb}"
        message = f"{table}: rows are append-only"
        register_trigger(
            table,
            name,
            sqlite=f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            postgresql=f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$\n--\n"
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        )


def trigger_statements(dialect: str) -> list[str]:
    """Return every registered trigger's DDL for `dialect`, in the order of registration."""
    return [part for trigger in TRIGGERS.values() for part in trigger[dialect].split("\n--\n")]


# --- connections -------------------------------------------------------------


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.create_function("fold_text", 1, fold_text, deterministic=True)
    dbapi_connection.isolation_level = None  # SQLAlchemy's "begin" event says BEGIN, not the driver
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # money: a commit that was answered survives a power cut
        "foreign_keys=ON",
        "recursive_triggers=ON",  # without it INSERT OR REPLACE deletes a posted row without firing its trigger
        "busy_timeout=15000",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote between; see stack notes.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")


def prepare_engine(engine: Engine) -> None:
    """Give an engine the pragmas and the locking every room counts on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def is_sqlite() -> bool:
    """Return whether the current database is SQLite."""
    return session().get_bind().dialect.name == "sqlite"
