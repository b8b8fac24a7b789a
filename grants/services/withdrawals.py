"""Take an application out at the wish of whoever sent it."""

from core.audit import record
from core.clock import now
from core.database import session
from grants.emails.applications import write_withdrawal_letter
from grants.errors.calls import TextOutOfBounds
from grants.models import Application
from grants.services.dossiers import withdraw_dossier_of
from grants.services.letters import keep_mail
from grants.services.marks import forget_marks
from grants.states.application import APPLICATION_STATES, ApplicationState

LONGEST_REASON = 2_000


def withdraw_application(application: Application, reason: str = "") -> Application:
    """Take an application out at the applicant's wish. Its submissions stay on record; the place is free again.

    Raises:
        IllegalTransition: it is over already. TextOutOfBounds: the reason is too long.
    """
    APPLICATION_STATES.check(application.state, ApplicationState.WITHDRAWN)
    if len(reason) > LONGEST_REASON:
        raise TextOutOfBounds(most=LONGEST_REASON)
    before = application.state
    application.state = ApplicationState.WITHDRAWN
    application.withdrawn_at = now()
    application.withdrawal_reason = reason.strip() or None
    session().flush()
    if application.folio is not None:
        keep_mail(application, write_withdrawal_letter(application))
    record("application.withdrawn", "application", application.id, {"state": before.value}, {"state": "withdrawn"})
    forget_marks(application)
    withdraw_dossier_of(application)
    return application
