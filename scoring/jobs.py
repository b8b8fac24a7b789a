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


@handler(queries.FILL_GAPS, N_("Dar a otra persona lo que dejó una excusa"))
def fill_gaps(job: JobContext) -> None:
    """Give away by the same rule what a recusal left. Doing it twice changes nothing."""
    panel = queries.panel_by_id(job.payload["panel_id"])
    if panel is not None:
        services.fill_gaps(panel)
