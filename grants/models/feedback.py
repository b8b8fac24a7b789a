"""What a reviewer wrote, as its applicant will read it, and who looked at it before."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, enum_column
from grants.models.application import Application
from grants.models.call import Call
from grants.states.feedback import FeedbackState
from scoring.models import Score


class FeedbackText(Base):
    """The reasons of one score on their way to the applicant. What the reviewer wrote stays beside the score.

    `text` is what the applicant will read; `findings` the traces in it, each open until covered or dismissed with a
    reason; `changes` what a person put other words for, and why. `version` counts the changes, so that a page that
    is out of date changes nothing.
    """

    __tablename__ = "feedback_text"
    __table_args__ = (
        UniqueConstraint("score_id"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_has_moment"),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_a_person"),
        CheckConstraint("state <> 'released' OR open_findings = 0", name="released_has_no_findings"),
        CheckConstraint("open_findings >= 0", name="open_findings_not_negative"),
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix_feedback_text_call_id_state", "call_id", "state", "open_findings", "id"),
        Index("ix_feedback_text_application_id", "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    score_id: Mapped[int] = mapped_column(ForeignKey(Score.id))
    state: Mapped[FeedbackState] = mapped_column(enum_column(FeedbackState), default=FeedbackState.AWAITING)
    text: Mapped[str] = mapped_column(Text)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    open_findings: Mapped[int]
    changes: Mapped[list[dict[str, str]]] = mapped_column(JsonType)
    version: Mapped[int] = mapped_column(default=1)
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    call: Mapped[Call] = relationship()
    application: Mapped[Application] = relationship()
    score: Mapped[Score] = relationship()
