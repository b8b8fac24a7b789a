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
    EmailRefused,
    EmailTaken,
    InvitationForAnother,
    LastAdministrator,
    LastOwner,
    LinkExpired,
    NameRefused,
    OwnAccount,
    OwnRoles,
    PasswordTooCommon,
    PasswordTooShort,
    RoleMissing,
    RolesIncompatible,
    SecondFactorRequired,
    TaxIdRefused,
    TooManyAttempts,
    TooManyInvitations,
)
from accounts.models import MemberRole, SessionEnd, User, UserSession
from accounts.queries import (
    membership,
    open_invitations,
    organisation_names,
    organisations_of,
    session_facts,
    user_by_email,
    user_names,
    users_with_role,
)
from accounts.states import AccountState
from core.audit import events_of
from core.clock import FrozenClock
from core.context import Actor, acting_as
from core.errors import IllegalTransition
from core.roles import Role
from tests.factories.accounts import PASSWORD, make_organisation, make_user

ADDRESS = "203.0.113.7"
OTHER_PASSWORD = "otra frase bien distinta"
Letters = Callable[[str], list[str]]
Token = Callable[[str], str]


def confirm(link: str, password: str = PASSWORD) -> User | None:
    return services.verify_email(link, password, address=ADDRESS)


def register(email: str = "ana@example.org", password: str = PASSWORD) -> User:
    return services.register_user(email=email, name="Ana Ruiz", password=password, language="en")


def enters(email: str, password: str) -> bool:
    return services.sign_in(email=email, password=password, address=ADDRESS, device="") is not None


# --- registration ------------------------------------------------------------


def test_person_registers_confirms_and_enters(session: Session, clock: FrozenClock, token: Token) -> None:
    user = register(" ANA@example.org")
    assert (user.email, user.state) == ("ana@example.org", AccountState.UNVERIFIED)
    assert user.roles == {Role.APPLICANT}
    assert not enters("ana@example.org", PASSWORD)
    assert confirm(token("ana@example.org")) is user
    assert (user.state, user.email_verified_at) == (AccountState.ACTIVE, clock.now())
    assert enters("ana@example.org", PASSWORD)
    assert [event.action for event in events_of("user_account", user.id)][:2] == [
        "account.registered",
        "account.verified",
    ]


def test_an_edited_profile_leaves_what_changed_but_no_name(session: Session, clock: FrozenClock) -> None:
    user = make_user()
    for _time in range(2):  # the second time nothing changes
        services.edit_profile(user, name="Ana Otra", language="en")
    services.edit_profile(user, name="Ana Otra", language="es")
    edited = [event for event in events_of("user_account", user.id) if event.action == "account.edited"]
    assert [(event.before, event.after) for event in edited] == [
        ({"language": "es"}, {"language": "en", "fields": ["language", "name"]}),
        ({"language": "en"}, {"language": "es", "fields": ["language"]}),
    ]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": "nadie"}, EmailRefused),
        ({"name": " "}, NameRefused),
        ({"name": "x" * 121}, NameRefused),
        ({"password": "corta"}, PasswordTooShort),
        ({"password": "contraseña123"}, PasswordTooCommon),
        ({"email": "ocupado@example.org"}, EmailTaken),
        ({"email": "OCUPADO@EXAMPLE.ORG"}, EmailTaken),
    ],
)
def test_registration_refusals(
    session: Session, clock: FrozenClock, change: dict[str, str], refusal: type[Exception]
) -> None:
    make_user(email="ocupado@example.org")
    facts = {"email": "ana@example.org", "name": "Ana", "password": PASSWORD, **change}
    with pytest.raises(refusal):
        services.register_user(**facts)
    assert user_by_email("ana@example.org") is None


def test_confirmation_link_lasts_a_day_to_the_second(session: Session, clock: FrozenClock, token: Token) -> None:
    register()
    found = token("ana@example.org")
    clock.advance(hours=24)
    with pytest.raises(LinkExpired):
        confirm(found)
    clock.advance(seconds=-1)
    confirm(found)
    with pytest.raises(LinkExpired):
        confirm(found)


@pytest.mark.parametrize("made_up", ["", "x", "\x00", "ñ" * 3000])
def test_made_up_link_is_refused(session: Session, clock: FrozenClock, made_up: str) -> None:
    register()
    with pytest.raises(LinkExpired):
        confirm(made_up)
    with pytest.raises(LinkExpired):
        services.reset_password(made_up, OTHER_PASSWORD)
    with pytest.raises(LinkExpired):
        services.confirm_email_change(made_up)


