"""Sample dossiers: invented ones on which reviewers learn the scale. Nothing here enters a ranking."""

import json
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, append_only
from scoring.models.guards import refuse_when
from scoring.models.panels import Panel, PanelSeat


class Calibration(Base):
    """Whether a committee asks its members to read the samples before any real dossier."""

    __tablename__ = "calibration"

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), unique=True)
    is_required: Mapped[bool]


class SampleDossier(Base):
    """An invented dossier with the scores the committee agreed on, each with its reason. Retired, never rewritten.

    `agreed` is JSON: by criterion, the value as decimal text and the reason.
    """

    __tablename__ = "sample_dossier"
    __table_args__ = (UniqueConstraint("panel_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    number: Mapped[int]
    heading: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    agreed: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    panel: Mapped[Panel] = relationship()

    def agreement(self) -> dict[str, tuple[Fraction, str]]:
        """Return the agreed score and its reason, by criterion."""
        return {name: (Fraction(value), reason) for name, (value, reason) in json.loads(self.agreed).items()}


class SampleReading(Base):
    """How a member scored a sample, once: by criterion, the value as decimal text and the reason."""

    __tablename__ = "sample_reading"
    __table_args__ = (UniqueConstraint("sample_id", "seat_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample_dossier.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JsonType)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)

    sample: Mapped[SampleDossier] = relationship()
    seat: Mapped[PanelSeat] = relationship()

    def sheet(self) -> dict[str, Fraction]:
        """Return the scores, by criterion."""
        return {name: Fraction(value) for name, (value, _reason) in self.answers.items()}


append_only("sample_reading")
refuse_when(
    "sample_dossier",
    "sample_dossier_only_retires",
    verb="UPDATE",
    condition="OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL OR NEW.id <> OLD.id "
    "OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number OR NEW.heading <> OLD.heading "
    "OR NEW.summary <> OLD.summary OR NEW.body <> OLD.body OR NEW.agreed <> OLD.agreed "
    "OR NEW.written_at <> OLD.written_at",
    message="sample_dossier: it is retired, never rewritten",
)
refuse_when(
    "sample_dossier",
    "sample_dossier_kept",
    verb="DELETE",
    condition="OLD.id IS NOT NULL",
    message="sample_dossier: kept",
)
