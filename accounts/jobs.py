"""Work of accounts that must take as long for a stranger as for a member."""

from accounts.services import request_password_reset
from core.jobs import JobContext, handler
from core.language import N_


@handler("accounts.password_reset", N_("Atender una contraseña olvidada"))
def password_reset(job: JobContext) -> None:
    """Send the link to the owner of the address, if it has one. A repeat sends at most another link."""
    request_password_reset(job.payload["email"])
