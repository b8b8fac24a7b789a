"""Who travels along with whoever applies."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.database import session
from grants.models.application import Application, CoApplicant
from grants.states.companion import CompanionState


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


def my_place(application_id: int, user_id: int) -> CoApplicant | None:
    """Return a person's own place in somebody's application, with the application, its call and who applied."""
    query = (
        select(CoApplicant)
        .where(
            CoApplicant.application_id == application_id,
            CoApplicant.user_id == user_id,
            CoApplicant.state == CompanionState.ACCEPTED,
        )
        .options(
            joinedload(CoApplicant.application).options(joinedload(Application.call), joinedload(Application.applicant))
        )
        .order_by(CoApplicant.id)
        .limit(1)
    )
    return session().scalar(query)
