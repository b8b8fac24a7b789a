"""What the schedule says is over."""

from core.jobs import JobContext, handler
from core.language import N_
from grants.services.forgetting import NIGHTLY
from grants.services.retention import destroy_due, plan_destruction


@handler(NIGHTLY, N_("Destruir lo que cumplió su plazo de conservación"))
def destroy(job: JobContext) -> None:
    """Destroy what is due, and look again tomorrow. Doing it twice destroys nothing twice."""
    destroy_due(progress=job.progress)
    plan_destruction()
