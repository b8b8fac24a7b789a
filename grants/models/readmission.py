"""What an upheld appeal leads to: the application's own further result, added to those that stand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, enum_column, register_trigger
from grants.models.application import Application
from grants.models.call import Call
from grants.models.determination import Appeal
from grants.states.determination import Outcome
from grants.states.readmission import ReadmissionState


class Readmission(Base):
    """An application admitted on appeal. Its result is an addendum: the determination it appealed against stands."""

    __tablename__ = "readmission"
    __table_args__ = (
        UniqueConstraint("appeal_id"),
        UniqueConstraint("application_id"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_iff_state"),
        CheckConstraint("(released_at IS NULL) = (outcome IS NULL)", name="released_has_outcome"),
        CheckConstraint("outcome IS NULL OR outcome IN ('waitlisted', 'not_selected')", name="takes_no_money"),
        CheckConstraint("by_merit = FALSE OR outcome = 'waitlisted'", name="merit_waits_for_money"),
        Index("ix_readmission_call_id", "call_id", "id"),
        Index("uq_readmission_turn", "call_id", "position", "score_text", "turn", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    appeal_id: Mapped[int] = mapped_column(ForeignKey(Appeal.id))
    state: Mapped[ReadmissionState] = mapped_column(enum_column(ReadmissionState), default=ReadmissionState.ADMITTED)
    admitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(enum_column(Outcome))
    by_merit: Mapped[bool] = mapped_column(default=False)  # ranked with the others it would have had support
    dossier_code: Mapped[str | None] = mapped_column(String(20))
    position: Mapped[int | None]  # among all; whoever had a place keeps it
    score_text: Mapped[str | None] = mapped_column(String(40))
    turn: Mapped[int | None]  # among those admitted on appeal with the same place and score, from 1
    turn_rule: Mapped[str | None] = mapped_column(String(80))  # the rule that gave it, where there was a tie

    application: Mapped[Application] = relationship()
    appeal: Mapped[Appeal] = relationship()
    call: Mapped[Call] = relationship()


for verb in ("UPDATE", "DELETE"):
    name, message = f"readmission_stands_{verb.lower()}", "readmission: what was released stands"
    register_trigger(
        "readmission",
        name,
        sqlite=f"CREATE TRIGGER {name} BEFORE {verb} ON readmission WHEN OLD.state = 'released' "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql=f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$\n--\n"
        f"CREATE TRIGGER {name} BEFORE {verb} ON readmission FOR EACH ROW "
        f"WHEN (OLD.state = 'released') EXECUTE FUNCTION {name}()",
    )
