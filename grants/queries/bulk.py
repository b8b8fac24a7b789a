"""What the officers' queue reads besides the list: how applications stand, acts on many of them, and kept filters."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from accounts.models import RoleGrant, User
from accounts.states import AccountState
from core.database import session
from core.roles import Role
from grants.models.application import Application
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.determination import Determination, Letter
from grants.models.queue import ApplicationOfficer, BulkAction, BulkRow, SavedFilter
from grants.models.screening import CureRequest, Screening
from grants.rules.bulk import Standing
from grants.states.bulk import BulkRowState
from grants.states.screening import CureState


def officers() -> list[User]:
    """Return the programme's staff, by name: who may attend to applications."""
    staff = select(RoleGrant.user_id).where(RoleGrant.role.in_([Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR]))
    # By the few who hold the role: asking everybody with an account took a third of the page.
    query = select(User).where(User.id.in_(staff), User.state == AccountState.ACTIVE)
    return list(session().scalars(query.order_by(User.name_folded, User.id)))


def standings(application_ids: Sequence[int]) -> dict[int, Standing]:
    """Return how applications stand, in one query."""
    last = (
        select(func.max(Screening.id)).where(Screening.application_id == Application.id).correlate(Application)
    ).scalar_subquery()
    lettered = exists().where(Letter.application_id == Application.id, Letter.kind == "cure")
    settled = or_(
        exists().where(BlindClearing.application_id == Application.id),
        exists().where(Determination.application_id == Application.id),
    )
    query = (
        select(
            Application.id,
            Application.folio,
            Application.state,
            Application.submissions,
            last,
            ApplicationOfficer.officer_id,
            CureRequest.state,
            lettered,
            settled,
        )
        .outerjoin(ApplicationOfficer, ApplicationOfficer.application_id == Application.id)
        .outerjoin(CureRequest, CureRequest.application_id == Application.id)
        .where(Application.id.in_(application_ids))
        .order_by(Application.id)
    )
    found = {}
    for number, folio, state, sent, verdict, officer, cure, written, stands in session().execute(query):
        held = cure is not None and not written
        found[number] = Standing(number, folio, state, sent, verdict, officer, cure, held, bool(stands))
    return found


def officer_of(application: Application) -> ApplicationOfficer | None:
    """Return who attends to an application."""
    return session().get(ApplicationOfficer, application.id, options=[joinedload(ApplicationOfficer.officer)])


def applications_in(call: Call, ids: Sequence[int]) -> list[int]:
    """Return which of `ids` are submitted applications of a call, in order."""
    query = (
        select(Application.id)
        .where(Application.call_id == call.id, Application.submitted_at.is_not(None), Application.id.in_(ids))
        .order_by(Application.id)
    )
    return list(session().scalars(query))


def with_calls(application_ids: Sequence[int]) -> list[Application]:
    """Return applications with their calls, by number."""
    query = (
        select(Application)
        .where(Application.id.in_(application_ids))
        .options(joinedload(Application.call, innerjoin=True))
        .order_by(Application.id)
    )
    return list(session().scalars(query))


def held(application_ids: Sequence[int]) -> dict[int, Application]:
    """Return applications by number, read again and held against everybody else until the transaction ends."""
    query = (
        select(Application)
        .where(Application.id.in_(application_ids))
        .order_by(Application.id)
        .with_for_update(of=Application, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {application.id: application for application in session().scalars(query)}


def bulk_action(number: int, *, lock: bool = False) -> BulkAction | None:
    """Return an act on many applications with its call; with `lock`, read again and held."""
    query = select(BulkAction).where(BulkAction.id == number)
    if lock:
        query = query.with_for_update(of=BulkAction).execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(BulkAction.call))
    return session().scalar(query)


def recent_actions(call: Call, limit: int = 5) -> list[BulkAction]:
    """Return the latest acts on many applications of a call, newest first."""
    query = select(BulkAction).where(BulkAction.call_id == call.id).order_by(BulkAction.id.desc()).limit(limit)
    return list(session().scalars(query))


def rows_of(action: BulkAction, state: BulkRowState | None = None) -> Select[BulkRow]:
    """Return the SELECT of an act's rows with application, applicant and organisation, by number."""
    query = (
        select(BulkRow)
        .options(
            joinedload(BulkRow.application, innerjoin=True).options(
                joinedload(Application.applicant, innerjoin=True), joinedload(Application.organisation)
            )
        )
        .where(BulkRow.bulk_action_id == action.id)
        .order_by(BulkRow.application_id)
    )
    return query if state is None else query.where(BulkRow.state == state)


def next_rows(action: BulkAction, state: BulkRowState, after: int, limit: int) -> list[BulkRow]:
    """Return the next rows in a state, by application, for work in batches."""
    query = (
        select(BulkRow)
        .where(BulkRow.bulk_action_id == action.id, BulkRow.state == state, BulkRow.application_id > after)
        .order_by(BulkRow.application_id)
        .limit(limit)
    )
    return list(session().scalars(query))


def count_rows(action: BulkAction) -> dict[BulkRowState, int]:
    """Count an act's rows by what became of them."""
    query = (
        select(BulkRow.state, func.count())
        .where(BulkRow.bulk_action_id == action.id)
        .group_by(BulkRow.state)
        .order_by(BulkRow.state)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def undone_screenings(application: Application) -> frozenset[int]:
    """Return the verdicts on an application that were undone."""
    query = (
        select(BulkRow.screening_id)
        .where(
            BulkRow.application_id == application.id,
            BulkRow.state == BulkRowState.UNDONE,
            BulkRow.screening_id.is_not(None),
        )
        .order_by(BulkRow.id)
    )
    return frozenset(number for number in session().scalars(query) if number is not None)


def open_cures(application_ids: Sequence[int]) -> dict[int, CureRequest]:
    """Return the requests to cure that wait for an answer, by application."""
    query = (
        select(CureRequest)
        .where(CureRequest.application_id.in_(application_ids), CureRequest.state == CureState.OPEN)
        .order_by(CureRequest.id)
    )
    return {cure.application_id: cure for cure in session().scalars(query)}


def held_cures(application_ids: Sequence[int]) -> list[CureRequest]:
    """Return the requests to cure whose letter has not gone out, with application and applicant."""
    query = (
        select(CureRequest)
        .options(joinedload(CureRequest.application, innerjoin=True).joinedload(Application.applicant, innerjoin=True))
        .where(
            CureRequest.application_id.in_(application_ids),
            ~exists().where(Letter.application_id == CureRequest.application_id, Letter.kind == "cure"),
        )
        .order_by(CureRequest.id)
    )
    return list(session().scalars(query))


def saved_filters(user_id: int) -> list[SavedFilter]:
    """Return a person's filters by name."""
    query = select(SavedFilter).where(SavedFilter.user_id == user_id).order_by(SavedFilter.name_key)
    return list(session().scalars(query))


def saved_filter(user_id: int, number: int) -> SavedFilter | None:
    """Return one of a person's own filters."""
    query = select(SavedFilter).where(SavedFilter.user_id == user_id, SavedFilter.id == number)
    return session().scalar(query)


def default_filter(user_id: int) -> SavedFilter | None:
    """Return the filter a person's queue opens with."""
    query = select(SavedFilter).where(SavedFilter.user_id == user_id, SavedFilter.is_default)
    return session().scalar(query)


def hold_person(user_id: int) -> None:
    """Keep a second act of the same person waiting until the transaction ends."""
    session().execute(select(User.id).where(User.id == user_id).order_by(User.id).with_for_update())
