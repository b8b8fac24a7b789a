"""Sessions: until when they last, and who ends them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import services
from accounts.models import SessionEnd, UserSession
from accounts.queries import session_facts, sessions_of, user_session
from core.clock import FrozenClock
from tests.accounts.attempts import resolve_session
from tests.factories.accounts import make_user


def test_session_ends_by_idleness_to_the_second(session: Session, clock: FrozenClock) -> None:
    opened, token = services.open_session(make_user())
    clock.advance(minutes=120, seconds=-1)
    assert resolve_session(token) is not None
    services.touch_session(opened.id)
    clock.advance(minutes=120, seconds=-1)
    assert resolve_session(token) is not None
    clock.advance(seconds=1)
    assert resolve_session(token) is None


def test_session_ends_whatever_happens_to_the_second(session: Session, clock: FrozenClock) -> None:
    opened, token = services.open_session(make_user())
    for _ in range(14 * 24):
        clock.advance(hours=1)
        services.touch_session(opened.id)
    assert resolve_session(token) is None
    session.refresh(opened)
    assert clock.now() == opened.expires_at
    clock.advance(seconds=-1)
    assert resolve_session(token) is not None


def test_touch_is_due_every_five_minutes(session: Session, clock: FrozenClock) -> None:
    _opened, token = services.open_session(make_user())
    clock.advance(minutes=5, seconds=-1)
    facts = session_facts(token)
    assert facts is not None
    assert facts.touch_due is False
    clock.advance(seconds=1)
    facts = session_facts(token)
    assert facts is not None
    assert facts.touch_due is True


def test_sessions_end_one_by_one_and_all_at_once(session: Session, clock: FrozenClock) -> None:
    user = make_user()
    opened = [services.open_session(user) for _ in range(4)]
    services.end_session(opened[0][0], SessionEnd.REVOKED)
    assert [resolve_session(token) is None for _row, token in opened] == [True, False, False, False]
    assert services.end_sessions(user, SessionEnd.REVOKED, except_id=opened[1][0].id) == 2
    assert [row.id for row in sessions_of(user)] == [opened[1][0].id]
    services.sign_out(opened[1][0].id)
    services.sign_out(opened[1][0].id)
    services.sign_out(10**9 - 1)
    row = user_session(opened[1][0].id)
    assert row is not None
    assert row.end_reason is SessionEnd.SIGNED_OUT
    assert resolve_session(opened[1][1]) is None


@pytest.mark.parametrize("token", ["", "x", "\x00", "ñ" * 5000, "' OR 1=1 --"])
def test_made_up_token_opens_nothing(session: Session, clock: FrozenClock, token: str) -> None:
    services.open_session(make_user())
    assert resolve_session(token) is None


def test_stopping_an_account_ends_its_sessions_now(session: Session, clock: FrozenClock) -> None:
    user = make_user()
    _opened, token = services.open_session(user)
    services.suspend_account(user)
    assert session_facts(token) is None
    services.reinstate_account(user)
    assert session_facts(token) is None
    assert session.scalars(select(UserSession.end_reason)).all() == [SessionEnd.ACCOUNT_STOPPED]
