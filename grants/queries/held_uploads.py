"""What waits in a form that is not done yet."""

from sqlalchemy import select

from accounts.models import User
from core.database import session
from grants.models.held_upload import HeldUpload


def held_uploads(place: str, user: User) -> dict[str, list[HeldUpload]]:
    """Return the files that a person's unfinished form holds, by control, oldest first."""
    query = select(HeldUpload).where(HeldUpload.place == place, HeldUpload.user_id == user.id).order_by(HeldUpload.id)
    found: dict[str, list[HeldUpload]] = {}
    for held in session().scalars(query):
        found.setdefault(held.slot, []).append(held)
    return found
