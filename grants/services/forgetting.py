"""Plan the night's clearing: whoever leaves something that may never be finished asks for it, once a day."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from core.clock import end_of_day, today
from core.database import session
from core.jobs import enqueue

FORGET = "grants.forget_leftovers"
NIGHTLY = "grants.destroy_expired"
AFTER_MIDNIGHT = timedelta(hours=3)


def plan_forgetting() -> None:
    """Have leftovers looked through in the coming small hours of the city."""
    plan_nightly(FORGET)


def plan_nightly(kind: str) -> None:
    """Have a job done in the coming small hours of the city, once, however many ask for it."""
    session().flush()  # what fails in here is the job's key alone
    try:
        with session().begin_nested():
            enqueue(kind, run_after=end_of_day(today()) + AFTER_MIDNIGHT, unique_key=f"{kind}:{today()}")
    except IntegrityError:
        return  # somebody else asked for it in this very moment
