"""What staff note about an application for each other. Nobody outside reads it, and it decides nothing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime
from grants.models.application import Application
from scoring.models.guards import refuse_when

LONGEST_NOTE = 1_000


class ApplicationNote(Base):
    """One note: who wrote it and when. It is never changed; it may be withdrawn with a reason, and stays readable."""

    __tablename__ = "application_note"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text_present"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_has_reason"),
        CheckConstraint("withdrawn_at IS NOT NULL OR withdrawn_by_id IS NULL", name="withdrawn_by_when"),
        Index("ix_application_note_application_id", "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    text: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    written_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))

    application: Mapped[Application] = relationship()
    written_by: Mapped[User] = relationship(foreign_keys=[written_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])


refuse_when(
    "application_note",
    "application_note_stays",
    verb="UPDATE",
    condition="NEW.id <> OLD.id OR NEW.application_id <> OLD.application_id OR NEW.text <> OLD.text "
    "OR NEW.written_by_id <> OLD.written_by_id OR NEW.written_at <> OLD.written_at OR OLD.withdrawn_at IS NOT NULL",
    message="application_note: it stays as it was written",
)
refuse_when(
    "application_note",
    "application_note_kept",
    verb="DELETE",
    condition="NOT EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id)",
    message="application_note: kept until its application is destroyed",
)
