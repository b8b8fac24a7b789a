"""How a committee's reviews are going: at once where they are few, else by a job, and kept until a score changes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.clock import now
from core.database import session
from core.jobs import Job, JobState, enqueue
from scoring import queries
from scoring.models import CourseSummary, Panel
from scoring.queries.courses import AT_ONCE
from scoring.rules.course import FORMAT, STEPS, Summary, Told, course, kept, summary
from scoring.states import PanelState

MOST = 25  # dossiers of each list that are kept
PAUSE = timedelta(minutes=5)  # while reviews keep coming in, thousands are not worked out for each of them


@dataclass(frozen=True, slots=True)
class CourseNow:
    """What may be shown: the diagnosis with its time and how many reviews it counts; None until there is one.

    `missing` reviews came in or went since. `is_wanted` says that a job should be asked for, `job` that one is working
    it out again, `due_at` from when on one will be. `failed` where the job gave up on these very scores.
    """

    found: Summary | None
    computed_at: datetime | None = None
    reviews: int = 0
    missing: int = 0
    is_current: bool = True
    is_wanted: bool = False
    job: Job | None = None
    due_at: datetime | None = None
    failed: bool = False


def course_of(panel: Panel) -> CourseNow:
    """Return how the reviews are going. Where they are many this reads what a job worked out, and reckons nothing."""
    stamp = queries.reviews_stamp(panel)
    if stamp.reviews <= AT_ONCE:
        found = kept(course(panel.rulebook.rules, queries.submitted_sheets(panel)), MOST)
        return CourseNow(summary(found), now(), stamp.reviews)
    row = queries.course_kept(panel)
    if row is None or row.found.get("format") != FORMAT:
        standing = CourseNow(None, missing=stamp.reviews, is_current=False)
    else:
        standing = CourseNow(summary(row.found), row.computed_at, row.reviews, stamp.reviews - row.reviews)
        if row.stamp == stamp.digest:
            return standing
        standing = replace(standing, is_current=False)
        if row.computed_at + PAUSE > now():
            return replace(standing, due_at=row.computed_at + PAUSE)
    job = queries.course_job(panel)
    if job is None or job.state is JobState.DONE or _gave_up_on_others(job, stamp.digest):
        return replace(standing, is_wanted=True)
    return replace(standing, job=job, failed=job.state is JobState.DEAD)


def ask_for_course(panel: Panel) -> None:
    """Have a worker work out how the reviews are going, once, however many ask for it."""
    told = {"panel_id": panel.id, "stamp": queries.reviews_stamp(panel).digest}
    session().flush()  # what fails in here is the job's key alone
    try:
        with session().begin_nested():
            enqueue(queries.WORK_OUT, told, unique_key=queries.course_key(panel), max_attempts=3)
    except IntegrityError:
        return  # somebody else asked for it in this very moment


def keep_course(panel: Panel) -> None:
    """Keep how the reviews went, now that nothing changes any more: at once, or by a job where they are many."""
    if queries.reviews_stamp(panel).reviews <= AT_ONCE:
        work_course_out(panel)
    else:
        ask_for_course(panel)


def work_course_out(panel: Panel, told: Told = lambda _done, _all: None) -> CourseSummary:
    """Work out how a committee's reviews are going and keep it in place of what was kept before."""
    stamp = queries.reviews_stamp(panel)  # read first: a score that comes in meanwhile makes this one old, never unseen
    rules, sheets = panel.rulebook.rules, queries.submitted_sheets(panel)
    told(0, STEPS)
    found = {"format": FORMAT, **kept(course(rules, sheets, told), MOST)}
    row = queries.course_kept(panel)
    if row is None:
        row = CourseSummary(panel=panel)
        session().add(row)
    row.stamp, row.reviews, row.found, row.computed_at = stamp.digest, stamp.reviews, found, now()
    session().flush()
    if panel.state is PanelState.RELEASED:  # what everybody may read of it has changed
        record("panel.course_kept", "panel", panel.id, after={"reviews": stamp.reviews})
    return row


def _gave_up_on_others(job: Job, digest: str) -> bool:
    return job.state is JobState.DEAD and job.payload.get("stamp") != digest
