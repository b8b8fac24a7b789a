"""Letters in bulk, in the background."""

from accounts import queries as people
from core.database import session
from core.jobs import JobContext, handler
from core.language import N_
from grants.models.call import Call
from grants.services.determinations import send_letters
from grants.services.letters import TELL, tell_officer


@handler("grants.send_letters", N_("Enviar cartas de resultados"))
def send_determination_letters(job: JobContext) -> None:
    """Send the letters of a call's released determinations; those already sent are left out."""
    call = session().get(Call, job.payload["call_id"])
    if call is not None:
        send_letters(call, progress=job.progress)


@handler(TELL, N_("Avisar de cartas que no llegaron"))
def tell_of_lost_letters(job: JobContext) -> None:
    """Write to an officer about the letters that did not arrive. Each is told once."""
    officer = people.user(job.payload["officer"])
    if officer is not None:
        tell_officer(officer)
