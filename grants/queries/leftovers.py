"""What was begun and may never be finished."""

from sqlalchemy import exists, or_, select

from core.database import session
from grants.models.held_upload import HeldUpload
from grants.models.partial_upload import PartialUpload
from grants.models.sketch import Sketch
from grants.models.subscription import CallSubscription


def is_anything_left() -> bool:
    """Return whether anything waits that will be forgotten one day."""
    passing = or_(CallSubscription.confirmed_at.is_(None), CallSubscription.ended_at.is_not(None))
    waiting = or_(
        exists(select(HeldUpload.id)),
        exists(select(PartialUpload.id)),
        exists(select(Sketch.id)),
        exists(select(CallSubscription.id).where(passing)),
    )
    return bool(session().scalar(select(waiting)))
