"""Put work in the queue, name who does it, and put dead work back."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.jobs.models import JOB_STATES, Job, JobState
from core.language import _
from core.settings import setting


def lease_time() -> timedelta:
    """Return how long a worker may be silent before its job goes to another."""
    return timedelta(seconds=setting("JOB_LEASE_SECONDS"))


class LeaseLost(Exception):  # noqa: N818 (named for what happened)
    """The worker was silent for too long and another one has the job now."""


class JobContext:
    """What a handler sees of its job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.id = job.id  # stable over retries: a good idempotency key
        self._lease = (job.leased_by, job.attempts)

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON given to `enqueue`."""
        return self._job.payload

    @property
    def attempt(self) -> int:
        """1 on the first try."""
        return self._job.attempts

    @property
    def is_last_attempt(self) -> bool:
        """True when a failure now ends in the dead letter."""
        return self._job.attempts >= self._job.max_attempts

    def progress(self, done: int, total: int) -> None:
        """Commit what was done so far, show it, and renew the lease. The handler must be able to start again here.

        Raises:
            LeaseLost: another worker has taken the job; nothing since the last call is kept.
        """
        self.hold()
        self._job.progress_done, self._job.progress_total = done, total
        self._job.lease_until = now() + lease_time()
        session().commit()

    def hold(self) -> Job:
        """Lock the job's row and make sure that the lease is still ours.

        Raises:
            LeaseLost: it is not.
        """
        session().flush()
        job = session().get_one(Job, self.id, populate_existing=True, with_for_update=True)
        if job.state is not JobState.RUNNING or (job.leased_by, job.attempts) != self._lease:
            raise LeaseLost(f"job {self.id}")
        return job


FOLLOWS = ":after:"
Handler = Callable[[JobContext], None]
HANDLERS: dict[str, Handler] = {}
LABELS: dict[str, str] = {}


def handler(kind: str, label: str = "") -> Callable[[Handler], Handler]:
    """Name the function that does jobs of `kind`. It must be idempotent: a worker may die midway.

    `label` is what people read on the page of jobs, a message to be translated.
    """

    def register(act: Handler) -> Handler:
        if kind in HANDLERS and HANDLERS[kind].__module__ != act.__module__:
            raise ValueError(f"two handlers for {kind}")
        HANDLERS[kind] = act
        LABELS[kind] = label or kind
        return act

    return register


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    run_after: datetime | None = None,
    unique_key: str | None = None,
    max_attempts: int = 8,
    even_while_running: bool = False,
) -> Job:
    """Add a job to the caller's transaction: it exists if and only if what caused it does.

    With `unique_key`, a job with the same key that still waits or runs is returned instead of a second one; with
    `even_while_running` only one that waits: one that runs may have read before there was this to be done, and is
    followed by another, under its own key and the number of the one before.
    """
    if kind not in HANDLERS:
        raise ValueError(f"nobody handles {kind}")
    if unique_key is not None:
        its_own = of_key(unique_key) if even_while_running else Job.unique_key == unique_key
        standing = session().scalar(
            select(Job)
            .where(its_own, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
            .order_by(Job.id.desc())
            .limit(1)
        )
        if standing is not None:
            if standing.state is JobState.QUEUED or not even_while_running:
                return standing
            unique_key = f"{unique_key}{FOLLOWS}{standing.id}"
    job = Job(
        kind=kind,
        payload=payload or {},
        state=JobState.QUEUED,
        run_after=run_after or now(),
        unique_key=unique_key,
        max_attempts=max_attempts,
        requested_by=actor().user_id,
        created_at=now(),
    )
    session().add(job)
    session().flush()
    return job


def of_key(unique_key: str) -> ColumnElement[bool]:
    """Return what tells the jobs enqueued under a key, those that follow one that ran included."""
    return or_(Job.unique_key == unique_key, Job.unique_key.startswith(f"{unique_key}{FOLLOWS}", autoescape=True))


def label_of(job: Job) -> str:
    """Return what a job does, in the reader's language; its kind when this version knows no such work any more."""
    return _(LABELS.get(job.kind, job.kind))


def requeue(job: Job) -> None:
    """Give a dead job a fresh set of attempts.

    Raises:
        IllegalTransition: the job is not dead.
    """
    JOB_STATES.check(job.state, JobState.QUEUED)
    before = {"state": job.state.value, "attempts": job.attempts}
    job.state, job.attempts, job.run_after, job.finished_at = JobState.QUEUED, 0, now(), None
    job.lease_until = job.leased_by = None
    session().flush()
    record("job.requeued", "job", job.id, before, {"state": job.state.value})


def jobs_in(states: Iterable[JobState], limit: int = 200) -> list[Job]:
    """Return jobs in any of `states`, newest first."""
    return list(session().scalars(select(Job).where(Job.state.in_(list(states))).order_by(Job.id.desc()).limit(limit)))
