"""Take a due job, do it, tick it off. Safe to kill at any moment, and to run many of at once."""

import logging
import threading
import traceback
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import InterfaceError, OperationalError

from core.clock import now
from core.context import SYSTEM, acting_as, set_request_id
from core.database import session
from core.jobs.models import Job, JobState
from core.jobs.queue import HANDLERS, JobContext, LeaseLost, lease_time

log = logging.getLogger("puente.jobs")
LONGEST_PAUSE = timedelta(hours=6)


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the given number of failures: 10 s, 20 s, 40 s … at most six hours."""
    return min(timedelta(seconds=10 * 2 ** min(attempts - 1, 20)), LONGEST_PAUSE)  # bounded: no timedelta holds 2 ** 60


def lease_next(worker: str) -> Job | None:
    """Lease the oldest due job, or one whose worker has gone silent. Commits, so that others see the lease."""
    moment = now()
    job = session().scalar(
        select(Job)
        .where(
            or_(
                (Job.state == JobState.QUEUED) & (Job.run_after <= moment),
                (Job.state == JobState.RUNNING) & (Job.lease_until < moment),
            )
        )
        .order_by(Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.state, job.leased_by, job.lease_until = JobState.RUNNING, worker, moment + lease_time()
        job.attempts += 1
        if job.attempts > job.max_attempts:
            _bury(job, "the worker died on every attempt")
            session().commit()
            return lease_next(worker)
    session().commit()
    return job


def _bury(job: Job, error: str) -> None:
    job.state, job.finished_at, job.last_error = JobState.DEAD, now(), error
    job.lease_until = job.leased_by = None


def perform(job: Job) -> None:
    """Run a leased job and commit its outcome. What the handler wrote and the tick are one transaction.

    A worker whose lease ran out meanwhile writes nothing at all: the job is somebody else's now.
    """
    work = JobContext(job)
    set_request_id(f"job-{work.id}")
    try:
        with acting_as(SYSTEM):
            HANDLERS[job.kind](work)
        work.hold()
        job.state, job.finished_at, job.last_error = JobState.DONE, now(), None
        job.lease_until = job.leased_by = None
        session().commit()
    except Exception as error:
        session().rollback()
        log.warning("job %s failed: %s", work.id, error)
        _put_back(work, "".join(traceback.format_exception_only(error))[:2000])


def _put_back(work: JobContext, message: str) -> None:
    try:
        failed = work.hold()
    except LeaseLost:
        session().rollback()
        return
    if work.is_last_attempt:
        _bury(failed, message)
    else:
        failed.state, failed.run_after = JobState.QUEUED, now() + backoff(failed.attempts)
        failed.lease_until, failed.leased_by, failed.last_error = None, None, message
    session().commit()


def run_due(worker: str = "inline", limit: int = 10_000) -> int:
    """Do every job that is due now and return how many; for tests, the demo year and `puente jobs run`."""
    done = 0
    while done < limit and (job := lease_next(worker)) is not None:
        perform(job)
        done += 1
    return done


def work(worker: str, stop: threading.Event, pause_seconds: float = 1.0) -> None:
    """Keep doing jobs until `stop` is set, also across a database that is away, locked or full for a while.

    What a lost connection left half done is somebody's again once its lease has run out.
    """
    while not stop.is_set():
        try:
            job = lease_next(worker)
            if job is not None:
                perform(job)
                continue
        except (OperationalError, InterfaceError) as error:
            log.warning("the database cannot be used: %s", error.orig)
            session().rollback()
        session().close()
        stop.wait(pause_seconds)
