"""What happened to the months of the books: every closing with its proof and its act, every reopening by two people."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, enum_column
from core.language import N_
from trust.models.ledger import FiscalPeriod
from trust.models.ledger_triggers import refuse
from trust.states import ReopeningState


class ClosingAction(StrEnum):
    """What was done to a month or a year."""

    CLOSED = "closed"
    REOPENED = "reopened"


CLOSING_ACTIONS: dict[ClosingAction, str] = {
    ClosingAction.CLOSED: N_("Se cerró"),
    ClosingAction.REOPENED: N_("Se reabrió"),
}


class PeriodReopening(Base):
    """A wish to open a closed month again: one person says why, another decides."""

    __tablename__ = "period_reopening"
    __table_args__ = (
        CheckConstraint(
            "state <> 'granted' OR (decided_by_id IS NOT NULL AND decided_by_id <> asked_by_id)", name="two_people"
        ),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_moment"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        Index(
            "uq_period_reopening_waiting",
            "period_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("fiscal_period.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ReopeningState] = mapped_column(enum_column(ReopeningState), default=ReopeningState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str | None] = mapped_column(Text)

    period: Mapped[FiscalPeriod] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class PeriodClosing(Base):
    """One thing done to a month, or to a whole year (month 0). Rows are only added, so every old proof stays."""

    __tablename__ = "period_closing"
    __table_args__ = (
        CheckConstraint("month BETWEEN 0 AND 12", name="month_real"),
        CheckConstraint("(month = 0) = (period_id IS NULL)", name="month_has_period"),
        CheckConstraint("(action = 'reopened') = (reopening_id IS NOT NULL)", name="reopened_by_decision"),
        CheckConstraint("action <> 'closed' OR (sha256 IS NOT NULL AND last_number IS NOT NULL)", name="closed_proved"),
        CheckConstraint("(act_sha256 IS NULL) = (stored_file_id IS NULL)", name="act_has_file"),
        UniqueConstraint("reopening_id", "month"),
        Index("ix_period_closing_year_month", "year", "month", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    month: Mapped[int]
    period_id: Mapped[int | None] = mapped_column(ForeignKey("fiscal_period.id"), index=True)
    action: Mapped[ClosingAction] = mapped_column(enum_column(ClosingAction))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # The proof: sums by account, fund and currency of the entries numbered up to `last_number` of the year.
    sums: Mapped[dict[str, int] | None] = mapped_column(JsonType)
    sha256: Mapped[str | None] = mapped_column(String(64))
    last_number: Mapped[int | None]
    # The act: everything its PDF prints, the PDF's fingerprint and the kept file.
    content: Mapped[dict[str, Any] | None] = mapped_column(JsonType)
    act_sha256: Mapped[str | None] = mapped_column(String(64))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    reopening_id: Mapped[int | None] = mapped_column(ForeignKey("period_reopening.id"))

    by: Mapped[User | None] = relationship()
    reopening: Mapped[PeriodReopening | None] = relationship()

    @property
    def name(self) -> str:
        """The month or the year as people name it."""
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)


# --- what the database itself refuses ---

refuse(
    "period_closing",
    "delete",
    "immutable a closing cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM period_closing WHERE id = NEW.id "
    "OR (reopening_id = NEW.reopening_id AND month = NEW.month))",
)
refuse("period_closing", "update", "immutable a closing cannot be changed")
refuse(
    "period_closing",
    "insert",
    "reopening two people must have agreed to it",
    when="NEW.action = 'reopened' AND NOT EXISTS (SELECT 1 FROM period_reopening r "
    "JOIN fiscal_period p ON p.id = r.period_id WHERE r.id = NEW.reopening_id AND r.state = 'granted' "
    "AND p.year = NEW.year AND (p.month = NEW.month OR NEW.month = 0))",
)
refuse(
    "period_reopening",
    "delete",
    "immutable what was asked cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM period_reopening WHERE id = NEW.id "
    "OR (period_id = NEW.period_id AND state = 'asked' AND NEW.state = 'asked'))",
)
refuse(
    "period_reopening",
    "update",
    "immutable what was asked and decided stays",
    when="OLD.state <> 'asked' OR NEW.id <> OLD.id OR NEW.period_id <> OLD.period_id OR NEW.reason <> OLD.reason "
    "OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at",
)
refuse("period_reopening", "insert", "reopening it starts as a question", when="NEW.state <> 'asked'")
