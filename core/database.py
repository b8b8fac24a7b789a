"""One database session for every room, on SQLite or PostgreSQL, with the same promises on both."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

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


def refuse_truncate(table: str) -> None:
    """Let PostgreSQL refuse to empty `table`: TRUNCATE asks no trigger of any row. SQLite has no such statement."""
    name = f"{table}_no_truncate"
    register_trigger(
        table,
        name,
        sqlite="",
        postgresql=f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION 'ledger: immutable {table} cannot be emptied' USING ERRCODE = 'check_violation'; "
        f"END $$\n--\nCREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


def trigger_statements(dialect: str) -> list[str]:
    """Return every registered trigger's DDL for `dialect`, in the order of registration."""
    return [part for trigger in TRIGGERS.values() for part in trigger[dialect].split("\n--\n") if part]


def is_sqlite() -> bool:
    """Return whether the current database is SQLite."""
    return session().get_bind().dialect.name == "sqlite"
