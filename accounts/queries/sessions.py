"""Who is signed in, and where."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import String, bindparam, cast, func, select, type_coerce
from sqlalchemy.orm import joinedload

from accounts.models import (
    Membership,
    RoleGrant,
    User,
    UserSession,
)
from accounts.rules.second_factor import needs_second_factor, secret_hash
from accounts.states import AccountState
from core.clock import now
from core.context import Actor
from core.database import session
from core.roles import Role
from core.settings import setting

TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What one row of `user_session` says about a request. A pending session has given the password, nothing more."""

    session_id: int
    user_id: int
    actor: Actor
    pending: bool
    enrolled: bool
    touch_due: bool


def session_facts(token: str) -> SessionFacts | None:
    """Return who holds `token`, in one query; None when the session or the account is over.

    A pending session's actor has no number and no roles, so every guard that wants a person shuts it out.
    """
    moment = now()
    row = session().execute(_SESSION, {"token_hash": secret_hash(token)}).one_or_none()
    if row is None or row.state is not AccountState.ACTIVE or row.ended_at is not None:
        return None
    if moment >= row.expires_at or moment >= row.last_seen_at + timedelta(minutes=setting("SESSION_IDLE_MINUTES")):
        return None
    roles = frozenset(Role(role) for role in (row.roles or "").split(",") if role)
    enrolled = row.totp_secret is not None
    pending = needs_second_factor(roles, enrolled=enrolled) and row.second_factor_at is None
    if pending:
        who = Actor(label=row.name, language=row.language, kind="pending")
    else:
        organisations = frozenset(int(number) for number in (row.organisations or "").split(",") if number)
        who = Actor(row.user_id, roles, row.name, organisations, row.language)
    return SessionFacts(row.id, row.user_id, who, pending, enrolled, moment >= row.last_seen_at + TOUCH_EVERY)


def sessions_of(person: User) -> list[UserSession]:
    """Return the sessions that still open doors, latest seen first."""
    moment = now()
    query = (
        select(UserSession)
        .where(
            UserSession.user_id == person.id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > moment,
            UserSession.last_seen_at > moment - timedelta(minutes=setting("SESSION_IDLE_MINUTES")),
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return list(session().scalars(query))


def user_session(session_id: int) -> UserSession | None:
    """Return a session with its person."""
    query = select(UserSession).options(joinedload(UserSession.user)).where(UserSession.id == session_id)
    return session().scalar(query)


# Built once: the statement of every request by somebody signed in.
_SESSION = (
    select(
        UserSession.id,
        UserSession.expires_at,
        UserSession.last_seen_at,
        UserSession.ended_at,
        UserSession.second_factor_at,
        User.id.label("user_id"),
        User.name,
        User.language,
        User.state,
        User.totp_secret,
        select(func.aggregate_strings(type_coerce(RoleGrant.role, String), ","))
        .where(RoleGrant.user_id == User.id)
        .scalar_subquery()
        .label("roles"),
        select(func.aggregate_strings(cast(Membership.organisation_id, String), ","))
        .where(Membership.user_id == User.id)
        .scalar_subquery()
        .label("organisations"),
    )
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.token_hash == bindparam("token_hash"))
)
