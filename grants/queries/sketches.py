"""What was written before there was an account."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from core.database import session
from grants.models.call import Call
from grants.models.sketch import Sketch


def sketch_of(call: Call, token_sha256: str) -> Sketch | None:
    """Return what the holder of a key wrote for a call, or None."""
    return session().scalar(select(Sketch).where(Sketch.call_id == call.id, Sketch.token_sha256 == token_sha256))


def sketches_begun_since(moment: datetime) -> int:
    """Count the sketches begun since a moment."""
    return session().scalar(select(func.count(Sketch.id)).where(Sketch.created_at >= moment)) or 0


def sketches_left_since(moment: datetime, limit: int = 500) -> Sequence[Sketch]:
    """Return sketches that nobody touched since a moment, oldest first."""
    query = select(Sketch).where(Sketch.updated_at < moment).order_by(Sketch.updated_at, Sketch.id).limit(limit)
    return session().scalars(query).all()
