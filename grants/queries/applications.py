"""Applications, whose they are and what was sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import MemberRole, Membership
from core.clock import now
from core.database import session
from grants.models import Application, ApplicationVersion, Attachment, Call, CoApplicant
from grants.queries.likeness import calls_beside
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.companion import CompanionState

EDITORS = (MemberRole.OWNER, MemberRole.EDITOR)


def _organisations(user_id: int, roles: Sequence[MemberRole]) -> Select[int]:
    return select(Membership.organisation_id).where(
        Membership.user_id == user_id, Membership.member_role.in_(list(roles))
    )


def application_of(
    user_id: int, application_id: int, *, editing: bool = False, lock: bool = False
) -> Application | None:
    """Return an application that is this person's, their organisation's or their group's, with its call; else None.

    `editing` asks for the right to change it. `lock` keeps others from changing it until the transaction ends.
    """
    query = (
        select(Application)
        .where(
            Application.id == application_id,
            _editable_by(user_id) if editing else _readable_by(user_id),
        )
        .options(joinedload(Application.call))
    )
    if lock:
        query = query.with_for_update(of=Application, key_share=True).execution_options(populate_existing=True)
    return session().scalar(query)


def hold(application: Application) -> None:
    """Read an application again and keep others from changing it until the transaction ends.

    Its number is not held: another one that is sent meanwhile may write down that the two share something.
    """
    session().execute(
        select(Application)
        .where(Application.id == application.id)
        .with_for_update(of=Application, key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def application_by_id(application_id: int) -> Application | None:
    """Return any application by number: for staff."""
    return session().get(Application, application_id, options=[joinedload(Application.call)])


def applications_of(user_id: int) -> Select[Application]:
    """Return the SELECT of a person's own and their organisations' applications, newest first, calls loaded."""
    return (
        select(Application)
        .where(_readable_by(user_id))
        .options(joinedload(Application.call), joinedload(Application.organisation))
        .order_by(Application.id.desc())
    )


def editable_applications(user_id: int) -> Select[Application]:
    """Return the SELECT of the applications that a person may change or speak for, newest first, calls loaded."""
    query = select(Application).where(_editable_by(user_id)).options(joinedload(Application.call))
    return query.order_by(Application.id.desc())


def drafts_open(user_id: int, moment: datetime) -> int:
    """Count the drafts a person may edit in calls that still take applications at this moment."""
    query = (
        select(func.count(Application.id))
        .join(Application.call)
        .where(
            _editable_by(user_id),
            Application.state == ApplicationState.DRAFT,
            Call.state.in_([CallState.PUBLISHED, CallState.OPEN]),  # the clock opens a published call
            Call.closes_at >= moment.replace(microsecond=0),  # the last second counts whole
        )
    )
    return session().scalar(query) or 0


def cures_open(user_id: int) -> int:
    """Count the applications of a person that wait for something missing."""
    query = select(func.count(Application.id)).where(
        _editable_by(user_id), Application.state == ApplicationState.IN_CURE
    )
    return session().scalar(query) or 0


def _readable_by(user_id: int) -> ColumnElement[bool]:
    return or_(
        Application.applicant_user_id == user_id,
        Application.organisation_id.in_(_organisations(user_id, tuple(MemberRole))),
        Application.id.in_(_travels_along(user_id)),
    )


def _travels_along(user_id: int) -> Select[int]:
    return select(CoApplicant.application_id).where(
        CoApplicant.user_id == user_id, CoApplicant.state == CompanionState.ACCEPTED
    )


def _editable_by(user_id: int) -> ColumnElement[bool]:
    return or_(
        Application.applicant_user_id == user_id, Application.organisation_id.in_(_organisations(user_id, EDITORS))
    )


def standing_application(call: Call, user_id: int, organisation_id: int | None = None) -> Application | None:
    """Return the application that already uses this person's (or organisation's) one place in a call, or None."""
    mine = Application.applicant_user_id == user_id
    whose = mine if organisation_id is None else or_(mine, Application.organisation_id == organisation_id)
    return session().scalar(
        select(Application)
        .where(Application.call_id == call.id, whose, Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.id)
        .limit(1)
    )


def mine_of_the_year(call: Call, user_id: int) -> list[Application]:
    """Return a person's other applications to calls of the same year, by call: what whoever screens may compare.

    Only what they may read anyway: their own, their organisations' and those they travel in. Neither withdrawn ones nor
    drafts that can no longer be sent.
    """
    query = (
        select(Application)
        .join(Application.call)
        .options(contains_eager(Application.call))
        .where(
            _readable_by(user_id),
            Application.call_id.in_(calls_beside(call)),
            Application.state != ApplicationState.WITHDRAWN,
            or_(Application.submitted_at.is_not(None), Call.closes_at >= now()),
        )
    )
    return list(session().scalars(query.order_by(Application.call_id, Application.id)))


def versions_of(application: Application) -> list[ApplicationVersion]:
    """Return every content an application was submitted with, oldest first."""
    return list(
        session().scalars(
            select(ApplicationVersion)
            .where(ApplicationVersion.application_id == application.id)
            .order_by(ApplicationVersion.number)
        )
    )


def attachment_of(application: Application, attachment_id: int) -> Attachment | None:
    """Return one file of one application."""
    attachment = session().get(Attachment, attachment_id)
    return attachment if attachment is not None and attachment.application_id == application.id else None
