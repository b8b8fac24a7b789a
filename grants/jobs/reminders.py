"""Letters to reviewers, at their time."""

from core.jobs import JobContext, handler
from core.language import N_
from grants.services.reminders import REMIND, remind_reviewers
from scoring.queries import panel_by_id


@handler(REMIND, N_("Recordar a quienes evalúan"))
def remind(job: JobContext) -> None:
    """Write to the reviewers of a committee who have something due. The job is done once, and so are its letters."""
    panel = panel_by_id(job.payload["panel"])
    if panel is not None:
        remind_reviewers(panel, job.payload["when"])
