"""Who wants to hear of calls, of which ones, and what they were told."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, JsonType, UtcDateTime
from grants.models.call import Call


class CallSubscription(Base):
    """An address that asked for letters about calls. Nothing is sent before whoever reads it confirms."""

    __tablename__ = "call_subscription"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR confirmed_at IS NOT NULL", name="ended_was_confirmed"),
        Index(
            "uq_call_subscription_live_email",
            "email",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    axes: Mapped[list[int]] = mapped_column(JsonType)  # none: every axis
    audience: Mapped[list[str]] = mapped_column(JsonType)  # none: everybody
    notice_number: Mapped[int | None]  # the version of the privacy notice that was shown where they were asked for
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SubscriptionLetter(Base):
    """One letter about one call to one subscription: nobody is told the same thing twice."""

    __tablename__ = "subscription_letter"
    __table_args__ = (UniqueConstraint("subscription_id", "call_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey(CallSubscription.id))
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # "open", "closing 2026-05-11", "notice 1"
    at: Mapped[datetime] = mapped_column(UtcDateTime)
