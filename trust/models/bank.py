"""What the bank says: its statements, line by line, and the entries each line is."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, enum_column
from core.language import N_
from core.money import Money
from trust.models.ledger import JournalEntry
from trust.states import BankLineState


class BankAccount(StrEnum):
    """The bank accounts of the books, by their code."""

    NATIONAL = "1.1.1"
    FOREIGN = "1.1.3"


class MatchReason(StrEnum):
    """Why a line of the bank is an entry of the books."""

    NUMBER = "number"
    AMOUNT = "amount"
    HAND = "hand"


MATCH_REASONS: dict[MatchReason, str] = {
    MatchReason.NUMBER: N_("El banco cita el número del asiento, y la cantidad coincide."),
    MatchReason.AMOUNT: N_("Es la única línea y el único asiento con esa cantidad en esos días."),
    MatchReason.HAND: N_("Lo decidió una persona."),
}


class BankStatement(Base):
    """A statement that was imported whole. The same file is imported once."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("account_code", "sha256"),
        CheckConstraint("(opening_cents IS NULL) = (closing_cents IS NULL)", name="balances_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_code: Mapped[str] = mapped_column(ForeignKey("account.code"))
    currency: Mapped[str] = mapped_column(String(3))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(10))
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JsonType)  # kept for the next file of the same bank
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    opening_cents: Mapped[int | None] = mapped_column(BigInteger)
    closing_cents: Mapped[int | None] = mapped_column(BigInteger)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BankLine(Base):
    """One line of the bank. Its fingerprint keeps it single over statements that overlap."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("account_code", "currency", "fingerprint"),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        CheckConstraint("(state = 'set_aside') = (set_aside_reason IS NOT NULL)", name="set_aside_has_reason"),
        Index("ix_bank_line_state", "state", "booked_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    account_code: Mapped[str] = mapped_column(ForeignKey("account.code"))
    booked_on: Mapped[date] = mapped_column(Date)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reference: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500))
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[BankLineState] = mapped_column(enum_column(BankLineState), default=BankLineState.OPEN)
    set_aside_reason: Mapped[str | None] = mapped_column(Text)

    matches: Mapped[list["BankMatch"]] = relationship(order_by="BankMatch.id", cascade="all, delete-orphan")

    @property
    def money(self) -> Money:
        """What came in, or with a minus what went out."""
        return Money(self.amount_cents, self.currency)


class BankMatch(Base):
    """A line of the bank is this entry, or one of these: an entry is matched once in an account and currency."""

    __tablename__ = "bank_match"
    __table_args__ = (UniqueConstraint("entry_id", "account_code", "currency"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    account_code: Mapped[str] = mapped_column(ForeignKey("account.code"))
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[MatchReason] = mapped_column(enum_column(MatchReason))
    matched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    matched_at: Mapped[datetime] = mapped_column(UtcDateTime)

    entry: Mapped[JournalEntry] = relationship()
