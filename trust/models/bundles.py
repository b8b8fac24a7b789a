"""Many receipts in one file, made in the background, kept for some days."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime
from core.files import StoredFile
from core.jobs import Job


class ReceiptBundle(Base):
    """Somebody's wish for a ZIP of receipts, the work that makes it, and the file once it is there."""

    __tablename__ = "receipt_bundle"
    __table_args__ = (
        CheckConstraint("(stored_file_id IS NULL) = (expires_at IS NULL)", name="ready_expires"),
        CheckConstraint("cleared_at IS NULL OR stored_file_id IS NOT NULL", name="cleared_was_ready"),
        Index("ix_receipt_bundle_person", "requested_by_id", "id"),
        Index("ix_receipt_bundle_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filters: Mapped[dict[str, Any]] = mapped_column(JsonType)  # which receipts, as they were asked for
    last_receipt_id: Mapped[int]  # what is issued later is left out
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    job: Mapped[Job | None] = relationship()
    stored_file: Mapped[StoredFile | None] = relationship()
