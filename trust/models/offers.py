"""Who to answer about something that the public offered in kind, and by when they can deliver it."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime


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
