"""Organisations, their members and who was invited, looked up."""

from collections.abc import Iterable

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from accounts.models import (
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    User,
)
from accounts.rules.second_factor import secret_hash
from core.clock import now
from core.database import session
from core.folding import Folded
from core.listing import contains


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
