"""What staff decided about eligibility, what was asked to be cured, and who keeps the organisations that pay."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation, User
from core.database import Base, JsonType, UtcDateTime, append_only, enum_column
from grants.models.application import Application
from grants.models.call import Call
from grants.states.screening import CureState, ScreeningVerdict


class Screening(Base):
    """One verdict on one application, with the reasons of each rule. A later verdict is a later row."""

    __tablename__ = "screening"
    __table_args__ = (
        CheckConstraint("verdict <> 'ineligible' OR length(note) > 0", name="refusal_has_reason"),
        Index("ix_screening_application_id", "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    verdict: Mapped[ScreeningVerdict] = mapped_column(enum_column(ScreeningVerdict))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)  # rule, passed, sentence and its parameters
    note: Mapped[str] = mapped_column(Text, default="")  # goes into the letter
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()


class CureRequest(Base):
    """The one chance to mend an application after the deadline."""

    __tablename__ = "cure_request"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint("length(what) > 0", name="what_present"),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered_iff_state"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answer_iff_answered"),
        CheckConstraint("due_at > requested_at", name="period_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    state: Mapped[CureState] = mapped_column(enum_column(CureState), default=CureState.OPEN)
    what: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the last second that counts
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answer_files: Mapped[list[int]] = mapped_column(JsonType)  # stored files sent with the answer
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()


class PayingOrganisation(Base):
    """An organisation that gives to a fund which pays a call: its members do not judge that call."""

    __tablename__ = "paying_organisation"

    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), primary_key=True)


append_only("screening")
