"""Files on their way: what has arrived of them so far, so that a line that breaks costs a piece and not the whole."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime
from grants.models.application import Application, Attachment


class UploadPurpose(StrEnum):
    """What a file is for. One sent for one purpose never serves another."""

    APPLICATION = "application"  # the answer to a question of the form
    CURE = "cure"  # comes with the answer to a request to cure
    RECEIPT = "receipt"  # of one line of the report of expenses


class PartialUpload(Base):
    """A file that one person sends piece by piece, for one purpose around one application.

    `slot` is the question or the control it was chosen in. `parts` names the pieces in the store, in order; there are
    none any more once the whole file is attached. What goes with a form is held for it then, and this is gone.
    """

    __tablename__ = "partial_upload"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_positive"),
        CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="received_within"),
        CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name="sha256_length"),
        CheckConstraint("attachment_id IS NULL OR received_bytes = size_bytes", name="attached_is_whole"),
        Index("ix_partial_upload_application_id", "application_id", "user_id"),
        Index("ix_partial_upload_user_id", "user_id"),
        Index("ix_partial_upload_touched_at", "touched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    purpose: Mapped[str] = mapped_column(String(20), server_default=UploadPurpose.APPLICATION.value)
    slot: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))  # as the browser reckoned it; some cannot
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[list[str]] = mapped_column(JsonType)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey(Attachment.id))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
