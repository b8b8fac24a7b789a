"""Applications that came on paper: which register they were read from, and which of its rows each one is."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime
from grants.models.application import Application
from grants.models.call import Call


class PaperImport(Base):
    """One reading of a register. Its columns are kept for the next file of the same call."""

    __tablename__ = "paper_import"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, Any]] = mapped_column(JsonType)  # field or question → the heading it was read from
    received_on: Mapped[date | None] = mapped_column(Date)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class PaperApplication(Base):
    """The row of a register that an application was read from: the same row never becomes two."""

    __tablename__ = "paper_application"
    __table_args__ = (
        UniqueConstraint("call_id", "fingerprint"),
        CheckConstraint("length(fingerprint) = 64", name="fingerprint_length"),
        Index("ix_paper_application_import_id", "import_id", "row_number"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(PaperImport.id))
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    row_number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))

    application: Mapped[Application] = relationship()
    source: Mapped[PaperImport] = relationship()
