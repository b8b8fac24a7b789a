"""Letters about calls, in the background."""

from core.database import session
from core.jobs import JobContext, handler
from core.language import N_
from grants.models.call import Call
from grants.services.subscriptions import tell_subscribers


@handler("grants.tell_subscribers", N_("Avisar de una convocatoria"))
def tell(job: JobContext) -> None:
    """Write to everybody a call concerns; whoever was told already is left out."""
    call = session().get(Call, job.payload["call_id"])
    if call is not None:
        tell_subscribers(call, job.payload["kind"], settle=lambda: job.progress(0, 0))
