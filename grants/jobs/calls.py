"""Calls open and close by themselves."""

from core.database import session
from core.jobs import JobContext, handler
from core.language import N_
from grants.services.course import advance_calls as advance


@handler("grants.advance_calls", N_("Abrir y cerrar convocatorias"))
def advance_calls(_job: JobContext) -> None:
    """Open and close every call whose moment has come. Doing it twice changes nothing."""
    advance()
    session().commit()
