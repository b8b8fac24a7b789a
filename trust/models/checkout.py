"""Payments made on line: our order, and the notices of the payment company that were already applied."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, append_only, enum_column
from core.money import Money
from trust.models.contributions import Contribution
from trust.models.kinds import ContributionKind, Method
from trust.models.ledger import Fund
from trust.states import CheckoutState


class CheckoutOrder(Base):
    """What somebody set out to give on line. It is fulfilled at most once, by one contribution.

    It is written before the company is asked for a page, so that no payment can exist that we know nothing of.
    """

    __tablename__ = "checkout_order"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(state = 'paid') = (contribution_id IS NOT NULL)", name="paid_has_contribution"),
        CheckConstraint("(session_id IS NULL) = (payment_url IS NULL)", name="page_whole"),
        CheckConstraint("session_id IS NOT NULL OR state IN ('open', 'expired')", name="moved_has_page"),
        CheckConstraint("(decided_at IS NULL) = (decision_reason IS NULL)", name="decision_has_reason"),
        CheckConstraint("state NOT IN ('refund_due', 'refunded') OR decided_at IS NOT NULL", name="refund_was_decided"),
        Index("ix_checkout_order_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    payment_url: Mapped[str | None] = mapped_column(String(2000))
    method: Mapped[Method] = mapped_column(enum_column(Method))
    kind: Mapped[ContributionKind] = mapped_column(enum_column(ContributionKind))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    giver_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    giver_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    public_name: Mapped[str | None] = mapped_column(String(200))
    anonymous: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5), default="es")
    charge_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    livemode: Mapped[bool] = mapped_column(default=False)
    state: Mapped[CheckoutState] = mapped_column(enum_column(CheckoutState), default=CheckoutState.OPEN)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str | None] = mapped_column(Text)  # why a held payment went the way it did
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    fund: Mapped[Fund] = relationship()
    contribution: Mapped[Contribution | None] = relationship()

    @property
    def money(self) -> Money:
        """What we asked for."""
        return Money(self.amount_cents, self.currency)

    @property
    def company_id(self) -> str:
        """The company's name for this payment; empty while no page was opened."""
        return self.session_id or ""


class ProcessedEvent(Base):
    """A notice that was applied. Its id is unique, so that a repeated notice does nothing."""

    __tablename__ = "processed_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(120))
    object_id: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


append_only("processed_event")
