"""What was decided about each application, the letter that said so, and the appeal against it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, append_only, enum_column, register_trigger
from core.files import StoredFile
from core.money import Money
from grants.models.application import Application
from grants.models.call import Call
from grants.states.determination import AppealStanding, AppealState, DeterminationState, Outcome


class Determination(Base):
    """The decision on one application. Pending until released; what was released does not change."""

    __tablename__ = "determination"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_iff_state"),
        CheckConstraint("(outcome = 'awarded') = (granted_cents IS NOT NULL)", name="granted_iff_awarded"),
        CheckConstraint("granted_cents IS NULL OR granted_cents > 0", name="granted_positive"),
        CheckConstraint("(outcome = 'ineligible') = (dossier_code IS NULL)", name="reviewed_iff_eligible"),
        Index("ix_determination_call_id", "call_id", "outcome", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    state: Mapped[DeterminationState] = mapped_column(
        enum_column(DeterminationState), default=DeterminationState.PENDING
    )
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    dossier_code: Mapped[str | None] = mapped_column(String(20))
    position: Mapped[int | None]
    score_text: Mapped[str | None] = mapped_column(String(40))
    granted_cents: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text)  # a scoring reason's name, or the officer's own words if ineligible
    reason_params: Mapped[dict[str, Any]] = mapped_column(JsonType)
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appeal_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last second that counts

    application: Mapped[Application] = relationship()
    call: Mapped[Call] = relationship()

    @property
    def money(self) -> Money | None:
        """What was granted, or None."""
        return None if self.granted_cents is None else Money(self.granted_cents, self.currency)


class Letter(Base):
    """A letter to an applicant as it was sent: its words, its PDF. `kind` and `about` make it once."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("application_id", "kind", "about"),
        Index("ix_letter_application_id", "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    paragraphs: Mapped[list[str]] = mapped_column(JsonType)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()
    stored_file: Mapped[StoredFile | None] = relationship()


class Appeal(Base):
    """An applicant's written disagreement with a determination, and its reasoned outcome."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("determination_id"),
        CheckConstraint("length(text) > 0", name="text_present"),
        CheckConstraint("(state = 'filed') = (resolved_at IS NULL)", name="resolved_iff_state"),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by_a_person"),
        CheckConstraint("(resolved_at IS NULL) = (reason IS NULL)", name="resolved_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    determination_id: Mapped[int] = mapped_column(ForeignKey(Determination.id))
    state: Mapped[AppealState] = mapped_column(enum_column(AppealState), default=AppealState.FILED)
    text: Mapped[str] = mapped_column(Text)
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)  # to the applicant
    public_summary: Mapped[str | None] = mapped_column(Text)  # to everybody: names nobody

    determination: Mapped[Determination] = relationship()
    admission: Mapped["AppealAdmission | None"] = relationship(lazy="joined", back_populates="appeal")

    @property
    def stands(self) -> AppealStanding:
        """Where it stands: one decided before admission was asked for has none."""
        if self.state is AppealState.FILED:
            return AppealStanding.FILED if self.admission is None else AppealStanding.ADMITTED
        if self.admission is not None and not self.admission.admitted:
            return AppealStanding.INADMISSIBLE
        return AppealStanding(self.state.value)


class AppealAdmission(Base):
    """Whether an appeal is heard at all, decided once and never changed; its reasons are the appeal's own."""

    __tablename__ = "appeal_admission"

    appeal_id: Mapped[int] = mapped_column(ForeignKey(Appeal.id), primary_key=True)
    admitted: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))

    appeal: Mapped[Appeal] = relationship(back_populates="admission")


append_only("appeal_admission")

_SAID = (
    "outcome, dossier_code, position, score_text, granted_cents, currency, reason, reason_params, released_at, state"
)

register_trigger(
    "determination",
    "determination_stands",
    sqlite=f"CREATE TRIGGER determination_stands BEFORE UPDATE OF {_SAID} ON determination "
    "WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'determination: what was released stands'); END",
    postgresql="CREATE FUNCTION determination_stands() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'determination: what was released stands' USING ERRCODE = 'check_violation'; END $$\n--\n"
    f"CREATE TRIGGER determination_stands BEFORE UPDATE OF {_SAID} ON determination FOR EACH ROW "
    "WHEN (OLD.state = 'released') EXECUTE FUNCTION determination_stands()",
)
register_trigger(
    "determination",
    "determination_kept",
    sqlite="CREATE TRIGGER determination_kept BEFORE DELETE ON determination "
    "WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'determination: what was released stands'); END",
    postgresql="CREATE TRIGGER determination_kept BEFORE DELETE ON determination FOR EACH ROW "
    "WHEN (OLD.state = 'released') EXECUTE FUNCTION determination_stands()",
)
