"""What waits in a form that is not done yet."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from core.database import session
from grants.models.award import ExpenseLine
from grants.models.held_upload import HeldUpload


def held_uploads(place: str, user: User) -> dict[str, list[HeldUpload]]:
    """Return the files that a person's unfinished form holds, by control, oldest first."""
    query = select(HeldUpload).where(HeldUpload.place == place, HeldUpload.user_id == user.id).order_by(HeldUpload.id)
    found: dict[str, list[HeldUpload]] = {}
    for held in session().scalars(query):
        found.setdefault(held.slot, []).append(held)
    return found


def held_before(moment: datetime, limit: int = 500) -> list[HeldUpload]:
    """Return what has been held since before a moment, oldest first."""
    query = select(HeldUpload).where(HeldUpload.held_at < moment).order_by(HeldUpload.held_at, HeldUpload.id)
    return list(session().scalars(query.limit(limit)))


def handed_in(file_ids: Collection[int]) -> frozenset[int]:
    """Return which of these files are held still, or are receipts of a report that was handed in."""
    held = select(HeldUpload.stored_file_id).where(HeldUpload.stored_file_id.in_(file_ids))
    receipts = select(ExpenseLine.receipt_file_id).where(ExpenseLine.receipt_file_id.in_(file_ids))
    return frozenset(session().scalars(held.union(receipts).order_by("stored_file_id")))
