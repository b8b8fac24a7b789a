"""Blinding in bulk, in the background."""

from core.database import session
from core.jobs import JobContext, handler
from core.language import N_
from grants.models.call import Call
from grants.services.dossiers import prepare_dossiers


@handler("grants.prepare_dossiers", N_("Preparar expedientes sin nombre"))
def prepare(job: JobContext) -> None:
    """Prepare a call's dossiers; those prepared already are left out."""
    call = session().get(Call, job.payload["call_id"])
    if call is not None:
        prepare_dossiers(call, progress=job.progress)
