"""The committee of a call and who sits in it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime, enum_column
from scoring.models.rulebooks import RulebookVersion
from scoring.states import PanelState


class Panel(Base):
    """The committee that scores a call's dossiers by one frozen rulebook. `call_key` means nothing in this room."""

    __tablename__ = "panel"
    __table_args__ = (
        CheckConstraint("review_closes_at > review_opens_at", name="window_in_order"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_has_moment"),
        Index(
            "uq_panel_live_call_key",
            "call_key",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_key: Mapped[str] = mapped_column(String(120))
    title: Mapped[dict[str, str]] = mapped_column(JsonType)
    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook_version.id"), index=True)
    state: Mapped[PanelState] = mapped_column(enum_column(PanelState), default=PanelState.SETUP)
    review_opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    review_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Reviews what came back after the order was out: few dossiers, no least load, no money of its own.
    is_supplementary: Mapped[bool] = mapped_column(default=False, server_default=text("FALSE"))

    rulebook: Mapped[RulebookVersion] = relationship(lazy="joined", innerjoin=True)


class PanelSeat(Base):
    """A reviewer's place. Colleagues and the public know the `letter`; `reviewer_id` is an account's opaque id."""

    __tablename__ = "panel_seat"
    __table_args__ = (
        UniqueConstraint("panel_id", "reviewer_id"),
        UniqueConstraint("panel_id", "letter"),
        CheckConstraint("(left_at IS NULL) = (left_reason IS NULL)", name="left_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    reviewer_id: Mapped[int] = mapped_column(index=True)
    letter: Mapped[str] = mapped_column(String(4))
    institution_key: Mapped[str | None] = mapped_column(String(120))
    keywords: Mapped[list[str]] = mapped_column(JsonType)
    seated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_reason: Mapped[str | None] = mapped_column(Text)

    panel: Mapped[Panel] = relationship()
