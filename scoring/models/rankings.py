"""Orders of merit and lots. Once released, the database keeps them as they are."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, enum_column
from scoring.models.dossiers import Dossier
from scoring.models.guards import refuse_when
from scoring.models.panels import Panel
from scoring.states import Determination, RankingState


class Ranking(Base):
    """A computed order of merit. A new computation is a new version; only one version is ever released."""

    __tablename__ = "ranking"
    __table_args__ = (
        UniqueConstraint("panel_id", "version"),
        CheckConstraint("(state = 'draft') = (selected_at IS NULL)", name="selected_has_moment"),
        CheckConstraint("(selected_at IS NULL) = (budget_cents IS NULL)", name="selected_has_budget"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_has_moment"),
        CheckConstraint("budget_cents >= 0", name="budget_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    version: Mapped[int]
    state: Mapped[RankingState] = mapped_column(enum_column(RankingState), default=RankingState.DRAFT)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    budget_cents: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    selected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    panel: Mapped[Panel] = relationship()
    lines: Mapped[list["RankingLine"]] = relationship(back_populates="ranking", order_by="RankingLine.place")


class RankingLine(Base):
    """A dossier's place, the exact score and its terms, the trace of ties, and what was decided for which reason.

    `place` orders the page; `position` is the rank, None below a threshold, shared while the lot is awaited.
    """

    __tablename__ = "ranking_line"
    __table_args__ = (
        UniqueConstraint("ranking_id", "place"),
        UniqueConstraint("ranking_id", "dossier_id"),
        CheckConstraint("granted_cents >= 0", name="granted_not_negative"),
        CheckConstraint("granted_cents = 0 OR determination = 'awarded'", name="granted_is_awarded"),
        CheckConstraint("(determination IS NULL) = (reason IS NULL)", name="decided_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    place: Mapped[int]
    position: Mapped[int | None]
    awaits_lot: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="awaits_lot_known"))
    exact: Mapped[str] = mapped_column(String(120))
    score_text: Mapped[str] = mapped_column(String(30))
    terms: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    bonus: Mapped[list[dict[str, str]]] = mapped_column(JsonType)
    failed: Mapped[list[str]] = mapped_column(JsonType)
    trace: Mapped[list[dict[str, str]]] = mapped_column(JsonType)
    determination: Mapped[Determination | None] = mapped_column(enum_column(Determination))
    granted_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    waiting_position: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    reason_params: Mapped[dict[str, Any]] = mapped_column(JsonType, default=dict)

    ranking: Mapped[Ranking] = relationship(back_populates="lines")
    dossier: Mapped[Dossier] = relationship()


class Draw(Base):
    """The lot of a panel: committed to before the randomness exists, drawn after. `secret_hex` is public only then.

    The secret is the text itself, so that `puente scoring draw` repeats the lot from what is shown.
    """

    __tablename__ = "draw"
    __table_args__ = (
        CheckConstraint("(drawn_at IS NULL) = (randomness IS NULL)", name="drawn_has_randomness"),
        CheckConstraint("iterations >= 2", name="iterations_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), unique=True)
    labels: Mapped[list[str]] = mapped_column(JsonType)
    randomness_source: Mapped[dict[str, str]] = mapped_column(JsonType)
    iterations: Mapped[int]
    commitment: Mapped[str] = mapped_column(String(64))
    secret_hex: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    randomness: Mapped[str | None] = mapped_column(String(400))
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    places: Mapped[dict[str, int]] = mapped_column(JsonType, default=dict)

    panel: Mapped[Panel] = relationship()

    @property
    def revealed_secret(self) -> str | None:
        """The secret, once the lot is drawn; None before."""
        return self.secret_hex if self.drawn_at is not None else None


RELEASED = "(SELECT state FROM ranking WHERE id = {row}.ranking_id) = 'released'"

for verb in ("UPDATE", "DELETE"):
    refuse_when(
        "ranking",
        f"ranking_fixed_once_released_{verb.lower()}",
        verb=verb,
        condition="OLD.state = 'released'",
        message="ranking: fixed once released",
    )
    moved = " OR NEW.ranking_id <> OLD.ranking_id" if verb == "UPDATE" else ""
    refuse_when(
        "ranking_line",
        f"ranking_line_fixed_once_released_{verb.lower()}",
        verb=verb,
        condition=RELEASED.format(row="OLD") + moved,
        message="ranking_line: fixed once released",
    )
refuse_when(
    "ranking_line",
    "ranking_line_fixed_once_released_insert",
    verb="INSERT",
    condition=RELEASED.format(row="NEW"),
    message="ranking_line: fixed once released",
)
refuse_when(
    "draw",
    "draw_commitment_fixed",
    verb="UPDATE",
    condition="OLD.drawn_at IS NOT NULL OR NEW.commitment <> OLD.commitment OR NEW.iterations <> OLD.iterations "
    "OR NEW.secret_hex <> OLD.secret_hex OR NEW.panel_id <> OLD.panel_id "
    "OR CAST(NEW.labels AS TEXT) <> CAST(OLD.labels AS TEXT) "
    "OR CAST(NEW.randomness_source AS TEXT) <> CAST(OLD.randomness_source AS TEXT) "
    "OR NEW.committed_at <> OLD.committed_at",
    message="draw: fixed once committed",
)
# The lot's order is public once it is drawn: from then on whoever touched a score would know what that does to a tie.
refuse_when(
    "draw",
    "draw_after_the_order",
    verb="UPDATE",
    condition="NEW.drawn_at IS NOT NULL AND (SELECT state FROM panel WHERE id = NEW.panel_id) <> 'ranked'",
    message="draw: the order comes first",
)
refuse_when(
    "draw",
    "draw_promised_first",
    verb="INSERT",
    condition="NEW.drawn_at IS NOT NULL",
    message="draw: the promise comes first",
)
refuse_when(
    "panel",
    "panel_closed_by_its_lot",
    verb="UPDATE",
    condition="OLD.state = 'ranked' AND NEW.state NOT IN ('ranked', 'released', 'cancelled') "
    "AND EXISTS (SELECT 1 FROM draw WHERE draw.panel_id = OLD.id AND draw.drawn_at IS NOT NULL)",
    message="panel: its lot is drawn",
)
refuse_when("draw", "draw_kept", verb="DELETE", condition="OLD.id = OLD.id", message="draw: fixed once committed")
