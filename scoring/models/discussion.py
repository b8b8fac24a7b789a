"""What a dossier's reviewers say to each other in the deliberation, by letter."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, enum_column
from scoring.models.dossiers import Dossier
from scoring.models.guards import refuse_when
from scoring.models.panels import PanelSeat
from scoring.states import PanelState


class DiscussionNote(Base):
    """One contribution. Its text never changes: who wrote it may strike it out, and the programme may cover a name.

    What tells whose dossier it is waits, withheld, until the programme lets it through or covers it. Whoever wrote it
    is not told: the answer would confirm a guess.
    """

    __tablename__ = "discussion_note"
    __table_args__ = (
        CheckConstraint("(covered_at IS NULL) = (covered_reason IS NULL)", name="covered_has_reason"),
        CheckConstraint("phase = 'discussion'", name="in_deliberation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    phase: Mapped[PanelState] = mapped_column(enum_column(PanelState))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    covered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    covered_reason: Mapped[str | None] = mapped_column(Text)
    withheld_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    dossier: Mapped[Dossier] = relationship()
    seat: Mapped[PanelSeat] = relationship()

    @property
    def waits(self) -> bool:
        """Whether the programme has still to look at it before anybody else in the committee does."""
        return self.withheld_at is not None and self.cleared_at is None and self.covered_at is None


# Who may speak, as the database sees it: their review of this dossier is in and no conflict with it is on record.
MAY_SPEAK = """EXISTS (SELECT 1 FROM assignment a WHERE a.dossier_id = NEW.dossier_id AND a.seat_id = NEW.seat_id
 AND a.state = 'submitted') AND NOT EXISTS (SELECT 1 FROM conflict_declaration c
 WHERE c.dossier_id = NEW.dossier_id AND c.seat_id = NEW.seat_id AND c.conflicted)"""
refuse_when(
    "discussion_note",
    "discussion_note_by_who_may",
    verb="INSERT",
    condition=f"NOT ({MAY_SPEAK}) OR NEW.struck_at IS NOT NULL OR NEW.covered_at IS NOT NULL",
    message="discussion_note: not theirs to write",
)
refuse_when(
    "discussion_note",
    "discussion_note_stays",
    verb="UPDATE",
    condition="NEW.id <> OLD.id OR NEW.dossier_id <> OLD.dossier_id OR NEW.seat_id <> OLD.seat_id "
    "OR NEW.text <> OLD.text OR NEW.written_at <> OLD.written_at OR NEW.phase <> OLD.phase "
    "OR (OLD.struck_at IS NOT NULL AND (NEW.struck_at IS NULL OR NEW.struck_at <> OLD.struck_at)) "
    "OR (OLD.covered_at IS NOT NULL AND (NEW.covered_at IS NULL OR NEW.covered_at <> OLD.covered_at "
    "OR NEW.covered_reason <> OLD.covered_reason))",
    message="discussion_note: it stays as it was written",
)
refuse_when(
    "discussion_note",
    "discussion_note_withheld",
    verb="UPDATE",
    condition="(NEW.withheld_at IS NULL) <> (OLD.withheld_at IS NULL) OR NEW.withheld_at <> OLD.withheld_at "
    "OR (NEW.cleared_at IS NOT NULL AND NEW.withheld_at IS NULL) "
    "OR (OLD.cleared_at IS NOT NULL AND (NEW.cleared_at IS NULL OR NEW.cleared_at <> OLD.cleared_at))",
    message="discussion_note: what was withheld stays on record",
)
refuse_when(
    "discussion_note",
    "discussion_note_kept",
    verb="DELETE",
    condition="OLD.id IS NOT NULL",
    message="discussion_note: kept",
)
