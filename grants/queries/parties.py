"""Who has a stake of their own in an application: whoever applies, travels along, or belongs to the organisation."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select

from accounts.models import Membership, User
from core.database import session
from grants.models.application import Application, CoApplicant
from grants.models.call import Call


def _has_stake(user_id: int) -> ColumnElement[bool]:
    return or_(
        Application.applicant_user_id == user_id,
        Application.organisation_id.in_(_organisations(user_id)),
        Application.id.in_(_travels_along(user_id)),
    )


def _organisations(user_id: int) -> Select[int]:
    return select(Membership.organisation_id).where(Membership.user_id == user_id)


def _travels_along(user_id: int) -> Select[int]:
    same = or_(User.email == CoApplicant.email, User.id == CoApplicant.user_id)
    return select(CoApplicant.application_id).join(User, same).where(User.id == user_id)


def is_own_case(application: Application, user_id: int) -> bool:
    """Return whether a person has a stake in an application."""
    query = select(Application.id).where(Application.id == application.id, _has_stake(user_id))
    return session().scalar(query) is not None


def own_cases(call: Call, user_id: int) -> Sequence[int]:
    """Return the numbers of a call's submitted applications in which a person has a stake."""
    query = (
        select(Application.id)
        .where(Application.call_id == call.id, Application.submitted_at.is_not(None), _has_stake(user_id))
        .order_by(Application.id)
    )
    return list(session().scalars(query))
