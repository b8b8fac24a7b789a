"""People, looked up."""

from collections.abc import Iterable

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from accounts.errors import EmailRefused
from accounts.models import (
    NOBODY,
    RoleGrant,
    User,
)
from accounts.rules.identity import normal_email
from accounts.states import AccountState
from core.database import session
from core.listing import contains, contains_folded
from core.roles import Role


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


def user_by_exact_email(email: str) -> User | None:
    """Return the account kept under exactly this address, also one that no letter could reach."""
    return session().scalar(select(User).where(User.email == email))


def users(*, search: str = "", role: Role | None = None, state: AccountState | None = None) -> Select[User]:
    """Return the SELECT of people by name, with their roles loaded at once, for a list page."""
    query = select(User).options(selectinload(User.grants)).order_by(User.name_folded, User.id)
    query = query.where(User.email.not_like(f"%@{NOBODY}"))
    if search:
        query = query.where(or_(contains_folded(User.name_folded, search), contains(User.email, search)))
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
