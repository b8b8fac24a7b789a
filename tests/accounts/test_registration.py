"""Registration, and the links that confirm an address."""

import pytest
from sqlalchemy.orm import Session

from accounts import services
from accounts.errors import (
    EmailRefused,
    EmailTaken,
    LinkExpired,
    NameRefused,
    PasswordTooCommon,
    PasswordTooShort,
)
from accounts.models import SessionEnd, UserSession
from accounts.queries import (
    user_by_email,
)
from accounts.states import AccountState
from core.audit import events_of
from core.clock import FrozenClock
from core.roles import Role
from tests.accounts.people import OTHER_PASSWORD, Letters, Token, confirm, enters, register
from tests.factories.accounts import PASSWORD, make_user

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
