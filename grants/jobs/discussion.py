"""Letters about a discussion, some minutes after it was written."""

from datetime import datetime

from core.jobs import JobContext, handler
from core.language import N_
from grants.services.discussion import TELL, tell_readers
from scoring.queries import dossier_by_code


@handler(TELL, N_("Avisar de comentarios a quienes evalúan"))
def tell(job: JobContext) -> None:
    """Write to the other reviewers of a dossier. The job is done once, and so are its letters."""
    dossier = dossier_by_code(job.payload["dossier"])
    if dossier is not None:
        since, until = (datetime.fromisoformat(job.payload[name]) for name in ("since", "until"))
        tell_readers(dossier, since, until)
