"""Times in which the site did not answer: recorded in public and never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from accounts.models import User
from core.database import Base, UtcDateTime, append_only


class ServiceOutage(Base):
    """One failure of the site, with what people are told about it."""

    __tablename__ = "service_outage"
    __table_args__ = (
        CheckConstraint("ended_at > began_at", name="ends_after_it_began"),
        CheckConstraint("recorded_at >= ended_at", name="recorded_when_over"),
        CheckConstraint("length(reason) > 0", name="reason_present"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


append_only("service_outage")
