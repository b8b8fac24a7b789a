"""Blind dossiers: what a reviewer may read of an application, and nothing else."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime
from core.files import StoredFile
from core.money import Money
from scoring.models.panels import Panel


class Dossier(Base):
    """A whitelisted projection of an application under an opaque code. Only a cleared one is ever shown.

    `entitlements` (bonus points, reserved places) count in the ranking and are never shown to a reviewer. `readers` is
    how many readings stand; the database alone writes it (`scoring.models.readers`), so an object may hold an old one.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint("requested_cents > 0", name="requested_positive"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_has_reason"),
        # Which are open, in which order and how many read each, without reading a proposal.
        Index("ix_dossier_of_panel", "panel_id", "code", "withdrawn_at", "cleared_at", "readers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JsonType)
    content_sha256: Mapped[str] = mapped_column(String(64))
    keywords: Mapped[list[str]] = mapped_column(JsonType)
    axis: Mapped[str | None] = mapped_column(String(40))
    region: Mapped[str | None] = mapped_column(String(60))
    requested_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    entitlements: Mapped[list[str]] = mapped_column(JsonType)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    readers: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    panel: Mapped[Panel] = relationship()
    files: Mapped[list["DossierFile"]] = relationship(back_populates="dossier", order_by="DossierFile.position")

    @property
    def requested(self) -> Money:
        """The money asked for."""
        return Money(self.requested_cents, self.currency)

    @property
    def is_open(self) -> bool:
        """True when reviewers may read it: cleared and not withdrawn."""
        return self.cleared_at is not None and self.withdrawn_at is None


class DossierFile(Base):
    """A re-generated attachment. It is shown under its neutral `label`, never under the name it came with."""

    __tablename__ = "dossier_file"
    __table_args__ = (UniqueConstraint("dossier_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    position: Mapped[int]
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))

    dossier: Mapped[Dossier] = relationship(back_populates="files")
    stored: Mapped[StoredFile] = relationship()
