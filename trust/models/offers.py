"""What the public offers in kind: who to answer, by when they can deliver it, and the trust's own word on its worth."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime, enum_column
from core.keeping import keep
from core.money import Money
from trust.models.contributions import Contribution
from trust.models.kinds import ValuationTechnique


class OfferContact(Base):
    """The person behind a public offer: private, for the letters about it."""

    __tablename__ = "offer_contact"
    __table_args__ = (Index("ix_offer_contact_email", "email", "offered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5), default="es")
    available_on: Mapped[date] = mapped_column(Date)
    terms: Mapped[str] = mapped_column(Text, default="")  # where, when, on what conditions
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfferAcceptance(Base):
    """Somebody of the trust takes an offer and answers for what it is worth; the giver's own words stay beside it."""

    __tablename__ = "offer_acceptance"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), unique=True)
    offered_cents: Mapped[int] = mapped_column(BigInteger)  # what the giver had said it is worth
    valuation: Mapped[ValuationTechnique] = mapped_column(enum_column(ValuationTechnique))
    valuation_note: Mapped[str] = mapped_column(Text)
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))  # beside the giver's
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    contribution: Mapped[Contribution] = relationship()
    accepted_by: Mapped[User | None] = relationship()

    @property
    def offered(self) -> Money:
        """What the giver had said it is worth."""
        return Money(self.offered_cents, self.contribution.currency)


keep(
    "offer_acceptance",
    ("contribution_id", "offered_cents", "valuation", "valuation_note", "evidence_file_id", "accepted_by_id",
     "accepted_at"),
    unique=("id", "contribution_id"),
)  # fmt: skip
