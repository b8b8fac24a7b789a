"""What a call already has from paper."""

from sqlalchemy import select

from accounts.models import User
from core.database import session
from grants.models import Application, Call, PaperApplication, PaperImport
from grants.rules.places import fold_place
from grants.states.application import ApplicationState


def folios_by_name(call: Call) -> dict[str, str]:
    """Return the folio of each submission by its person's address, and of those on paper by the folded name too."""
    query = (
        select(Application.folio, User.name, User.email, PaperApplication.application_id)
        .join(User, User.id == Application.applicant_user_id)
        .outerjoin(PaperApplication, PaperApplication.application_id == Application.id)
        .where(
            Application.call_id == call.id,
            Application.folio.is_not(None),
            Application.state != ApplicationState.WITHDRAWN,
        )
        .order_by(Application.id)
    )
    found: dict[str, str] = {}
    for folio, name, email, from_paper in session().execute(query):
        found.setdefault(email, str(folio))
        if from_paper is not None:
            found.setdefault(fold_place(name), str(folio))
    return found


def application_of(call: Call, person: User) -> Application | None:
    """Return a person's standing application, sent before drafts; None without any."""
    query = (
        select(Application)
        .where(
            Application.call_id == call.id,
            Application.applicant_user_id == person.id,
            Application.state != ApplicationState.WITHDRAWN,
        )
        .order_by(Application.folio.is_(None), Application.id)
        .limit(1)
    )
    return session().scalar(query)


def is_known(call: Call, fingerprint: str) -> bool:
    """Return whether a row with this content was taken before."""
    query = select(PaperApplication.application_id).where(
        PaperApplication.call_id == call.id, PaperApplication.fingerprint == fingerprint
    )
    return session().scalar(query) is not None


def last_columns(call: Call) -> dict[str, str]:
    """Return the columns of the call's last import, or of the last import of any call; empty before the first."""
    query = select(PaperImport.columns).order_by((PaperImport.call_id == call.id).desc(), PaperImport.id.desc())
    return dict(session().scalar(query.limit(1)) or {})


def source_of(application: Application) -> PaperApplication | None:
    """Return the row of the register an application was read from; None for one that was sent on line."""
    return session().get(PaperApplication, application.id)
