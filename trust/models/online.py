"""Our balance at the payment company, movement by movement, until it is in the bank."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, enum_column
from core.language import N_
from core.money import Money
from trust.models.checkout import CheckoutOrder
from trust.models.ledger import Fund, JournalEntry
from trust.states import ChargeState, DisputeState, PayoutState, RefundState


class MovementKind(StrEnum):
    """Why our balance at the company moved."""

    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"


MOVEMENT_KINDS: dict[MovementKind, str] = {
    MovementKind.CHARGE: N_("Cobro"),
    MovementKind.REFUND: N_("Devolución"),
    MovementKind.DISPUTE: N_("Disputa"),
}


class OnlineMovement(Base):
    """One movement of the balance at the company, under the company's own number: it enters the books once.

    `net_cents` is signed; the movements of a fund that are in no payout add up to its account 1.1.2.
    """

    __tablename__ = "online_movement"
    __table_args__ = (
        Index("ix_online_movement_order", "order_id", "id"),
        Index("ix_online_movement_payout", "payout_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[MovementKind] = mapped_column(enum_column(MovementKind))
    order_id: Mapped[int] = mapped_column(ForeignKey("checkout_order.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    net_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    fund: Mapped[Fund] = relationship()
    order: Mapped[CheckoutOrder] = relationship()


class Payout(Base):
    """A deposit of the company in our bank. It is posted once every movement in it is in the books."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("state <> 'posted' OR entry_id IS NOT NULL", name="posted_has_entry"),
        Index("ix_payout_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(String(200), unique=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    arrives_on: Mapped[date] = mapped_column(Date)
    state: Mapped[PayoutState] = mapped_column(enum_column(PayoutState), default=PayoutState.ON_ITS_WAY)
    problem: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    entry: Mapped[JournalEntry | None] = relationship()

    @property
    def money(self) -> Money:
        """What the bank gets, or gives back where it is negative."""
        return Money(self.amount_cents, self.currency)


class CompanyCharge(Base):
    """What the company took or gave of its own accord, with the deposit that told of it: two people post it."""

    __tablename__ = "company_charge"
    __table_args__ = (
        CheckConstraint("(state = 'told') = (reason IS NULL)", name="explained_has_reason"),
        CheckConstraint("(reason IS NULL) = (explained_by_id IS NULL)", name="explained_by_somebody"),
        CheckConstraint(
            "(state = 'posted') = (entry_id IS NOT NULL) AND (state = 'posted') = (posted_by_id IS NOT NULL) "
            "AND (state = 'posted') = (fund_id IS NOT NULL)",
            name="posted_has_entry",
        ),
        CheckConstraint("posted_by_id IS NULL OR posted_by_id <> explained_by_id", name="two_people"),
        Index("ix_company_charge_told_in", "told_in_id", "id"),
        Index("ix_company_charge_payout", "payout_id", "id"),
        Index("ix_company_charge_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[str] = mapped_column(String(200), unique=True)
    told_in_id: Mapped[int] = mapped_column(ForeignKey("payout.id"))
    kind: Mapped[str] = mapped_column(String(60))  # the company's own word
    description: Mapped[str] = mapped_column(Text)
    net_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[ChargeState] = mapped_column(enum_column(ChargeState), default=ChargeState.TOLD)
    reason: Mapped[str | None] = mapped_column(Text)
    explained_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    fund: Mapped[Fund | None] = relationship()
    entry: Mapped[JournalEntry | None] = relationship()

    @property
    def money(self) -> Money:
        """What it changed our balance at the company by."""
        return Money(self.net_cents, self.currency)


class OnlineDispute(Base):
    """A charge somebody contests. `fund_id` is the fund that bears it: its own, or the general one."""

    __tablename__ = "online_dispute"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_has_moment"),
        Index("ix_online_dispute_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(String(200), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("checkout_order.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[DisputeState] = mapped_column(enum_column(DisputeState), default=DisputeState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[CheckoutOrder] = relationship()
    fund: Mapped[Fund] = relationship()

    @property
    def money(self) -> Money:
        """What is contested."""
        return Money(self.amount_cents, self.currency)


class RefundRequest(Base):
    """Our wish to give back part of a payment, written before the company is asked: `key` asks it once."""

    __tablename__ = "refund_request"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(state = 'accepted') = (company_id IS NOT NULL)", name="accepted_is_named"),
        Index("ix_refund_request_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("checkout_order.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    company_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[RefundState] = mapped_column(enum_column(RefundState), default=RefundState.REQUESTED)
    problem: Mapped[str | None] = mapped_column(Text)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)

    order: Mapped[CheckoutOrder] = relationship()

    @property
    def money(self) -> Money:
        """What is to go back."""
        return Money(self.amount_cents, self.currency)
