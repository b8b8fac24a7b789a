"""What reviewers wrote, searched in the background before a person looks at it."""

from core.database import session
from core.jobs import JobContext, handler
from core.language import N_
from grants.models.call import Call
from grants.services.feedback import PREPARE, prepare_feedback


@handler(PREPARE, N_("Preparar los comentarios del comité"))
def prepare(job: JobContext) -> None:
    """Prepare what a call's reviewers wrote; what is prepared already is left out."""
    call = session().get(Call, job.payload["call_id"])
    if call is not None:
        prepare_feedback(call, progress=job.progress)
