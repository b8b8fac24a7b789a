"""Conflicts of interest, worked out again when somebody joined or left an organisation."""

from core.database import session
from core.jobs import JobContext, handler
from core.language import N_
from grants.models.call import Call
from grants.services.conflicts import recheck_conflicts_of


@handler("grants.recheck_conflicts", N_("Revisar conflictos de interés"))
def recheck(job: JobContext) -> None:
    """Work the conflicts of a call out again. Doing it twice changes nothing."""
    call = session().get(Call, job.payload["call_id"])
    if call is not None:
        recheck_conflicts_of(call)
