"""What sponsors are offered in return, which package each chose, and what is owed to them until it is delivered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, enum_column
from core.language import N_
from core.money import Money
from trust.models.contributions import Contribution
from trust.states.packages import BenefitState, PackageState


class DueRule(StrEnum):
    """How the due date of a benefit is found."""

    AFTER_PAYMENT = "after_payment"
    ON_DATE = "on_date"


DUE_RULES: dict[DueRule, str] = {
    DueRule.AFTER_PAYMENT: N_("Días después de que llega el dinero"),
    DueRule.ON_DATE: N_("En una fecha fija"),
}


class SponsorPackage(Base):
    """A level of sponsorship: its price and what the trust gives back. Once written it is not changed, it closes."""

    __tablename__ = "sponsor_package"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("places IS NULL OR places > 0", name="places_positive"),
        CheckConstraint("closes_on IS NULL OR closes_on >= opens_on", name="dates_in_order"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(JsonType)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    is_public: Mapped[bool] = mapped_column(default=True)
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date)
    places: Mapped[int | None]  # how many sponsors it is for; no limit where nothing is said
    state: Mapped[PackageState] = mapped_column(enum_column(PackageState), default=PackageState.OPEN)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    benefits: Mapped[list["PackageBenefit"]] = relationship(order_by="PackageBenefit.id")

    @property
    def money(self) -> Money:
        """The least that a sponsor gives for it."""
        return Money(self.amount_cents, self.currency)

    @property
    def returned(self) -> Money:
        """The fair value of what the sponsor gets back."""
        return Money(sum(one.fair_value_cents for one in self.benefits), self.currency)


class PackageBenefit(Base):
    """One thing that a package promises: what, how many, by when, and what it would cost elsewhere."""

    __tablename__ = "package_benefit"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("fair_value_cents >= 0", name="value_not_negative"),
        CheckConstraint(
            "(due_rule = 'after_payment') = (due_days IS NOT NULL) AND (due_rule = 'on_date') = (due_on IS NOT NULL)",
            name="due_as_its_rule",
        ),
        CheckConstraint("due_days IS NULL OR due_days >= 0", name="days_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("sponsor_package.id"), index=True)
    what: Mapped[dict[str, str]] = mapped_column(JsonType)
    quantity: Mapped[int]
    due_rule: Mapped[DueRule] = mapped_column(enum_column(DueRule))
    due_days: Mapped[int | None]
    due_on: Mapped[date | None] = mapped_column(Date)
    fair_value_cents: Mapped[int] = mapped_column(BigInteger, default=0)

    def value(self, currency: str) -> Money:
        """What all of it would cost elsewhere, in its package's currency."""
        return Money(self.fair_value_cents, currency)


class PackageChoice(Base):
    """Who takes a place of a package: an online order, and the contribution that came of it or by transfer."""

    __tablename__ = "package_choice"
    __table_args__ = (
        CheckConstraint("order_id IS NOT NULL OR contribution_id IS NOT NULL", name="chosen_by_somebody"),
        Index("ix_package_choice_package_id", "package_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("sponsor_package.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("checkout_order.id"), unique=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), unique=True)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    package: Mapped[SponsorPackage] = relationship()


class PromisedBenefit(Base):
    """What one sponsor is owed in return, as it stood when the money came. It lapses while the money is given back."""

    __tablename__ = "promised_benefit"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("fair_value_cents >= 0", name="value_not_negative"),
        CheckConstraint(
            "(state = 'delivered') = (delivered_on IS NOT NULL) AND (state = 'delivered') = (recorded_at IS NOT NULL)",
            name="delivered_is_dated",
        ),
        CheckConstraint("state = 'delivered' OR (note IS NULL AND evidence_file_id IS NULL)", name="due_is_bare"),
        Index("ix_promised_benefit_due", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("sponsor_package.id"))
    what: Mapped[dict[str, str]] = mapped_column(JsonType)
    quantity: Mapped[int]
    due_on: Mapped[date] = mapped_column(Date)
    fair_value_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[BenefitState] = mapped_column(enum_column(BenefitState), default=BenefitState.DUE)
    delivered_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reminded_on: Mapped[date | None] = mapped_column(Date)
    warned_on: Mapped[date | None] = mapped_column(Date)

    contribution: Mapped[Contribution] = relationship()
    package: Mapped[SponsorPackage] = relationship()

    @property
    def value(self) -> Money:
        """What it would cost elsewhere."""
        return Money(self.fair_value_cents, self.currency)
