"""The plan of the year, what calls may spend, what awards have bound, and what is ordered to be paid."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, enum_column
from core.keeping import keep
from core.money import Money
from grants.models import Award, Call, Tranche
from treasury.states import CommitmentState, OrderState, PlanState
from trust.models import Fund, JournalEntry


class OperatingPlan(Base):
    """The annual operating plan (Plan Operativo Anual)."""

    __tablename__ = "operating_plan"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2200", name="year_sane"),
        CheckConstraint("(state = 'approved') = (approved_at IS NOT NULL)", name="approved_iff_dated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    state: Mapped[PlanState] = mapped_column(enum_column(PlanState), default=PlanState.DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    programmes: Mapped[list["Programme"]] = relationship(back_populates="plan", order_by="Programme.id")


class Programme(Base):
    """One line of the plan: what for, by which measure, how much, out of which fund."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(OperatingPlan.id), index=True)
    axis: Mapped[int]
    name: Mapped[dict[str, str]] = mapped_column(JsonType)
    goal: Mapped[dict[str, str]] = mapped_column(JsonType)
    indicator: Mapped[dict[str, str]] = mapped_column(JsonType)
    target: Mapped[int]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))

    plan: Mapped[OperatingPlan] = relationship(back_populates="programmes")
    fund: Mapped[Fund] = relationship()

    @property
    def money(self) -> Money:
        """The line's amount."""
        return Money(self.amount_cents, self.currency)


class Allocation(Base):
    """What a call may spend out of one fund: suficiencia presupuestaria."""

    __tablename__ = "allocation"
    __table_args__ = (
        UniqueConstraint("call_id", "fund_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), index=True)
    rank: Mapped[int]  # funds pay in this order
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    allocated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship()
    fund: Mapped[Fund] = relationship()

    @property
    def money(self) -> Money:
        """What the call may spend from the fund."""
        return Money(self.amount_cents, self.currency)


class Commitment(Base):
    """Money of one fund bound to one award. What is neither paid nor released is still owed."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("award_id", "allocation_id"),
        CheckConstraint("amount_cents > 0 AND paid_cents >= 0 AND released_cents >= 0", name="amounts_sane"),
        CheckConstraint("paid_cents + released_cents <= amount_cents", name="never_more_than_bound"),
        CheckConstraint("returned_cents BETWEEN 0 AND paid_cents", name="returned_was_paid"),
        CheckConstraint("state <> 'paid' OR paid_cents + released_cents = amount_cents", name="paid_is_whole"),
        CheckConstraint("state <> 'released' OR paid_cents + released_cents = amount_cents", name="released_is_whole"),
        Index("ix_commitment_allocation_id", "allocation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    allocation_id: Mapped[int] = mapped_column(ForeignKey(Allocation.id))
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey(JournalEntry.id), index=True)  # several awards may share one
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    paid_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    released_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[CommitmentState] = mapped_column(enum_column(CommitmentState), default=CommitmentState.COMMITTED)
    committed_on: Mapped[date]

    award: Mapped[Award] = relationship()
    fund: Mapped[Fund] = relationship()

    @property
    def owed(self) -> Money:
        """What is bound and neither paid nor released."""
        return Money(self.amount_cents - self.paid_cents - self.released_cents, self.currency)

    @property
    def paid(self) -> Money:
        """What the bank paid out of it."""
        return Money(self.paid_cents, self.currency)

    @property
    def returned(self) -> Money:
        """What of that came back."""
        return Money(self.returned_cents, self.currency)


class PaymentOrder(Base):
    """An instruction to the trustee bank, prepared by one person and authorised by another."""

    __tablename__ = "payment_order"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("authorised_by_id IS NULL OR authorised_by_id <> prepared_by_id", name="two_people"),
        CheckConstraint("state NOT IN ('authorised', 'paid') OR authorised_by_id IS NOT NULL", name="authorised_first"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_iff_dated"),
        CheckConstraint("(paid_on IS NULL) = (bank_reference IS NULL)", name="paid_has_reference"),
        Index("ix_payment_order_state", "state", "id"),
        Index(
            "uq_payment_order_tranche_live",
            "tranche_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id), index=True)
    tranche_id: Mapped[int] = mapped_column(ForeignKey(Tranche.id))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[OrderState] = mapped_column(enum_column(OrderState), default=OrderState.PREPARED)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authorised_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    authorised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_on: Mapped[date | None]
    bank_reference: Mapped[str | None] = mapped_column(String(60))
    cancelled_reason: Mapped[str | None] = mapped_column(String(300))

    award: Mapped[Award] = relationship()
    tranche: Mapped[Tranche] = relationship()
    shares: Mapped[list["PaymentShare"]] = relationship(back_populates="order", order_by="PaymentShare.id")

    @property
    def money(self) -> Money:
        """What the bank is told to pay."""
        return Money(self.amount_cents, self.currency)


class PaymentShare(Base):
    """The part of a payment that comes out of one commitment, and so out of one fund."""

    __tablename__ = "payment_share"
    __table_args__ = (
        UniqueConstraint("order_id", "commitment_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(PaymentOrder.id), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey(Commitment.id))
    amount_cents: Mapped[int] = mapped_column(BigInteger)

    order: Mapped[PaymentOrder] = relationship(back_populates="shares")
    commitment: Mapped[Commitment] = relationship()


# What was promised, bound and ordered is not bound again by changing the row: only how far it has come moves. More may
# be promised to a call out of the same fund, never less.
keep(
    "allocation",
    ("call_id", "fund_id", "rank", "currency", "allocated_at"),
    grows=("amount_cents",),
    unique=("id", ("call_id", "fund_id")),
)
keep(
    "commitment",
    ("award_id", "allocation_id", "fund_id", "entry_id", "amount_cents", "currency", "committed_on"),
    unique=("id", ("award_id", "allocation_id")),
)
keep(
    "payment_order",
    ("award_id", "tranche_id", "amount_cents", "currency", "prepared_by_id", "prepared_at"),
    once=("authorised_by_id", "authorised_at", "paid_on", "bank_reference", "cancelled_reason"),
    after={"paid_on": ("state",)},
)
keep("payment_share", ("order_id", "commitment_id", "amount_cents"), unique=("id", ("order_id", "commitment_id")))
