"""Organisations, who belongs to them and who is invited."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from accounts import emails, queries
from accounts.errors import AlreadyMember, InvitationForAnother, LastOwner, LinkExpired, TooManyInvitations
from accounts.models import (
    ORGANISATION_NAME_LENGTH,
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    User,
)
from accounts.rules.identity import normal_country, normal_email, normal_name, normal_tax_id
from accounts.rules.second_factor import secret_hash
from core.audit import record
from core.clock import now
from core.database import session
from core.settings import setting

INVITATION_LIFETIME = timedelta(days=14)
OPEN_INVITATIONS = 20

Changed = Callable[[User], object]
# Rooms above this one depend on who belongs where, and cannot be called from here: they leave word.
_after_change: list[Changed] = []
FactsChanged = Callable[[Organisation], object]
_after_edit: list[FactsChanged] = []


def when_membership_changes(act: Changed) -> Changed:
    """Have `act(person)` called, in the same transaction, whenever somebody joins or leaves an organisation."""
    if act not in _after_change:
        _after_change.append(act)
    return act


def when_organisation_changes(act: FactsChanged) -> FactsChanged:
    """Have `act(organisation)` called, in the same transaction, whenever an organisation's facts were edited."""
    if act not in _after_edit:
        _after_edit.append(act)
    return act


def create_organisation(
    *,
    name: str,
    kind: OrganisationKind | str,
    tax_id: str | None = None,
    country: str | None = None,
    public_name_allowed: bool = False,
) -> Organisation:
    """Create an organisation without members, of the city's country unless told; `add_member` gives it the first.

    Raises:
        NameRefused, CountryRefused, TaxIdRefused: nothing was kept.
    """
    code = normal_country(country or str(setting("COUNTRY")))
    organisation = Organisation(
        name=normal_name(name, ORGANISATION_NAME_LENGTH),
        kind=OrganisationKind(kind),
        tax_id=normal_tax_id(tax_id, code),
        country=code,
        public_name_allowed=public_name_allowed,
        created_at=now(),
        memberships=[],
    )
    session().add(organisation)
    session().flush()
    record("organisation.created", "organisation", organisation.id, None, {"kind": organisation.kind.value})
    return organisation


def edit_organisation(
    organisation: Organisation,
    *,
    name: str,
    kind: OrganisationKind | str,
    tax_id: str | None,
    country: str,
    public_name_allowed: bool,
) -> None:
    """Change an organisation's facts.

    Raises:
        NameRefused, CountryRefused, TaxIdRefused: nothing has changed.
    """
    code = normal_country(country)
    called, number = normal_name(name, ORGANISATION_NAME_LENGTH), normal_tax_id(tax_id, code)
    before = {"kind": organisation.kind.value, "public_name_allowed": organisation.public_name_allowed}
    organisation.name, organisation.tax_id, organisation.country = called, number, code
    organisation.kind, organisation.public_name_allowed = OrganisationKind(kind), public_name_allowed
    session().flush()
    after = {"kind": organisation.kind.value, "public_name_allowed": public_name_allowed}
    record("organisation.edited", "organisation", organisation.id, before, after)
    for act in _after_edit:
        act(organisation)


def add_member(
    organisation: Organisation, person: User, member_role: MemberRole | str = MemberRole.OWNER
) -> Membership:
    """Make a person a member.

    Raises:
        AlreadyMember: they are one.
    """
    if queries.membership(organisation.id, person.id) is not None:
        raise AlreadyMember()
    joined = Membership(organisation=organisation, user=person, member_role=MemberRole(member_role), created_at=now())
    session().add(joined)
    session().flush()
    record(
        "organisation.member_added",
        "organisation",
        organisation.id,
        None,
        {"user": person.id, "member_role": joined.member_role.value},
    )
    for act in _after_change:
        act(person)
    return joined


def change_member_role(member: Membership, member_role: MemberRole | str) -> None:
    """Give a member other powers.

    Raises:
        LastOwner: nobody would answer for the organisation.
    """
    wanted, before = MemberRole(member_role), member.member_role
    if wanted is before:
        return
    if before is MemberRole.OWNER:
        _refuse_last_owner(member)
    member.member_role = wanted
    session().flush()
    record(
        "organisation.member_changed",
        "organisation",
        member.organisation_id,
        {"user": member.user_id, "member_role": before.value},
        {"user": member.user_id, "member_role": wanted.value},
    )


def remove_member(member: Membership) -> None:
    """End a membership; the person's next request no longer acts for the organisation.

    Raises:
        LastOwner: nobody would answer for the organisation.
    """
    if member.member_role is MemberRole.OWNER:
        _refuse_last_owner(member)
    before = {"user": member.user_id, "member_role": member.member_role.value}
    organisation_id, person = member.organisation_id, member.user
    member.organisation.memberships.remove(member)
    session().flush()
    record("organisation.member_removed", "organisation", organisation_id, before, None)
    for act in _after_change:
        act(person)


def invite_member(
    organisation: Organisation, *, email: str, member_role: MemberRole | str, inviter: User
) -> Invitation:
    """Send an invitation; one that is open for the same address is replaced by it.

    Raises:
        EmailRefused, AlreadyMember, TooManyInvitations: nothing was sent.
    """
    spelling = normal_email(email)
    known = queries.user_by_email(spelling)
    if known is not None and queries.membership(organisation.id, known.id) is not None:
        raise AlreadyMember()
    waiting = queries.open_invitations(organisation.id)
    for earlier in waiting:
        if earlier.email == spelling:
            earlier.withdrawn_at = now()
    if sum(1 for invitation in waiting if invitation.withdrawn_at is None) >= OPEN_INVITATIONS:
        raise TooManyInvitations(limit=OPEN_INVITATIONS)
    session().flush()
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organisation_id=organisation.id,
        email=spelling,
        member_role=MemberRole(member_role),
        token_hash=secret_hash(token),
        invited_by_id=inviter.id,
        created_at=now(),
        expires_at=now() + INVITATION_LIFETIME,
    )
    session().add(invitation)
    session().flush()
    record("organisation.member_invited", "organisation", organisation.id, None, {"invitation": invitation.id})
    emails.invitation(organisation, spelling, token, known.language if known else inviter.language, inviter.name)
    return invitation


def accept_invitation(token: str, person: User) -> Membership:
    """Use an invitation up and make the person a member.

    Raises:
        LinkExpired: it was used, withdrawn or is too old. InvitationForAnother: it was sent to another address.
        AlreadyMember: there is nothing left to accept.
    """
    invitation = queries.live_invitation(token)
    if invitation is None:
        raise LinkExpired()
    if invitation.email != person.email:
        raise InvitationForAnother()
    joined = add_member(invitation.organisation, person, invitation.member_role)
    invitation.accepted_at, invitation.accepted_by_id = now(), person.id
    session().flush()
    return joined


def withdraw_invitation(invitation: Invitation) -> None:
    """Make an open invitation useless; one that is over stays as it ended."""
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = now()
        session().flush()
        record(
            "organisation.invitation_withdrawn",
            "organisation",
            invitation.organisation_id,
            None,
            {"invitation": invitation.id},
        )


def _refuse_last_owner(member: Membership) -> None:
    session().refresh(member.organisation, attribute_names=["name"], with_for_update=True)  # one leaver at a time
    if queries.owner_count(member.organisation_id) == 1:
        raise LastOwner()
