"""People, organisations, sessions and attempts, looked up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, String, bindparam, cast, func, or_, select, type_coerce
from sqlalchemy.orm import joinedload, selectinload

from accounts.errors import EmailRefused
from accounts.models import (
    AttemptKind,
    EmailToken,
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    RecoveryCode,
    RoleGrant,
    SignInAttempt,
    TokenPurpose,
    User,
    UserSession,
)
from accounts.rules.identity import normal_email
from accounts.rules.second_factor import needs_second_factor, secret_hash
from accounts.states import AccountState
from core.clock import now
from core.context import Actor
from core.database import is_sqlite, session
from core.folding import Folded
from core.listing import contains
from core.roles import Role
from core.settings import setting

TOUCH_EVERY = timedelta(minutes=5)


# --- people ------------------------------------------------------------------


def user(user_id: int) -> User | None:
    """Return a person by number."""
    return session().get(User, user_id)


def user_by_email(email: str) -> User | None:
    """Return the person with this address, however it was typed."""
    try:
        spelling = normal_email(email)
    except EmailRefused:
        return None
    return session().scalar(select(User).where(User.email == spelling))


def users(*, search: str = "", role: Role | None = None, state: AccountState | None = None) -> Select[User]:
    """Return the SELECT of people by name, with their roles loaded at once, for a list page."""
    query = select(User).options(selectinload(User.grants)).order_by(Folded(User.name), User.id)
    if search:
        query = query.where(or_(contains(User.name, search), contains(User.email, search)))
    if role is not None:
        query = query.where(User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role == role)))
    if state is not None:
        query = query.where(User.state == state)
    return query


def users_with_role(role: Role) -> list[User]:
    """Return the active people who hold `role`, by name."""
    return list(session().scalars(users(role=role, state=AccountState.ACTIVE)))


def user_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of people by number, in one query; unknown numbers are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session().execute(select(User.id, User.name).where(User.id.in_(wanted)).order_by(User.id))
    return {row.id: row.name for row in rows}


# --- sessions ----------------------------------------------------------------


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


# --- proofs ------------------------------------------------------------------


def hold_account(key: str) -> None:
    """Let attempts at one account pass one at a time until the transaction ends, so that none slips past the count.

    SQLite's writing transactions already queue; PostgreSQL takes a lock named after the account.
    """
    if not is_sqlite():
        session().execute(select(func.pg_advisory_xact_lock(int(key[:15], 16))))


def failures_of_account(kind: AttemptKind, key: str, since: datetime) -> list[datetime]:
    """Return when an account's unforgiven failures happened after `since`, oldest first."""
    query = (
        select(SignInAttempt.at)
        .where(
            SignInAttempt.kind == kind,
            SignInAttempt.account_key == key,
            SignInAttempt.at > since,
            SignInAttempt.forgiven_at.is_(None),
        )
        .order_by(SignInAttempt.at, SignInAttempt.id)
    )
    return list(session().scalars(query))


def failures_of_address(kind: AttemptKind, address: str, since: datetime) -> list[datetime]:
    """Return when a network's failures happened after `since`, oldest first; one success forgives none of them."""
    query = (
        select(SignInAttempt.at)
        .where(SignInAttempt.kind == kind, SignInAttempt.address == address, SignInAttempt.at > since)
        .order_by(SignInAttempt.at, SignInAttempt.id)
    )
    return list(session().scalars(query))


def live_token(token: str, purpose: TokenPurpose) -> EmailToken | None:
    """Return the unused and unexpired link that `token` belongs to, with its person."""
    query = (
        select(EmailToken)
        .options(joinedload(EmailToken.user))
        .where(
            EmailToken.token_hash == secret_hash(token),
            EmailToken.purpose == purpose,
            EmailToken.used_at.is_(None),
            EmailToken.expires_at > now(),
        )
    )
    return session().scalar(query)


def recovery_codes_left(person: User) -> int:
    """Count the recovery codes a person has not used."""
    query = select(func.count()).where(RecoveryCode.user_id == person.id, RecoveryCode.used_at.is_(None))
    return session().scalar(query) or 0


# --- organisations -----------------------------------------------------------


def organisation(organisation_id: int) -> Organisation | None:
    """Return an organisation with its members and their names."""
    query = (
        select(Organisation)
        .options(selectinload(Organisation.memberships).joinedload(Membership.user))
        .where(Organisation.id == organisation_id)
    )
    return session().scalar(query)


def organisations_of(person: User) -> list[Organisation]:
    """Return the organisations a person belongs to, by name."""
    query = (
        select(Organisation)
        .join(Membership)
        .where(Membership.user_id == person.id)
        .order_by(Folded(Organisation.name), Organisation.id)
    )
    return list(session().scalars(query))


def memberships_of(person: User) -> list[Membership]:
    """Return a person's memberships with their organisations, by the organisation's name."""
    query = (
        select(Membership)
        .join(Membership.organisation)
        .options(joinedload(Membership.organisation))
        .where(Membership.user_id == person.id)
        .order_by(Folded(Organisation.name), Organisation.id)
    )
    return list(session().scalars(query))


def organisations(*, search: str = "") -> Select[Organisation]:
    """Return the SELECT of all organisations by name, for a list page of the staff."""
    query = select(Organisation).order_by(Folded(Organisation.name), Organisation.id)
    if search:
        query = query.where(contains(Organisation.name, search))
    return query


def organisation_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of organisations by number, in one query; unknown numbers are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session().execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)).order_by(Organisation.id)
    )
    return {row.id: row.name for row in rows}


def membership(organisation_id: int, user_id: int) -> Membership | None:
    """Return a person's place in an organisation."""
    return session().scalar(
        select(Membership).where(Membership.organisation_id == organisation_id, Membership.user_id == user_id)
    )


def owner_count(organisation_id: int) -> int:
    """Count the people who answer for an organisation."""
    query = select(func.count()).where(
        Membership.organisation_id == organisation_id, Membership.member_role == MemberRole.OWNER
    )
    return session().scalar(query) or 0


def open_invitations(organisation_id: int) -> list[Invitation]:
    """Return the invitations of an organisation that nobody accepted or withdrew, oldest first, expired ones too."""
    query = (
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id)
    )
    return list(session().scalars(query))


def live_invitation(token: str) -> Invitation | None:
    """Return the open and unexpired invitation that `token` belongs to, with its organisation."""
    query = (
        select(Invitation)
        .options(joinedload(Invitation.organisation))
        .where(
            Invitation.token_hash == secret_hash(token),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    return session().scalar(query)
