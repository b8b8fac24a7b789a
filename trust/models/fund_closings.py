"""How a fund ends: one person asks and says where the rest goes, another decides; the database holds both to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime, enum_column
from core.files import StoredFile
from trust.models.ledger import Fund, JournalEntry
from trust.models.ledger_triggers import refuse
from trust.states import FundClosingState


class FundClosing(Base):
    """A wish to close a fund. What it holds goes to `target`; the giver's consent, where it takes one, is kept."""

    __tablename__ = "fund_closing"
    __table_args__ = (
        CheckConstraint(
            "state <> 'granted' OR (decided_by_id IS NOT NULL AND decided_by_id <> asked_by_id)", name="two_people"
        ),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_moment"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("target_fund_id IS NULL OR target_fund_id <> fund_id", name="elsewhere"),
        CheckConstraint("entry_id IS NULL OR (state = 'granted' AND target_fund_id IS NOT NULL)", name="entry_granted"),
        Index(
            "uq_fund_closing_waiting",
            "fund_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'granted')"),
            postgresql_where=text("state IN ('asked', 'granted')"),
        ),
        Index("ix_fund_closing_fund", "fund_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    target_fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    reason: Mapped[str] = mapped_column(Text)
    consent_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[FundClosingState] = mapped_column(enum_column(FundClosingState), default=FundClosingState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    fund: Mapped[Fund] = relationship(foreign_keys=[fund_id])
    target: Mapped[Fund | None] = relationship(foreign_keys=[target_fund_id])
    consent: Mapped[StoredFile | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    entry: Mapped[JournalEntry | None] = relationship()


# --- what the database itself refuses ---

refuse(
    "fund",
    "update",
    "closed_fund two people close a fund that holds nothing, and nobody opens it again",
    when="(OLD.state = 'closed' AND NEW.state <> 'closed') OR (OLD.state = 'open' AND NEW.state = 'closed' AND ("
    "NOT EXISTS (SELECT 1 FROM fund_closing WHERE fund_id = OLD.id AND state = 'granted') "
    "OR EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code WHERE b.fund_id = OLD.id "
    "AND b.balance_cents <> 0 AND (a.kind IN ('asset', 'liability') OR a.available_sign <> 0))))",
    about="close",
)
refuse(
    "fund_closing",
    "delete",
    "immutable what was asked cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM fund_closing WHERE id = NEW.id OR (fund_id = NEW.fund_id "
    "AND state IN ('asked', 'granted') AND NEW.state IN ('asked', 'granted')))",
)
refuse(
    "fund_closing",
    "update",
    "immutable what was asked and decided stays",
    when="OLD.state <> 'asked' OR NEW.id <> OLD.id OR NEW.fund_id <> OLD.fund_id OR NEW.reason <> OLD.reason "
    "OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at "
    "OR COALESCE(NEW.target_fund_id, 0) <> COALESCE(OLD.target_fund_id, 0) "
    "OR COALESCE(NEW.consent_file_id, 0) <> COALESCE(OLD.consent_file_id, 0)",
)
refuse("fund_closing", "insert", "closed_fund it starts as a question", when="NEW.state <> 'asked'")
