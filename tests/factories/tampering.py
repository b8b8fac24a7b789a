"""Take the database's guards away, as somebody who means harm would, to see what the books still find."""

from sqlalchemy import text
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
