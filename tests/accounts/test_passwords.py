"""Passwords and addresses: forgotten, changed, taken."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from accounts import services
from accounts.errors import (
    EmailTaken,
    LinkExpired,
    PasswordTooShort,
    TooManyAttempts,
)
from accounts.queries import (
    session_facts,
)
from accounts.states import AccountState
from core.clock import FrozenClock
from tests.accounts.people import ADDRESS, OTHER_PASSWORD, Letters, Token, enters, register
from tests.factories.accounts import PASSWORD, make_user

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
