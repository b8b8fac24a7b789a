"""What people give, in cash and in kind, what they promise, and the receipts they get."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, enum_column
from core.money import Money
from trust.models.kinds import ContributionForm, ContributionKind, Method, ValuationTechnique
from trust.models.ledger import Fund
from trust.states import ContributionState, PledgeState, ReceiptState


class Contribution(Base):
    """A donation, sponsorship, public subsidy or endowment, in cash or in kind. It is income only once received."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(
            "(state IN ('received', 'cancelled', 'refunded')) = (entry_id IS NOT NULL)", name="received_has_entry"
        ),
        CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refunded_was_given"),
        CheckConstraint("(state = 'refunded') = (refunded_cents = amount_cents)", name="refunded_is_whole"),
        CheckConstraint("(form = 'in_kind') = (method = 'delivery')", name="in_kind_is_delivered"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> recorded_by", name="two_people"),
        Index("ix_contribution_fund", "fund_id", "received_on"),
        Index("ix_contribution_organisation", "giver_organisation_id", "received_on"),
        Index("ix_contribution_user", "giver_user_id", "received_on"),
        Index("ix_contribution_received_on", "received_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ContributionKind] = mapped_column(enum_column(ContributionKind))
    form: Mapped[ContributionForm] = mapped_column(enum_column(ContributionForm))
    method: Mapped[Method] = mapped_column(enum_column(Method))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    giver_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    giver_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    receipt_name: Mapped[str | None] = mapped_column(String(200))  # private: what the receipt says
    public_name: Mapped[str | None] = mapped_column(String(200))
    anonymous: Mapped[bool] = mapped_column(default=False)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    refunded_cents: Mapped[int] = mapped_column(BigInteger, default=0)  # went back to whoever gave it
    state: Mapped[ContributionState] = mapped_column(enum_column(ContributionState))
    received_on: Mapped[date | None] = mapped_column(Date)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(160), unique=True)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    fund: Mapped[Fund] = relationship()
    item: Mapped["InKindItem | None"] = relationship(back_populates="contribution")
    receipt: Mapped["Receipt | None"] = relationship(back_populates="contribution")

    @property
    def money(self) -> Money:
        """What was given: the amount, or the fair value of what came in kind."""
        return Money(self.amount_cents, self.currency)

    @property
    def refunded(self) -> Money:
        """What of it went back to whoever gave it."""
        return Money(self.refunded_cents, self.currency)

    @property
    def kept(self) -> Money:
        """What of it stayed."""
        return self.money - self.refunded


class InKindItem(Base):
    """The thing or service given in kind, and how its fair value was found."""

    __tablename__ = "in_kind_item"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), unique=True)
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(60))
    valuation: Mapped[ValuationTechnique] = mapped_column(enum_column(ValuationTechnique))
    valuation_note: Mapped[str] = mapped_column(Text, default="")
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    delivered_to: Mapped[str | None] = mapped_column(String(200))

    contribution: Mapped[Contribution] = relationship(back_populates="item")


class Pledge(Base):
    """A promise of money with its schedule: a receivable list, never income and never a receipt."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_has_reason"),
        Index("ix_pledge_organisation", "giver_organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    giver_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    giver_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[PledgeState] = mapped_column(enum_column(PledgeState), default=PledgeState.ACTIVE)
    promised_on: Mapped[date] = mapped_column(Date)
    email: Mapped[str | None] = mapped_column(String(254))  # where its reminders go
    language: Mapped[str] = mapped_column(String(5), default="es")
    cancel_reason: Mapped[str | None] = mapped_column(Text)

    fund: Mapped[Fund] = relationship()
    instalments: Mapped[list["PledgeInstalment"]] = relationship(order_by="PledgeInstalment.due_on")

    @property
    def money(self) -> Money:
        """What was promised."""
        return Money(self.amount_cents, self.currency)


class PledgeInstalment(Base):
    """One due date of a pledge. What came covers the parts in their order."""

    __tablename__ = "pledge_instalment"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reminded_on: Mapped[date | None] = mapped_column(Date)
    warned_on: Mapped[date | None] = mapped_column(Date)


class PledgePayment(Base):
    """A contribution that keeps a promise: it keeps one at most."""

    __tablename__ = "pledge_payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), unique=True)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReceiptCounter(Base):
    """The last receipt number of a series and year. Its row is the lock that keeps the numbers without a gap."""

    __tablename__ = "receipt_counter"

    series: Mapped[str] = mapped_column(String(4), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """The numbered proof of one contribution. `content` is everything it prints, frozen when it was issued."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("series", "year", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(4))
    year: Mapped[int]
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(30), unique=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JsonType)
    sha256: Mapped[str] = mapped_column(String(64))
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ReceiptState] = mapped_column(enum_column(ReceiptState), default=ReceiptState.VALID)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)

    contribution: Mapped[Contribution] = relationship(back_populates="receipt")
