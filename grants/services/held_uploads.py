"""Keep the files of a form whose other fields were refused, until it is sent whole or they are taken off."""

from collections.abc import Collection, Iterable, Mapping, Sized
from datetime import timedelta

from accounts.models import User
from core.clock import now
from core.database import session
from core.files import StoredFile
from core.files import forget as destroy
from grants.errors.calls import TooManyHeldFiles
from grants.models.held_upload import HeldUpload
from grants.queries.held_uploads import handed_in, held_before, held_uploads
from grants.services.forgetting import plan_forgetting

MOST_HELD = 80
KEPT = timedelta(days=90)


def hold_upload(place: str, slot: str, user: User, stored_file: StoredFile, *, replacing: bool = False) -> HeldUpload:
    """Keep a file for an unfinished form; with `replacing`, in the stead of what its control held.

    Raises:
        TooManyHeldFiles: the form holds as many as it may.
    """
    held = held_uploads(place, user)
    if replacing:
        release_uploads(held.pop(slot, ()))
    _ensure_room(held)
    kept = HeldUpload(
        place=place,
        slot=slot,
        user_id=user.id,
        stored_file_id=stored_file.id,
        stored_file=stored_file,
        held_at=now(),
    )
    session().add(kept)
    session().flush()
    plan_forgetting()
    return kept


def held_already(
    place: str, slot: str, user: User, *, size_bytes: int, sha256: str | None, replacing: bool = False
) -> HeldUpload | None:
    """Return what a control holds of the very same file; None when it has yet to come.

    Raises:
        TooManyHeldFiles: it has, and the form holds as many as it may.
    """
    held = held_uploads(place, user)
    for upload in held.get(slot, ()):
        if (upload.stored_file.size_bytes, upload.stored_file.sha256) == (size_bytes, sha256):
            return upload
    if replacing:
        held.pop(slot, None)
    _ensure_room(held)
    return None


def _ensure_room(held: Mapping[str, Sized]) -> None:
    if sum(map(len, held.values())) >= MOST_HELD:
        raise TooManyHeldFiles(most=MOST_HELD)


def drop_uploads(place: str, user: User, numbers: Collection[int]) -> int:
    """Take files off a person's unfinished form; numbers of other forms and people say nothing. Return how many."""
    mine = [held for files in held_uploads(place, user).values() for held in files if held.id in numbers]
    release_uploads(mine)
    return len(mine)


def release_uploads(held: Iterable[HeldUpload]) -> None:
    """Hold files no longer: they were taken off, or belong to what was sent now."""
    for upload in held:
        session().delete(upload)
    session().flush()


def forget_old_uploads() -> int:
    """Let go of what waited ninety days in a form that nobody sent; return how many.

    Their bytes are destroyed, except those of a receipt that a report handed in before shows as well.
    """
    gone = 0
    while old := held_before(now() - KEPT):
        files = {upload.stored_file_id: upload.stored_file for upload in old}
        release_uploads(old)
        for number in sorted(set(files) - handed_in(files)):
            destroy(files[number])
        gone += len(old)
    return gone
