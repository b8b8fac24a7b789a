"""Work that outlives a request, kept in the application's own database and enqueued in the caller's transaction."""

from core.jobs.models import JOB_STATES, Job, JobState
from core.jobs.queue import JobContext, enqueue, handler, jobs_in, label_of, of_key, requeue
from core.jobs.worker import run_due, work

__all__ = [
    "JOB_STATES",
    "Job",
    "JobContext",
    "JobState",
    "enqueue",
    "handler",
    "jobs_in",
    "label_of",
    "of_key",
    "requeue",
    "run_due",
    "work",
]