def test_link_for_one_purpose_serves_no_other(session: Session, clock: FrozenClock, token: Token) -> None:
    register()
    found = token("ana@example.org")
    with pytest.raises(LinkExpired):
        services.reset_password(found, OTHER_PASSWORD)


@pytest.mark.parametrize("opened", [0, 1])
def test_link_that_is_opened_decides_name_and_password(
    session: Session, clock: FrozenClock, token: Token, opened: int
) -> None:
    typed = [("Ana", PASSWORD), ("Impostora", "la frase del impostor")]
    links = []
    for name, password in typed:
        services.sign_up(email="ana@example.org", name=name, password=password)
        links.append(token("ana@example.org"))
    assert confirm(links[opened], typed[1 - opened][1]) is None
    user = confirm(links[opened], typed[opened][1])
    assert user is not None
    assert user.name == typed[opened][0]
    assert enters("ana@example.org", typed[opened][1])
    assert not enters("ana@example.org", typed[1 - opened][1])
    with pytest.raises(LinkExpired):
        confirm(links[1 - opened], typed[1 - opened][1])


def test_link_that_somebody_else_asked_for_gives_them_nothing(
    session: Session, clock: FrozenClock, token: Token
) -> None:
    services.sign_up(email="ana@example.org", name="Impostora", password="la frase del impostor")
    link = token("ana@example.org")
    assert confirm(link, PASSWORD) is None  # its owner opens it in good faith
    assert not enters("ana@example.org", "la frase del impostor")
    services.request_password_reset("ana@example.org")
    services.reset_password(token("ana@example.org"), OTHER_PASSWORD)
    assert enters("ana@example.org", OTHER_PASSWORD)
    with pytest.raises(LinkExpired):
        confirm(link, "la frase del impostor")


def test_what_was_over_long_ago_is_forgotten_and_what_works_is_not(
    session: Session, clock: FrozenClock, token: Token
) -> None:
    register()
    user = make_user(email="eva@example.org")
    services.open_session(user)
    ended, _token = services.open_session(user)
    services.end_session(ended, SessionEnd.SIGNED_OUT)
    assert not enters("eva@example.org", "una equivocada y larga")
    assert services.forget_old_traces() == 0
    clock.advance(days=90)
    assert services.forget_old_traces() == 0
    clock.advance(seconds=1)
    assert services.forget_old_traces() == 2  # the session that was ended, the attempt
    clock.advance(days=2)
    assert services.forget_old_traces() == 1  # the link
    standing, _token = services.open_session(user)
    clock.advance(days=365)
    assert services.forget_old_traces() == 2
    assert session.get(UserSession, standing.id) is None


def test_registration_without_a_letter_changes_nothing(
    session: Session, clock: FrozenClock, token: Token, letters: Letters
) -> None:
    for _ in range(3):
        services.sign_up(email="ana@example.org", name="Ana", password=PASSWORD)
    last = token("ana@example.org")
    services.sign_up(email="ana@example.org", name="Impostora", password="la frase del impostor")
    assert letters("ana@example.org") == ["accounts.verification"] * 3
    ana = confirm(last)
    assert ana is not None
    assert ana.name == "Ana"
    assert enters("ana@example.org", PASSWORD)
    assert not enters("ana@example.org", "la frase del impostor")


def test_known_address_gets_a_letter_and_keeps_its_password(
    session: Session, clock: FrozenClock, letters: Letters
) -> None:
    make_user(email="ana@example.org", name="Ana Ruiz")
    for _ in range(5):
        services.sign_up(email="Ana@Example.org", name="Otra", password=OTHER_PASSWORD)
    assert letters("ana@example.org") == ["accounts.already_registered"] * 3
    user = user_by_email("ana@example.org")
    assert user is not None
    assert user.name == "Ana Ruiz"
    assert not enters("ana@example.org", OTHER_PASSWORD)
    clock.advance(hours=1, seconds=1)
    services.sign_up(email="ana@example.org", name="Otra", password=OTHER_PASSWORD)
    assert len(letters("ana@example.org")) == 4


def test_closed_account_hears_nothing(session: Session, clock: FrozenClock, letters: Letters) -> None:
    services.close_account(make_user(email="ana@example.org"))
    services.sign_up(email="ana@example.org", name="Ana", password=PASSWORD)
    services.request_password_reset("ana@example.org")
    assert letters("ana@example.org") == []


# --- passwords ---------------------------------------------------------------


