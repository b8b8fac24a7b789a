"""Frozen rulebooks, by hash and by call."""

from sqlalchemy import select

from core.database import session
from scoring.models import RulebookVersion


def rulebook_by_digest(sha256: str) -> RulebookVersion | None:
    """Return the rulebook of this hash; of several calls that froze the same one, the first."""
    query = select(RulebookVersion).where(RulebookVersion.sha256 == sha256).order_by(RulebookVersion.id).limit(1)
    return session().scalar(query)


def rulebooks_of_call(call_key: str) -> list[RulebookVersion]:
    """Return every version a call froze, oldest first."""
    query = select(RulebookVersion).where(RulebookVersion.call_key == call_key).order_by(RulebookVersion.version)
    return list(session().scalars(query))
