"""The books: accounts, funds, periods, entries and their postings, and the running balances."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, enum_column
from trust.models.kinds import AccountKind, EntryKind, FundKind
from trust.states import EntryState, FundState, PeriodState


class Account(Base):
    """One line of the chart of accounts. `available_sign` says how its balance counts in what is free."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("available_sign IN (-1, 0, 1)", name="available_sign_known"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(JsonType)
    kind: Mapped[AccountKind] = mapped_column(enum_column(AccountKind))
    available_sign: Mapped[int] = mapped_column(default=0)


class Fund(Base):
    """A purse (bolsa) with its own purpose and, where a giver set them, its own spending rules."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("length(currency) = 3", name="currency_code"),
        Index("ix_fund_giver", "giver_organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(JsonType)
    purpose: Mapped[dict[str, str]] = mapped_column(JsonType, default=dict)
    kind: Mapped[FundKind] = mapped_column(enum_column(FundKind))
    currency: Mapped[str] = mapped_column(String(3))
    spending_rules: Mapped[dict[str, Any]] = mapped_column(JsonType, default=dict)
    giver_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    accepts_gifts: Mapped[bool] = mapped_column(default=False)
    state: Mapped[FundState] = mapped_column(enum_column(FundState), default=FundState.OPEN)
    opened_on: Mapped[date] = mapped_column(Date)


class FiscalPeriod(Base):
    """One month of the books. Once closed it takes no more entries."""

    __tablename__ = "fiscal_period"
    __table_args__ = (
        UniqueConstraint("year", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_real"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    month: Mapped[int]
    state: Mapped[PeriodState] = mapped_column(enum_column(PeriodState), default=PeriodState.OPEN)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proof: Mapped[dict[str, Any] | None] = mapped_column(JsonType)


class EntryCounter(Base):
    """The last entry number of a fiscal year. Its row is the lock that keeps the numbers without a gap."""

    __tablename__ = "entry_counter"

    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)


class JournalEntry(Base):
    """One event of the books. Posted means for ever: a mistake is answered by a reversal with its reason."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("fiscal_year", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(state = 'posted') = (posted_at IS NOT NULL)", name="posted_has_moment"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_entry"),
        Index("ix_journal_entry_date", "entry_date", "id"),
        Index("ix_journal_entry_source", "source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    entry_date: Mapped[date] = mapped_column(Date)
    memo: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(120))
    idempotency_key: Mapped[str] = mapped_column(String(160), unique=True)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    state: Mapped[EntryState] = mapped_column(enum_column(EntryState), default=EntryState.DRAFT)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    postings: Mapped[list["Posting"]] = relationship(order_by="Posting.line", viewonly=True)

    @property
    def label(self) -> str:
        """The number people quote: year and gapless number."""
        return f"{self.fiscal_year}-{self.number:06d}"


class Posting(Base):
    """One line of an entry: debit positive, credit negative, in minor units of its own currency."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("entry_id", "line"),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        Index("ix_posting_fund_account", "fund_id", "account_code", "currency", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    line: Mapped[int]
    account_code: Mapped[str] = mapped_column(ForeignKey("account.code"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    base_cents: Mapped[int] = mapped_column(BigInteger)
    rate: Mapped[str | None] = mapped_column(String(40))
    rate_date: Mapped[date | None] = mapped_column(Date)
    rate_source: Mapped[str | None] = mapped_column(String(80))


class AccountBalance(Base):
    """The running balance of an account in a fund and a currency, written only by the posting trigger.

    `entry_id` is the last entry counted in it. On SQLite it is how the database knows its own trigger's hand: only a
    posted entry not counted yet may move the row, and no such entry stands once its posting is over.
    """

    __tablename__ = "account_balance"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True, autoincrement=False)
    account_code: Mapped[str] = mapped_column(ForeignKey("account.code"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    balance_cents: Mapped[int] = mapped_column(BigInteger)
    base_cents: Mapped[int] = mapped_column(BigInteger)
    posting_count: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
