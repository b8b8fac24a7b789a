"""Take a file in piece by piece, so that a line that breaks costs the last piece and not the whole file."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from accounts.models import User
from core.clock import now
from core.database import session
from core.file_parts import check_beginning, drop_parts, join_parts, keep_part
from core.files import FileEmpty, FileTooLarge, clean_name, store_upload
from core.settings import setting
from grants.errors.calls import TooManyFiles, UnknownQuestion
from grants.errors.uploads import PartOutOfOrder, PartTooLong, TooManyUploads, UploadDamaged, UploadTooLate
from grants.models import Application, PartialUpload
from grants.queries.calls import accepts_now
from grants.queries.partial_uploads import same_upload, unfinished_uploads, untouched_since, uploads_to
from grants.rules import form
from grants.services.applications import ensure_editable
from grants.services.attachments import LARGEST_FILES, attach_file
from grants.services.forgetting import plan_forgetting

PURPOSE = "application"
MOST_WAITING = 10  # files half sent by one person
MAKES_ROOM = timedelta(hours=1)  # untouched for this long, one gives way to another
KEPT = timedelta(days=3)


def begin_upload(
    application: Application, user: User, question_id: str, *, name: str, size_bytes: int, sha256: str | None = None
) -> PartialUpload:
    """Say that a file is coming, or find out how much of it has come. The caller holds the application.

    With its SHA-256 the same file goes on where it stood, on any device and after any pause.

    Raises:
        NotEditable, UploadTooLate: no longer. UnknownQuestion: the form asks for no such file.
        FileEmpty, FileTooLarge, TooManyFiles, TooManyUploads: not this one.
    """
    name = clean_name(name)
    _ensure_wanted(application, question_id, name)
    limit = int(setting("MAX_UPLOAD_BYTES"))
    if size_bytes < 1:
        raise FileEmpty(name=name)
    if size_bytes > limit:
        raise FileTooLarge(name=name, limit=round(limit / 1_000_000, 1))
    found = same_upload(application, user, question_id, size_bytes, sha256) if sha256 else None
    if found is not None and (found.attachment is None or found.attachment.detached_at is None):
        return found
    if len(application.attachments) >= LARGEST_FILES:
        raise TooManyFiles(most=LARGEST_FILES)
    _make_room(user)
    moment = now()
    upload = PartialUpload(
        application=application,
        question_id=question_id,
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


def take_part(upload: PartialUpload, offset: int, data: bytes) -> None:
    """Take in the next piece; with the last one the file answers its question. The caller holds the application.

    A piece that has come before changes nothing: its answer may have been lost on the way.

    Raises:
        PartOutOfOrder: it does not follow the last one.
        PartTooLong, FileTypeRefused, UploadDamaged, NotEditable, UploadTooLate, and what `store_upload` and
        `attach_file` raise: this upload comes to nothing.
    """
    if offset + len(data) <= upload.received_bytes and offset >= 0 and data:
        return
    _ensure_wanted(upload.application, upload.question_id, upload.name)
    if offset != upload.received_bytes or not data:
        raise PartOutOfOrder(offset=upload.received_bytes)
    if offset + len(data) > upload.size_bytes:
        raise PartTooLong(name=upload.name)
    if offset == 0:
        check_beginning(data, upload.name)
    upload.touched_at = now()
    if offset + len(data) < upload.size_bytes:
        upload.parts = [*upload.parts, keep_part(data, PURPOSE)]
        upload.received_bytes = offset + len(data)
        session().flush()
        return
    whole = join_parts(upload.parts) + data
    if len(whole) != upload.size_bytes or upload.sha256 not in (None, hashlib.sha256(whole).hexdigest()):
        raise UploadDamaged(name=upload.name)
    attachment = attach_file(upload.application, upload.question_id, store_upload(whole, upload.name, purpose=PURPOSE))
    drop_parts(upload.parts)
    upload.parts, upload.received_bytes, upload.attachment = [], upload.size_bytes, attachment
    session().flush()


def give_up_upload(upload: PartialUpload) -> None:
    """Forget a file on its way. One that has arrived stays where it is."""
    _forget([upload])


def forget_uploads_to(application: Application) -> None:
    """Forget every file on its way to an application."""
    _forget(uploads_to(application))


def forget_stale_uploads() -> int:
    """Forget what nobody went on sending for three days; return how many."""
    gone = 0
    while old := untouched_since(now() - KEPT):
        _forget(old)
        gone += len(old)
    return gone


def _ensure_wanted(application: Application, question_id: str, name: str) -> None:
    item = form.question(application.call.form, question_id)
    if item is None or item["type"] != "file":
        raise UnknownQuestion(question=question_id[:60])
    if not accepts_now(application.call):
        raise UploadTooLate(name=name)
    ensure_editable(application)


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