def test_reset_sets_the_password_and_ends_every_session(
    session: Session, clock: FrozenClock, token: Token, letters: Letters
) -> None:
    user = make_user(email="ana@example.org")
    sessions = [services.open_session(user)[1] for _ in range(2)]
    services.request_password_reset("ANA@example.org ")
    found = token("ana@example.org")
    clock.advance(hours=1, seconds=-1)
    with pytest.raises(PasswordTooShort):
        services.reset_password(found, "corta")
    services.reset_password(found, OTHER_PASSWORD)
    assert [session_facts(opened) for opened in sessions] == [None, None]
    assert (enters("ana@example.org", PASSWORD), enters("ana@example.org", OTHER_PASSWORD)) == (False, True)
    with pytest.raises(LinkExpired):
        services.reset_password(found, PASSWORD)
    assert letters("ana@example.org") == ["accounts.password_reset", "accounts.password_changed"]


def test_reset_link_lasts_an_hour_to_the_second(session: Session, clock: FrozenClock, token: Token) -> None:
    make_user(email="ana@example.org")
    services.request_password_reset("ana@example.org")
    found = token("ana@example.org")
    clock.advance(hours=1)
    with pytest.raises(LinkExpired):
        services.reset_password(found, OTHER_PASSWORD)


def test_reset_opens_a_locked_account_and_confirms_an_unconfirmed_one(
    session: Session, clock: FrozenClock, token: Token
) -> None:
    user = register()
    for _ in range(3):
        enters("ana@example.org", "una contraseña equivocada")
    with pytest.raises(TooManyAttempts):
        enters("ana@example.org", PASSWORD)
    services.request_password_reset("ana@example.org")
    services.reset_password(token("ana@example.org"), OTHER_PASSWORD)
    assert user.state is AccountState.ACTIVE
    assert enters("ana@example.org", OTHER_PASSWORD)


def test_stranger_gets_no_letter(session: Session, clock: FrozenClock, letters: Letters) -> None:
    services.request_password_reset("nadie@example.org")
    assert letters("nadie@example.org") == []


def test_changing_the_password_ends_the_other_sessions(session: Session, clock: FrozenClock, letters: Letters) -> None:
    user = make_user(email="ana@example.org")
    here, here_token = services.open_session(user)
    _there, there_token = services.open_session(user)
    facts: dict[str, Any] = {"address": ADDRESS, "session_id": here.id}
    assert not services.change_password(user, "equivocada", OTHER_PASSWORD, **facts)
    assert session_facts(there_token) is not None
    assert services.change_password(user, PASSWORD, OTHER_PASSWORD, **facts)
    assert session_facts(there_token) is None
    assert session_facts(here_token) is not None
    assert letters("ana@example.org") == ["accounts.password_changed"]


def test_guessing_the_present_password_slows_down(session: Session, clock: FrozenClock) -> None:
    user = make_user()
    for _ in range(3):
        assert not services.prove_password(user, "equivocada", address=ADDRESS)
    with pytest.raises(TooManyAttempts):
        services.prove_password(user, PASSWORD, address=ADDRESS)


# --- addresses ---------------------------------------------------------------


def test_email_changes_when_the_new_address_confirms(
    session: Session, clock: FrozenClock, token: Token, letters: Letters
) -> None:
    user = make_user(email="ana@example.org")
    assert not services.request_email_change(user, "ana@ensayo.test", "equivocada", address=ADDRESS)
    assert services.request_email_change(user, "ANA@ensayo.test", PASSWORD, address=ADDRESS)
    assert user.email == "ana@example.org"
    services.confirm_email_change(token("ana@ensayo.test"))
    assert user.email == "ana@ensayo.test"
    assert letters("ana@example.org") == ["accounts.email_change_requested", "accounts.email_changed"]


def test_taken_address_gets_no_link(session: Session, clock: FrozenClock, letters: Letters) -> None:
    user = make_user(email="ana@example.org")
    make_user(email="eva@example.org")
    assert services.request_email_change(user, "eva@example.org", PASSWORD, address=ADDRESS)
    assert letters("eva@example.org") == ["accounts.already_registered"]


def test_address_registered_meanwhile_stays_with_its_owner(session: Session, clock: FrozenClock, token: Token) -> None:
    user = make_user(email="ana@example.org")
    services.request_email_change(user, "eva@example.org", PASSWORD, address=ADDRESS)
    found = token("eva@example.org")
    make_user(email="eva@example.org")
    session.commit()
    with pytest.raises(EmailTaken):
        services.confirm_email_change(found)
    session.rollback()
    session.refresh(user)
    assert user.email == "ana@example.org"


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
