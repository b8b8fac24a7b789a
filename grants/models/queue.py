"""The officers' queue: filters they keep, who attends to what, and what was done to many applications at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, enum_column
from grants.models.application import Application
from grants.models.call import Call
from grants.states.bulk import BulkKind, BulkRowState, BulkState


class SavedFilter(Base):
    """A filter of the queue that an officer keeps by name. It serves every call; `query` is what the address says."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("user_id", "name_key"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name_present"),
        Index(
            "uq_saved_filter_one_default",
            "user_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120))  # without accents and case: two such names are one to a reader
    query: Mapped[dict[str, Any]] = mapped_column(JsonType)
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationOfficer(Base):
    """Who attends to an application while it is screened. Nobody, when there is no row."""

    __tablename__ = "application_officer"
    __table_args__ = (Index("ix_application_officer_officer_id", "officer_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)

    officer: Mapped[User] = relationship()


class BulkAction(Base):
    """One act on many applications of a call: prepared and read first, then done, and undone while its window lasts."""

    __tablename__ = "bulk_action"
    __table_args__ = (
        CheckConstraint("(state = 'prepared') = (started_at IS NULL)", name="started_iff_beyond_prepared"),
        CheckConstraint(
            "state NOT IN ('done', 'undoing', 'undone') OR undo_until IS NOT NULL", name="window_when_done"
        ),
        Index("ix_bulk_action_call_id", "call_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    kind: Mapped[BulkKind] = mapped_column(enum_column(BulkKind))
    state: Mapped[BulkState] = mapped_column(enum_column(BulkState), default=BulkState.PREPARED)
    terms: Mapped[dict[str, Any]] = mapped_column(JsonType)  # officer_id, or what is asked for and for how many days
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # letters are held until then
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    call: Mapped[Call] = relationship()


class BulkRow(Base):
    """One application in it: how it looked in the preview, what became of it, and what undoing needs to know."""

    __tablename__ = "bulk_row"
    __table_args__ = (
        UniqueConstraint("bulk_action_id", "application_id"),
        CheckConstraint("state NOT IN ('refused', 'kept') OR refusal IS NOT NULL", name="refused_has_reason"),
        Index("ix_bulk_row_bulk_action_id_state", "bulk_action_id", "state", "application_id"),
        Index("ix_bulk_row_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bulk_action_id: Mapped[int] = mapped_column(ForeignKey(BulkAction.id))
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    state: Mapped[BulkRowState] = mapped_column(enum_column(BulkRowState), default=BulkRowState.PLANNED)
    seen: Mapped[str] = mapped_column(String(200))  # how the application stood when the preview was made
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonType(none_as_null=True))
    screening_id: Mapped[int | None]  # the verdict given here
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JsonType(none_as_null=True))  # a sentence, its values

    action: Mapped[BulkAction] = relationship()
    application: Mapped[Application] = relationship()
