"""The dossier without a name while it is still here, with what was found in it and who cleared it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, enum_column
from grants.models.application import Application
from grants.models.call import Call
from grants.states.screening import ClearingState


class BlindClearing(Base):
    """A blinded dossier on its way to the committee, and the only link between its code and the application.

    `content` is what reviewers will read; `files` the regenerated files with their label, visible text and whether one
    stays out; `findings` the traces found, each open until redacted away or dismissed with a reason.
    """

    __tablename__ = "blind_clearing"
    __table_args__ = (
        UniqueConstraint("application_id"),
        UniqueConstraint("dossier_code"),
        CheckConstraint("state <> 'awaiting' OR cleared_at IS NULL", name="awaiting_is_not_cleared"),
        CheckConstraint("state NOT IN ('cleared', 'handed_over') OR cleared_at IS NOT NULL", name="cleared_has_moment"),
        CheckConstraint("(cleared_at IS NULL) = (cleared_by_id IS NULL)", name="cleared_by_a_person"),
        CheckConstraint("state NOT IN ('cleared', 'handed_over') OR open_findings = 0", name="cleared_has_no_findings"),
        CheckConstraint("state <> 'handed_over' OR dossier_code IS NOT NULL", name="handed_over_has_code"),
        CheckConstraint("open_findings >= 0", name="open_findings_not_negative"),
        Index("ix_blind_clearing_call_id_state", "call_id", "state", "open_findings", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    state: Mapped[ClearingState] = mapped_column(enum_column(ClearingState), default=ClearingState.AWAITING)
    content: Mapped[dict[str, Any]] = mapped_column(JsonType)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    open_findings: Mapped[int]
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dossier_code: Mapped[str | None] = mapped_column(String(20))

    application: Mapped[Application] = relationship()
    call: Mapped[Call] = relationship()
