"""What was worked out of how a committee's reviews are going, and the job that does it again."""

from sqlalchemy import select

from core.database import session
from core.jobs import Job
from scoring.models import CourseSummary, Panel

WORK_OUT = "scoring.work_course_out"
AT_ONCE = 300  # reviews that are worked out while a page is asked for


def course_key(panel: Panel) -> str:
    """Return the key under which one job at a time works out how a committee's reviews are going."""
    return f"{WORK_OUT}:{panel.id}"


def course_kept(panel: Panel) -> CourseSummary | None:
    """Return what was last worked out for a committee."""
    return session().scalar(select(CourseSummary).where(CourseSummary.panel_id == panel.id))


def course_job(panel: Panel) -> Job | None:
    """Return the latest job that works it out."""
    query = select(Job).where(Job.unique_key == course_key(panel)).order_by(Job.id.desc()).limit(1)
    return session().scalar(query)
