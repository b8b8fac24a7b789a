"""Background work of the committees."""

from core.jobs import JobContext, handler
from core.language import N_
from scoring import queries, services


@handler(queries.WORK_OUT, N_("Calcular cómo van las evaluaciones"))
def work_course_out(job: JobContext) -> None:
    """Work out how a committee's reviews are going."""
    panel = queries.panel_by_id(job.payload["panel_id"])
    if panel is not None:
        services.work_course_out(panel, job.progress)
