"""Who travels along with whoever applies."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.database import session
from grants.models.application import Application, CoApplicant


def companions_of(application: Application) -> list[CoApplicant]:
    """Return who is on the list of an application, in the order they were named."""
    query = select(CoApplicant).where(CoApplicant.application_id == application.id).order_by(CoApplicant.id)
    return list(session().scalars(query))


def companion_by_token(token_sha256: str) -> CoApplicant | None:
    """Return who a link was sent to, with the application and its call."""
    query = (
        select(CoApplicant)
        .where(CoApplicant.token_sha256 == token_sha256)
        .options(joinedload(CoApplicant.application).joinedload(Application.call))
    )
    return session().scalar(query)
