"""What was destroyed because its time was over, without the data; and what stays for the time being."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, append_only, register_trigger
from grants.models.application import Application, ApplicationVersion
from grants.models.call import Call
from grants.models.screening import Screening


class Destruction(Base):
    """One application whose content, files and person are gone. Says how much of what, and never what it said."""

    __tablename__ = "destruction"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("due_on > event_on", name="due_after_event"),
        Index("ix_destruction_call_id", "call_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    folio: Mapped[str | None] = mapped_column(String(30))  # none: it was never sent
    rule: Mapped[str] = mapped_column(String(60))
    event_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    destroyed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, Any]] = mapped_column(JsonType)  # kind → how many
    files: Mapped[list[int]] = mapped_column(JsonType)  # stored files whose bytes are gone
    sha256: Mapped[str] = mapped_column(String(64))  # of the content's and the files' fingerprints

    call: Mapped[Call] = relationship()


class RetentionHold(Base):
    """Nothing of a call is destroyed while somebody needs it: an audit, a court. Placed and lifted with a reason."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_present"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_reason IS NULL)", name="lifted_has_reason"),
        CheckConstraint("lifted_at IS NULL OR lifted_at >= placed_at", name="lifted_after_placed"),
        Index(
            "uq_retention_hold_one_open",
            "call_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_reason: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship()


append_only("destruction")


def _only_emptied(table: str, unchanged: tuple[str, ...], emptied: str) -> None:
    """Let a row of an append-only table lose its text, and nothing else, once its application was destroyed."""
    same = " AND ".join(f"NEW.{column} = OLD.{column}" for column in ("id", "application_id", *unchanged))
    gone = "EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id)"
    name, message = f"{table}_no_update", f"{table}: rows are append-only"
    register_trigger(
        table,
        name,
        sqlite=f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN NOT ({same} AND {emptied} AND {gone}) "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql=f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF NOT ({same} AND {emptied} AND {gone}) THEN "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$\n--\n"
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


_only_emptied(ApplicationVersion.__tablename__, ("number", "sha256", "submitted_at"), "NEW.content = ''")
_only_emptied(Screening.__tablename__, ("verdict", "decided_at"), "NEW.note = '—'")
