"""Signed-in browsers: opened, seen, renewed and ended."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update

from accounts.models import DEVICE_LENGTH, SessionEnd, User, UserSession
from accounts.rules.second_factor import needs_second_factor, secret_hash
from core.audit import record
from core.clock import now
from core.database import session
from core.settings import setting

PENDING_LIFETIME = timedelta(minutes=15)  # between the password and the code


def open_session(
    person: User, *, address: str = "", device: str = "", second_factor_passed: bool = False
) -> tuple[UserSession, str]:
    """Start a session and return it with its token, which is kept nowhere else.

    Without `second_factor_passed`, a person who needs a second factor gets a short session that opens nothing yet.
    """
    token, moment = secrets.token_urlsafe(32), now()
    pending = needs_second_factor(person.roles, enrolled=person.has_second_factor) and not second_factor_passed
    opened = UserSession(
        user_id=person.id,
        token_hash=secret_hash(token),
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + PENDING_LIFETIME if pending else _latest_end(moment),
        second_factor_at=moment if second_factor_passed else None,
        device="".join(character for character in device if character.isprintable())[:DEVICE_LENGTH],
        address=address[:45],
    )
    session().add(opened)
    session().flush()
    record("session.opened", "user_account", person.id, None, {"session": opened.id, "pending": pending})
    return opened, token


def touch_session(session_id: int) -> None:
    """Note that a session was used now."""
    session().execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now()))


def complete_session(opened: UserSession) -> str:
    """Note that the second factor was passed; return the new token, since the old one knew less."""
    token, moment = secrets.token_urlsafe(32), now()
    opened.token_hash, opened.second_factor_at, opened.last_seen_at = secret_hash(token), moment, moment
    opened.expires_at, opened.pending_totp_secret = _latest_end(moment), None
    session().flush()
    return token


def end_session(opened: UserSession, reason: SessionEnd) -> None:
    """End one session; one that is over already stays as it ended."""
    if opened.ended_at is None:
        opened.ended_at, opened.end_reason, opened.pending_totp_secret = now(), reason, None
        session().flush()
        record("session.ended", "user_account", opened.user_id, None, {"session": opened.id, "reason": reason.value})


def end_sessions(person: User, reason: SessionEnd, *, except_id: int | None = None) -> int:
    """End every session of a person, but for one; return how many were ended."""
    ended = session().execute(
        update(UserSession)
        .where(UserSession.user_id == person.id, UserSession.ended_at.is_(None), UserSession.id != (except_id or 0))
        .values(ended_at=now(), end_reason=reason, pending_totp_secret=None)
        .returning(UserSession.id)
    )
    numbers = sorted(ended.scalars())
    if numbers:
        record("session.ended", "user_account", person.id, None, {"sessions": numbers, "reason": reason.value})
    return len(numbers)


def _latest_end(moment: datetime) -> datetime:
    return moment + timedelta(days=setting("SESSION_DAYS"))
