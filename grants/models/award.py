"""An award with its agreement, its tranches and the reports on how it was spent."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime, enum_column
from core.files import StoredFile
from core.money import Money
from grants.models.application import Application
from grants.states.award import AwardState, ReportState, TrancheCondition, TrancheState

MOST_LINES = 60  # of one report of expenses


class Award(Base):
    """Money promised to one application. It exists once the treasury has committed it."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("state = 'pending' OR committed_at IS NOT NULL", name="committed_has_moment"),
        CheckConstraint("(state = 'declined') = (declined_reason IS NOT NULL)", name="declined_has_reason"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_iff_state"),
        Index("ix_award_state", "state", "id"),
        Index("ix_award_committed_at", "committed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    state: Mapped[AwardState] = mapped_column(enum_column(AwardState), default=AwardState.PENDING)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_reason: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()
    agreement: Mapped["Agreement | None"] = relationship(back_populates="award", uselist=False)
    tranches: Mapped[list["Tranche"]] = relationship(back_populates="award", order_by="Tranche.number")
    reports: Mapped[list["ExpenseReport"]] = relationship(back_populates="award", order_by="ExpenseReport.number")

    @property
    def money(self) -> Money:
        """The amount of the award."""
        return Money(self.amount_cents, self.currency)


class Agreement(Base):
    """The contract of an award: the PDF, its fingerprint, and who accepted it when, under which typed name."""

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("award_id"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL) AND (accepted_at IS NULL) = (signed_name IS NULL)",
            name="accepted_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    sha256: Mapped[str] = mapped_column(String(64))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    signed_name: Mapped[str | None] = mapped_column(String(120))

    award: Mapped[Award] = relationship(back_populates="agreement")
    stored_file: Mapped[StoredFile] = relationship()


class Tranche(Base):
    """One payment of an award and what has to happen before it."""

    __tablename__ = "tranche"
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_iff_state"),
        CheckConstraint("state IN ('planned', 'dropped') OR due_at IS NOT NULL", name="due_has_moment"),
        Index("ix_tranche_state", "state", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    number: Mapped[int]
    state: Mapped[TrancheState] = mapped_column(enum_column(TrancheState), default=TrancheState.PLANNED)
    condition: Mapped[TrancheCondition] = mapped_column(enum_column(TrancheCondition))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_on: Mapped[date | None] = mapped_column(Date)

    award: Mapped[Award] = relationship(back_populates="tranches")

    @property
    def money(self) -> Money:
        """The amount of this payment."""
        return Money(self.amount_cents, self.currency)


class ExpenseReport(Base):
    """What the beneficiary says was spent. A returned report is kept; the corrected one is the next number."""

    __tablename__ = "expense_report"
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("(state = 'filed') = (reviewed_at IS NULL)", name="reviewed_iff_state"),
        CheckConstraint("state <> 'returned' OR length(review_note) > 0", name="returned_has_reason"),
        CheckConstraint("due_cents >= 0 AND return_cents >= 0", name="settlement_sane"),
        CheckConstraint("due_cents = 0 OR return_cents = 0", name="pays_or_gets_back"),
        CheckConstraint("state = 'accepted' OR due_cents + return_cents = 0", name="settled_once_accepted"),
        Index(
            "uq_expense_report_standing",
            "award_id",
            unique=True,
            sqlite_where=text("state <> 'returned'"),
            postgresql_where=text("state <> 'returned'"),
        ),
        Index("ix_expense_report_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    number: Mapped[int]
    state: Mapped[ReportState] = mapped_column(enum_column(ReportState), default=ReportState.FILED)
    narrative: Mapped[str] = mapped_column(Text, default="")
    spent_cents: Mapped[int] = mapped_column(BigInteger)
    unspent_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    review_note: Mapped[str] = mapped_column(Text, default="")
    due_cents: Mapped[int] = mapped_column(BigInteger, default=0)  # still to be paid when it was accepted
    return_cents: Mapped[int] = mapped_column(BigInteger, default=0)  # to come back when it was accepted

    award: Mapped[Award] = relationship(back_populates="reports")
    lines: Mapped[list["ExpenseLine"]] = relationship(back_populates="report", order_by="ExpenseLine.line")

    @property
    def spent(self) -> Money:
        """The sum of its lines."""
        return Money(self.spent_cents, self.currency)

    @property
    def unspent(self) -> Money:
        """What of the award is not proved by its lines, paid or not."""
        return Money(self.unspent_cents, self.currency)

    @property
    def due(self) -> Money:
        """What was still to be paid when the report was accepted."""
        return Money(self.due_cents, self.currency)

    @property
    def to_return(self) -> Money:
        """What had been paid and not spent when the report was accepted: it comes back."""
        return Money(self.return_cents, self.currency)


class ExpenseLine(Base):
    """One expense with its receipt."""

    __tablename__ = "expense_line"
    __table_args__ = (
        UniqueConstraint("report_id", "line"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("length(concept) > 0", name="concept_present"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(ExpenseReport.id))
    line: Mapped[int]
    concept: Mapped[str] = mapped_column(String(200))
    spent_on: Mapped[date] = mapped_column(Date)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    receipt_file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))

    report: Mapped[ExpenseReport] = relationship(back_populates="lines")
    receipt: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)

    @property
    def money(self) -> Money:
        """What was spent."""
        return Money(self.amount_cents, self.currency)
