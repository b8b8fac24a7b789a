"""A job and the life it leads."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, JsonType, UtcDateTime, enum_column
from core.language import N_
from core.roles import Role
from core.states import State, StateTable, Transition


class JobState(StrEnum):
    """Where a piece of background work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


JOB_STATES = StateTable(
    "job",
    {
        JobState.QUEUED: State(N_("En espera"), N_("Se hará en cuanto haya turno."), "neutral"),
        JobState.RUNNING: State(N_("En curso"), N_("Se está haciendo ahora."), "progress"),
        JobState.DONE: State(N_("Hecha"), N_("Terminó sin errores."), "good"),
        JobState.DEAD: State(N_("Detenida"), N_("Falló varias veces; necesita que alguien la revise."), "bad"),
    },
    [
        Transition(JobState.QUEUED, JobState.RUNNING),
        Transition(JobState.RUNNING, JobState.DONE),
        Transition(JobState.RUNNING, JobState.QUEUED),
        Transition(JobState.RUNNING, JobState.DEAD),
        Transition(JobState.DEAD, JobState.QUEUED, frozenset({Role.ADMINISTRATOR})),
    ],
    JobState.QUEUED,
)


class Job(Base):
    """One piece of work. A running job is leased; when the lease runs out, another worker takes it up again."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="leased_iff_running"),
        CheckConstraint("(state IN ('done', 'dead')) = (finished_at IS NOT NULL)", name="finished_iff_over"),
        Index("ix_job_due", "state", "run_after", "id"),
        Index(
            "uq_job_unique_key_waiting",
            "unique_key",
            unique=True,
            sqlite_where=text("state IN ('queued', 'running') AND unique_key IS NOT NULL"),
            postgresql_where=text("state IN ('queued', 'running') AND unique_key IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonType)
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    unique_key: Mapped[str | None] = mapped_column(String(120))
    requested_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
