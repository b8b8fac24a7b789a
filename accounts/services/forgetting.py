"""Forget what signing in left behind, once nobody needs it any more."""

from datetime import timedelta

from sqlalchemy import delete, or_

from accounts.models import EmailToken, SignInAttempt, UserSession
from core.clock import now
from core.database import session

KEPT = timedelta(days=90)
"""How long a session that is over, a link that expired or a failed attempt can still be looked into."""


def forget_old_traces() -> int:
    """Delete sessions, links and attempts that were over long ago; return how many. What still works stays."""
    before = now() - KEPT
    old_session = or_(UserSession.ended_at < before, UserSession.expires_at < before)
    old = (
        delete(UserSession).where(old_session).returning(UserSession.id),
        delete(EmailToken).where(EmailToken.expires_at < before).returning(EmailToken.id),
        delete(SignInAttempt).where(SignInAttempt.at < before).returning(SignInAttempt.id),
    )
    return sum(len(session().scalars(statement).all()) for statement in old)
