"""Take the database's guards away, as somebody who means harm would, to see what the books still find."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database import is_sqlite


def disarm(session: Session, table: str, trigger: str) -> None:
    """Switch one guard of a table off."""
    if is_sqlite():
        session.execute(text(f"DROP TRIGGER {trigger}"))
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))


def disarm_balances(session: Session) -> None:
    """Let running balances be written by hand."""
    disarm(session, "account_balance", "account_balance_guard_update" if is_sqlite() else "account_balance_guard")


def disarm_all(session: Session) -> None:
    """Take every guard away, foreign keys too, until the transaction ends."""
    if not is_sqlite():
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def attack(session: Session, statement: str, **values: object) -> str:
    """Run raw SQL that must be refused, and return what the database said. The rest of the transaction survives."""
    with pytest.raises(DBAPIError) as refused, session.begin_nested():
        session.execute(text(statement), values)
    return str(refused.value.orig)
