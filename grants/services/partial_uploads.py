"""Take a file in piece by piece, so that a line that breaks costs the last piece and not the whole file."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from accounts.models import User
from core.clock import now
from core.database import session
from core.file_parts import check_beginning, drop_parts, join_parts, keep_part
from core.file_refusals import FileEmpty, FileTooLarge
from core.files import clean_name, store_upload
from core.settings import setting
from grants.errors.uploads import PartOutOfOrder, PartTooLong, TooManyUploads, UploadDamaged
from grants.models import Application, HeldUpload, PartialUpload, UploadPurpose
from grants.queries.partial_uploads import same_upload, unfinished_uploads, untouched_since, uploads_to
from grants.services.forgetting import plan_forgetting
from grants.services.upload_places import upload_place

MOST_WAITING = 10  # files half sent by one person
MAKES_ROOM = timedelta(hours=1)  # untouched for this long, one gives way to another
KEPT = timedelta(days=3)


def begin_upload(
    application: Application,
    user: User,
    slot: str,
    *,
    name: str,
    size_bytes: int,
    sha256: str | None = None,
    purpose: UploadPurpose = UploadPurpose.APPLICATION,
) -> PartialUpload | HeldUpload:
    """Say that a file is coming, or find out how much of it has come. The caller holds the application.

    With its SHA-256 the same file goes on where it stood, on any device and after any pause; one that its form holds
    already is returned as it is held.

    Raises:
        NotEditable, UploadTooLate, CureClosed, ReportPending: no longer. UnknownQuestion: nobody asks for such a file.
        FileEmpty, FileTooLarge, TooManyFiles, TooManyHeldFiles, TooManyUploads: not this one.
    """
    name = clean_name(name)
    place = upload_place(application, purpose)
    place.ensure_wanted(slot, name)
    limit = int(setting("MAX_UPLOAD_BYTES"))
    if size_bytes < 1:
        raise FileEmpty(name=name)
    if size_bytes > limit:
        raise FileTooLarge(name=name, limit=round(limit / 1_000_000, 1))
    found = same_upload(application, user, purpose, slot, size_bytes=size_bytes, sha256=sha256) if sha256 else None
    if found is not None and (found.attachment is None or found.attachment.detached_at is None):
        return found
    waits = place.already(slot, user, size_bytes, sha256)
    if waits is not None:
        return waits
    _make_room(user)
    moment = now()
    upload = PartialUpload(
        application=application,
        purpose=purpose,
        slot=slot,
        user_id=user.id,
        name=name,
        size_bytes=size_bytes,
        sha256=sha256,
        received_bytes=0,
        parts=[],
        begun_at=moment,
        touched_at=moment,
    )
    session().add(upload)
    session().flush()
    plan_forgetting()
    return upload


def take_part(upload: PartialUpload, user: User, offset: int, data: bytes) -> PartialUpload | HeldUpload:
    """Take in the next piece; with the last one the file answers its question, or its form holds it.

    A piece that has come before changes nothing: its answer may have been lost on the way. The caller holds the
    application.

    Raises:
        PartOutOfOrder: it does not follow the last one.
        PartTooLong, FileTypeRefused, UploadDamaged, and what `begin_upload`, `store_upload` and `attach_file` raise:
        this upload comes to nothing.
    """
    if offset + len(data) <= upload.received_bytes and offset >= 0 and data:
        return upload
    purpose = UploadPurpose(upload.purpose)
    place = upload_place(upload.application, purpose)
    place.ensure_wanted(upload.slot, upload.name)
    if offset != upload.received_bytes or not data:
        raise PartOutOfOrder(offset=upload.received_bytes)
    if offset + len(data) > upload.size_bytes:
        raise PartTooLong(name=upload.name)
    if offset == 0:
        check_beginning(data, upload.name)
    upload.touched_at = now()
    if offset + len(data) < upload.size_bytes:
        upload.parts = [*upload.parts, keep_part(data, purpose)]
        upload.received_bytes = offset + len(data)
        session().flush()
        return upload
    whole = join_parts(upload.parts) + data
    if len(whole) != upload.size_bytes or upload.sha256 not in (None, hashlib.sha256(whole).hexdigest()):
        raise UploadDamaged(name=upload.name)
    taken = place.receive(upload.slot, user, store_upload(whole, upload.name, purpose=purpose))
    if isinstance(taken, HeldUpload):
        _forget([upload])
        return taken
    drop_parts(upload.parts)
    upload.parts, upload.received_bytes, upload.attachment = [], upload.size_bytes, taken
    session().flush()
    return upload


def give_up_upload(upload: PartialUpload) -> None:
    """Forget a file on its way. One that has arrived stays where it is."""
    _forget([upload])


def forget_uploads_to(application: Application, purpose: UploadPurpose | None = None) -> None:
    """Forget every file on its way to an application, or those for one purpose that is over."""
    _forget(uploads_to(application, purpose))


def forget_stale_uploads() -> int:
    """Forget what nobody went on sending for three days; return how many."""
    gone = 0
    while old := untouched_since(now() - KEPT):
        _forget(old)
        gone += len(old)
    return gone


def _make_room(user: User) -> None:
    waiting = unfinished_uploads(user)
    idle = [upload for upload in waiting if upload.touched_at < now() - MAKES_ROOM]
    excess = len(waiting) - MOST_WAITING + 1
    if excess > len(idle):
        raise TooManyUploads(most=MOST_WAITING)
    _forget(idle[: max(excess, 0)])


def _forget(uploads: Iterable[PartialUpload]) -> None:
    for upload in uploads:
        drop_parts(upload.parts)
        session().delete(upload)
    session().flush()
