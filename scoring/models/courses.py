"""How a committee's reviews were going when that was last worked out: of thousands it takes a worker some seconds."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime
from scoring.models.panels import Panel


class CourseSummary(Base):
    """The latest diagnosis of a committee. `stamp` says of which state of its scores, `reviews` of how many."""

    __tablename__ = "course_summary"
    __table_args__ = (CheckConstraint("reviews >= 0", name="reviews_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), unique=True)
    stamp: Mapped[str] = mapped_column(String(64))
    reviews: Mapped[int]
    found: Mapped[dict[str, Any]] = mapped_column(JsonType)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    panel: Mapped[Panel] = relationship()
