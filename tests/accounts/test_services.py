"""Registration, passwords, addresses, roles and organisations."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts import services
from accounts.errors import (
    AccountNotActive,
    AlreadyMember,
    InvitationForAnother,
    LastAdministrator,
    LastOwner,
    LinkExpired,
    OwnAccount,
    OwnRoles,
    RoleMissing,
    RolesIncompatible,
    SecondFactorRequired,
    TaxIdRefused,
    TooManyInvitations,
)
from accounts.models import MemberRole, User
from accounts.queries import (
    membership,
    open_invitations,
    organisation_names,
    organisations_of,
    user_names,
    users_with_role,
)
from core.audit import events_of
from core.clock import FrozenClock
from core.context import Actor, acting_as
from core.errors import IllegalTransition
from core.roles import Role
from tests.accounts.people import Letters, Token, register
from tests.factories.accounts import make_organisation, make_user

# --- roles and states --------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_given_and_taken(session: Session, clock: FrozenClock, role: Role, letters: Letters) -> None:
    administrator, user = make_user(Role.ADMINISTRATOR), make_user(email="ana@example.org")
    make_user(Role.ADMINISTRATOR)
    with acting_as(Actor(administrator.id, frozenset({Role.ADMINISTRATOR}))):
        services.grant_role(user, role, notify=True)
        services.grant_role(user, role, notify=True)
        assert user.roles == {Role.APPLICANT, role}
        services.revoke_role(user, role, notify=True)
    assert role not in user.roles
    with pytest.raises(RoleMissing):
        services.revoke_role(user, role)
    given = [event for event in events_of("user_account", user.id) if event.action == "role.granted"]
    if role is not Role.APPLICANT:
        assert [(event.actor_id, event.after) for event in given] == [(administrator.id, {"role": role.value})]
        assert letters("ana@example.org") == ["accounts.roles_changed"] * 2


def test_incompatible_roles_are_refused_by_name(session: Session, clock: FrozenClock) -> None:
    user = make_user(Role.TREASURER)
    with pytest.raises(RolesIncompatible) as refused:
        services.grant_role(user, Role.PAYMENT_AUTHORISER)
    assert refused.value.message() == "«Tesorería» y «Autoriza pagos» no pueden recaer en la misma persona."
    assert user.roles == {Role.APPLICANT, Role.TREASURER}


def test_nobody_changes_their_own_duties_or_account(session: Session, clock: FrozenClock) -> None:
    user = make_user(Role.ADMINISTRATOR)
    make_user(Role.ADMINISTRATOR)
    with acting_as(Actor(user.id, frozenset({Role.ADMINISTRATOR}))):
        with pytest.raises(OwnRoles):
            services.grant_role(user, Role.TREASURER)
        with pytest.raises(OwnRoles):
            services.revoke_role(user, Role.ADMINISTRATOR)
        with pytest.raises(OwnAccount):
            services.suspend_account(user)
        with pytest.raises(OwnAccount):
            services.close_account(user)


def test_last_administrator_stays(session: Session, clock: FrozenClock) -> None:
    last, suspended = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    services.suspend_account(suspended)
    with pytest.raises(LastAdministrator):
        services.revoke_role(last, Role.ADMINISTRATOR)
    for act in (services.suspend_account, services.close_account):
        with pytest.raises(LastAdministrator):
            act(last)
    services.reinstate_account(suspended)
    services.revoke_role(last, Role.ADMINISTRATOR)
    assert users_with_role(Role.ADMINISTRATOR) == [suspended]


def test_role_needs_an_active_account(session: Session, clock: FrozenClock) -> None:
    with pytest.raises(AccountNotActive):
        services.grant_role(register(), Role.REVIEWER)


def test_account_moves_only_along_its_table(session: Session, clock: FrozenClock) -> None:
    unconfirmed = register()
    for act in (services.suspend_account, services.reinstate_account):
        with pytest.raises(IllegalTransition):
            act(unconfirmed)
    services.close_account(unconfirmed)
    for act in (services.suspend_account, services.reinstate_account, services.close_account):
        with pytest.raises(IllegalTransition):
            act(unconfirmed)


def test_second_factor_stays_where_a_role_demands_it(session: Session, clock: FrozenClock) -> None:
    reviewer, applicant = make_user(Role.REVIEWER), make_user()
    with pytest.raises(SecondFactorRequired):
        services.remove_second_factor(reviewer)
    services.enrol_second_factor(applicant)
    services.remove_second_factor(applicant)
    assert applicant.totp_secret is None


@pytest.mark.parametrize(
    "change",
    [
        "email = 'ANA@example.org'",
        "email = 'eva@example.org'",
        "email = ''",
        "name = ''",
        "language = 'fr'",
        "state = 'asleep'",
        "email_verified_at = NULL",
        "totp_last_step = 5",
    ],
)
def test_database_refuses_an_impossible_account(session: Session, clock: FrozenClock, change: str) -> None:
    user = make_user(email="ana@example.org")
    make_user(email="eva@example.org")
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE user_account SET {change} WHERE id = :id"), {"id": user.id})
    session.rollback()
    assert session.scalars(select(User.email).where(User.id == user.id)).one() == "ana@example.org"


# --- organisations -----------------------------------------------------------


def test_organisation_and_its_members(session: Session, clock: FrozenClock) -> None:
    ana, eva = make_user(), make_user()
    organisation = services.create_organisation(name=" Telar  A.C. ", kind="civil_society", tax_id="tel010203 ab1")
    assert (organisation.name, organisation.tax_id, organisation.country) == ("Telar A.C.", "TEL010203AB1", "MX")
    owner = services.add_member(organisation, ana)
    other = services.add_member(organisation, eva, "viewer")
    with pytest.raises(AlreadyMember):
        services.add_member(organisation, eva)
    with pytest.raises(LastOwner):
        services.remove_member(owner)
    with pytest.raises(LastOwner):
        services.change_member_role(owner, "editor")
    services.change_member_role(other, "owner")
    services.remove_member(owner)
    assert (organisations_of(ana), organisations_of(eva)) == ([], [organisation])
    assert organisation_names([organisation.id, 999]) == {organisation.id: "Telar A.C."}
    assert user_names([eva.id, 999]) == {eva.id: eva.name}


def test_organisation_facts_are_checked_before_anything_changes(session: Session, clock: FrozenClock) -> None:
    organisation = make_organisation(name="Telar")
    facts: dict[str, Any] = {"name": "Otra", "kind": "company", "country": "MX", "public_name_allowed": True}
    with pytest.raises(TaxIdRefused):
        services.edit_organisation(organisation, **facts, tax_id="no es un RFC")
    assert (organisation.name, organisation.public_name_allowed) == ("Telar", False)
    services.edit_organisation(organisation, **facts, tax_id=None)
    assert (organisation.name, organisation.public_name_allowed) == ("Otra", True)


def test_invitation_is_accepted_once_and_by_its_reader(session: Session, clock: FrozenClock, token: Token) -> None:
    ana, eva, leo = make_user(), make_user(email="eva@example.org"), make_user()
    organisation = make_organisation(ana)
    services.invite_member(organisation, email="EVA@example.org", member_role="editor", inviter=ana)
    found = token("eva@example.org")
    with pytest.raises(InvitationForAnother):
        services.accept_invitation(found, leo)
    assert services.accept_invitation(found, eva).member_role is MemberRole.EDITOR
    with pytest.raises(LinkExpired):
        services.accept_invitation(found, eva)
    with pytest.raises(AlreadyMember):
        services.invite_member(organisation, email="eva@example.org", member_role="viewer", inviter=ana)


def test_invitation_dies_by_time_by_withdrawal_and_by_a_newer_one(
    session: Session, clock: FrozenClock, token: Token
) -> None:
    ana, eva = make_user(), make_user(email="eva@example.org")
    organisation = make_organisation(ana)

    def invite() -> str:
        services.invite_member(organisation, email="eva@example.org", member_role="viewer", inviter=ana)
        return token("eva@example.org")

    first, second = invite(), invite()
    clock.advance(seconds=timedelta(days=14).total_seconds())
    third = invite()
    for dead in (first, second):
        with pytest.raises(LinkExpired):
            services.accept_invitation(dead, eva)
    (waiting,) = open_invitations(organisation.id)
    services.withdraw_invitation(waiting)
    with pytest.raises(LinkExpired):
        services.accept_invitation(third, eva)
    assert membership(organisation.id, eva.id) is None


def test_organisation_cannot_send_letters_in_bulk(session: Session, clock: FrozenClock) -> None:
    ana = make_user()
    organisation = make_organisation(ana)
    for number in range(20):
        services.invite_member(organisation, email=f"x{number}@ensayo.test", member_role="viewer", inviter=ana)
    with pytest.raises(TooManyInvitations):
        services.invite_member(organisation, email="x20@ensayo.test", member_role="viewer", inviter=ana)
    services.invite_member(organisation, email="x19@ensayo.test", member_role="viewer", inviter=ana)


@pytest.mark.parametrize("many", [1, 30])
def test_lists_of_people_cost_the_same_for_one_and_for_many(
    session: Session, clock: FrozenClock, many: int, count_queries: Callable[[], object]
) -> None:
    for _ in range(many):
        make_user(Role.REVIEWER)
    session.commit()
    session.expunge_all()
    with count_queries() as sent:  # type: ignore[attr-defined]
        people = [(user.name, user.roles) for user in users_with_role(Role.REVIEWER)]
    assert (len(people), len(sent)) == (many, 2)


def test_lists_find_a_person_by_the_name_of_today(session: Session) -> None:
    person = make_user(name="Íñigo Ñáñez")
    assert person.name_folded == "inigo nanez"
    person.name = "Óscar PÉREZ"
    session.commit()
    session.expire_all()
    assert person.name_folded == "oscar perez"
