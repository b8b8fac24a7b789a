"""What somebody asked to have corrected in an application they sent. What was sent stays as it was."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime, enum_column
from grants.models.application import Application
from grants.states.correction import CorrectionState
from scoring.models.guards import refuse_when

LONGEST_DATUM = 1_000


class DataCorrection(Base):
    """One identifying answer and how it should read. Answered once; it stands beside the answer, dated."""

    __tablename__ = "data_correction"
    __table_args__ = (
        CheckConstraint("length(asked) > 0", name="asked_present"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_iff_state"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_a_person"),
        CheckConstraint("state <> 'refused' OR length(reason) > 0", name="refusal_has_reason"),
        Index("ix_data_correction_application_id", "application_id", "id"),
        Index("ix_data_correction_state", "state", "id"),
        Index(
            "uq_data_correction_one_open",
            "application_id",
            "question_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    question_id: Mapped[str] = mapped_column(String(60))
    asked: Mapped[str] = mapped_column(String(LONGEST_DATUM))  # how it should read
    state: Mapped[CorrectionState] = mapped_column(enum_column(CorrectionState), default=CorrectionState.ASKED)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(LONGEST_DATUM), default="")

    application: Mapped[Application] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


refuse_when(
    "data_correction",
    "data_correction_stays",
    verb="UPDATE",
    condition="NEW.id <> OLD.id OR NEW.application_id <> OLD.application_id OR NEW.question_id <> OLD.question_id "
    "OR NEW.asked <> OLD.asked OR NEW.asked_at <> OLD.asked_at OR OLD.state <> 'asked'",
    message="data_correction: it stays as it was asked and answered",
)
refuse_when(
    "data_correction",
    "data_correction_kept",
    verb="DELETE",
    condition="NOT EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id)",
    message="data_correction: kept until its application is destroyed",
)
