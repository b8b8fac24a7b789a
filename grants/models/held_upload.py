"""Files of a form that is not done yet: kept when the rest of it is refused, so that nobody uploads twice."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime
from core.files import StoredFile


class HeldUpload(Base):
    """A file that one person sent with one form, waiting for the rest of that form to be in order."""

    __tablename__ = "held_upload"
    __table_args__ = (
        CheckConstraint("length(place) > 0", name="place_present"),
        Index("ix_held_upload_place_user_id", "place", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(60))  # the form: "cure:12"
    slot: Mapped[str] = mapped_column(String(60))  # the control in it: "lines-0-receipt"
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    stored_file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)

    stored_file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
