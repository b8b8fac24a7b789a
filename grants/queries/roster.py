"""Who is on the roster, who of them may judge a call, and the lots that were drawn."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from accounts.states import AccountState
from core.database import session
from core.listing import contains_folded
from grants.models import Application, Call, CoApplicant, CommitteeDraw, ReviewerProfile
from grants.queries.screening import organisations_by_user, paying_organisations
from grants.states.roster import RosterState
from scoring import queries as scoring_queries


def profile_of(user_id: int) -> ReviewerProfile | None:
    """Return a person's own place on the roster, whatever became of it."""
    return session().scalar(select(ReviewerProfile).where(ReviewerProfile.user_id == user_id))


def profile_by_id(profile_id: int) -> ReviewerProfile | None:
    """Return a place on the roster with its person."""
    query = select(ReviewerProfile).where(ReviewerProfile.id == profile_id)
    return session().scalar(query.options(joinedload(ReviewerProfile.person)))


def profiles(*, state: RosterState | None = None, text: str = "") -> Select[ReviewerProfile]:
    """Return the SELECT of the roster with its people: who waits first, then by name. `text` looks in the name."""
    query = (
        select(ReviewerProfile)
        .join(ReviewerProfile.person)
        .options(joinedload(ReviewerProfile.person))
        .order_by(ReviewerProfile.state != RosterState.OFFERED, User.name_folded, ReviewerProfile.id)
    )
    if state is not None:
        query = query.where(ReviewerProfile.state == state)
    return query.where(contains_folded(User.name_folded, text)) if text else query


def count_waiting() -> int:
    """Return how many people who offered to review have no answer."""
    query = select(func.count(ReviewerProfile.id)).where(ReviewerProfile.state == RosterState.OFFERED)
    return session().scalar(query) or 0


def is_code_taken(code: str) -> bool:
    """Return whether a code stands for somebody."""
    return session().scalar(select(ReviewerProfile.id).where(ReviewerProfile.code == code)) is not None


def pool_of(call: Call) -> list[ReviewerProfile]:
    """Return the people of the roster who may judge a call, by code.

    Left out: who reads none of its axes, who applies to it or travels with an applicant, who belongs to an organisation
    that pays for it or applies to it, and who has or had a seat.
    """
    query = (
        select(ReviewerProfile)
        .join(ReviewerProfile.person)
        .options(joinedload(ReviewerProfile.person))
        .where(ReviewerProfile.state == RosterState.ADMITTED, User.state == AccountState.ACTIVE)
        .order_by(ReviewerProfile.code)
    )
    admitted = list(session().scalars(query))
    barred = people_barred(call, [profile.user_id for profile in admitted])
    axes = set(call.axes)
    return [one for one in admitted if one.user_id not in barred and (not one.axes or axes & set(one.axes))]


def people_barred(call: Call, user_ids: Sequence[int]) -> set[int]:
    """Return who of these people stands behind an application to a call, behind who pays it, or has had a seat."""
    panel = scoring_queries.panel_of_call(call.slug)
    seated = set(scoring_queries.seats_by_reviewer(panel)) if panel is not None else set()
    applicants = select(Application.applicant_user_id).where(Application.call_id == call.id)
    companions = (
        select(CoApplicant.user_id)
        .join(CoApplicant.application)
        .where(Application.call_id == call.id, CoApplicant.user_id.is_not(None))
    )
    behind = set(session().scalars(applicants.union(companions)))
    asking = select(Application.organisation_id).where(
        Application.call_id == call.id, Application.organisation_id.is_not(None)
    )
    parties = paying_organisations(call) | set(session().scalars(asking.order_by(Application.id)))
    member = {one for one, places in organisations_by_user(user_ids).items() if parties & set(places)}
    return {one for one in user_ids if one in seated or one in behind or one in member}


def draws_of(call: Call) -> list[CommitteeDraw]:
    """Return the lots of a call's committee, first first."""
    query = select(CommitteeDraw).where(CommitteeDraw.call_id == call.id).order_by(CommitteeDraw.number)
    return list(session().scalars(query))


def draw_by_id(draw_id: int) -> CommitteeDraw | None:
    """Return a lot of a committee with its call."""
    query = select(CommitteeDraw).where(CommitteeDraw.id == draw_id).options(joinedload(CommitteeDraw.call))
    return session().scalar(query)


def people_by_code(codes: Sequence[str]) -> dict[str, ReviewerProfile]:
    """Return the places on the roster behind some codes, with their people, in one query."""
    query = (
        select(ReviewerProfile)
        .where(ReviewerProfile.code.in_(codes))
        .options(joinedload(ReviewerProfile.person))
        .order_by(ReviewerProfile.code)
    )
    return {profile.code: profile for profile in session().scalars(query)} if codes else {}
