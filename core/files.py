"""Files of unknown people, taken in by content and kept under names we choose.

Only PDF, JPEG and PNG come in: the signature must stand at the first byte, and a second library must open it.
"""

import hashlib
import io
import logging
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import IO, Any, cast

import obstore
import pikepdf
from obstore.exceptions import BaseError
from obstore.store import from_url
from PIL import Image
from sqlalchemy import BigInteger, CheckConstraint, String, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import antivirus
from core.antivirus import Scanned
from core.clock import now
from core.database import Base, UtcDateTime, session
from core.file_refusals import (
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileInfected,
    FileTooLarge,
    FileTypeRefused,
    FileWithheld,
    TooManyPages,
)
from core.jobs import enqueue
from core.keeping import keep
from core.settings import setting

SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
LARGEST_PIXELS = 60_000_000
PART_BYTES = 1 << 20
WRITTEN = "files_written"  # in the session's notes: what this transaction put into the store
DOOMED = "files_doomed"  # and what it wants gone, once it is sure to have happened
SCAN = "core.scan_file"  # the work done in core/scanning.py
log = logging.getLogger("puente.files")


class StoreUnavailable(Exception):  # noqa: N818 (named for what happened)
    """The file store took no file: it is full, gone or closed to us. Nobody's input is to blame."""


class StoredFile(Base):
    """A file's facts; its bytes lie in the object store under `key`. Only what the scanner said ever changes."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size_bytes > 0", name="size_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(80))
    original_name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(60))
    pages: Mapped[int | None]
    scanned: Mapped[str] = mapped_column(String(20), default=Scanned.NEVER.value)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scanned_by: Mapped[str | None] = mapped_column(String(80))
    virus: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_withheld(self) -> bool:
        """Whether nobody may be given the bytes."""
        return self.scanned in (Scanned.WAITING, Scanned.INFECTED)


keep("stored_file", ("key", "sha256", "size_bytes", "content_type", "purpose", "created_at"), unique=("id", "key"))


@lru_cache(maxsize=4)
def _store(url: str) -> Any:
    if url.startswith("file://"):
        return from_url(url, mkdir=True)
    return from_url(url)


def store_upload(
    content: bytes | IO[bytes],
    filename: str,
    *,
    purpose: str,
    max_bytes: int | None = None,
    max_pages: int | None = None,
) -> StoredFile:
    """Take in what a person sent, and refuse by name what is not what it should be.

    A PDF has as many pages as `max_pages` says, or the setting where a file is of the usual size too.

    Raises:
        FileTooLarge, FileEmpty, FileTypeRefused, FileEncrypted, FileBroken, TooManyPages, FileInfected: nothing was
            kept.
    """
    limit = max_bytes or int(setting("MAX_UPLOAD_BYTES"))
    data = content if isinstance(content, bytes) else content.read(limit + 1)
    name = clean_name(filename)
    if len(data) > limit:
        raise FileTooLarge(name=name, limit=round(limit / 1_000_000, 1))
    if not data:
        raise FileEmpty(name=name)
    content_type = _content_type(data, name)
    pages = _pages(data, name) if content_type == "application/pdf" else None
    if pages is None:
        _check_image(data, name)
    most_pages = int(setting("MAX_UPLOAD_PAGES")) if max_pages is None and max_bytes is None else max_pages
    if most_pages is not None and pages is not None and pages > most_pages:
        raise TooManyPages(name=name, pages=pages, limit=most_pages)
    if not antivirus.is_configured():
        return _keep(data, name, content_type, purpose, pages)
    finding = antivirus.try_scan(data)
    if finding is not None and finding.virus:
        raise FileInfected(name=name, virus=finding.virus)
    stored = _keep(data, name, content_type, purpose, pages)
    if finding is None:
        stored.scanned = Scanned.WAITING
        enqueue(SCAN, {"file_id": stored.id})
    else:
        stored.scanned, stored.scanned_at, stored.scanned_by = Scanned.CLEAN, now(), finding.scanner
    session().flush()
    return stored


def store_generated(data: bytes, filename: str, content_type: str, purpose: str) -> StoredFile:
    """Keep a file that Puente itself made."""
    return _keep(data, clean_name(filename), content_type, purpose, None)


def store_stream(stream: IO[bytes], filename: str, content_type: str, purpose: str) -> StoredFile:
    """Keep a file that Puente itself wrote aside, however large: it is read in parts and never held whole."""
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while part := stream.read(PART_BYTES):
        digest.update(part)
        size += len(part)
    stream.seek(0)
    return _keep(stream, clean_name(filename), content_type, purpose, None, sha256=digest.hexdigest(), size_bytes=size)


def read_parts(stored: StoredFile) -> Iterator[bytes]:
    """Yield a file's bytes in parts, for what may be too large to hold.

    Raises:
        FileNotFoundError: the store lost it; said before the first part.
        FileWithheld: the antivirus has not called it clean.
    """
    if stored.is_withheld:
        raise FileWithheld(name=stored.original_name)
    found = cast(Any, obstore.get(_store(setting("FILES_URL")), stored.key))
    return (bytes(part) for part in found.stream(min_chunk_size=PART_BYTES))


def read(stored: StoredFile) -> bytes:
    """Return a file's bytes.

    Raises:
        FileNotFoundError: the store lost it; the caller cannot mend that.
        FileWithheld: the antivirus has not called it clean.
    """
    if stored.is_withheld:
        raise FileWithheld(name=stored.original_name)
    return bytes_under(stored.key)


def bytes_under(key: str) -> bytes:
    """Return what the store holds under a key.

    Raises:
        FileNotFoundError: nothing.
    """
    return bytes(cast(Any, obstore.get(_store(setting("FILES_URL")), key)).bytes())


def forget(stored: StoredFile) -> None:
    """Destroy the bytes; the row stays as the record that there was a file."""
    obstore.delete(_store(setting("FILES_URL")), stored.key)


def is_gone(stored: StoredFile) -> bool:
    """Return whether the store holds no bytes of a file any more."""
    try:
        obstore.head(_store(setting("FILES_URL")), stored.key)
    except FileNotFoundError:
        return True
    return False


def clean_name(filename: str) -> str:
    """Return a display name without paths, control characters or tricks of direction; never used as a key."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in base if c.isprintable() and c not in '<>:"|?*\u202e\u202d\u2066\u2067')
    return kept.strip(". ")[-120:] or "archivo"


def _keep(
    data: bytes | IO[bytes],
    name: str,
    content_type: str,
    purpose: str,
    pages: int | None,
    *,
    sha256: str = "",
    size_bytes: int = 0,
) -> StoredFile:
    key = put(data, purpose)
    stored = StoredFile(
        key=key,
        sha256=hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else sha256,
        size_bytes=len(data) if isinstance(data, bytes) else size_bytes,
        content_type=content_type,
        original_name=name,
        purpose=purpose,
        pages=pages,
        created_at=now(),
    )
    session().add(stored)
    session().flush()
    return stored


def put(data: bytes | IO[bytes], purpose: str) -> str:
    """Put bytes into the store and return the key they lie under; a rollback takes them away again."""
    key = f"{purpose}/{secrets.token_hex(2)}/{secrets.token_hex(16)}"
    try:
        # One part of a stream at a time: twelve at once, the library's habit, would be sixty megabytes.
        obstore.put(_store(setting("FILES_URL")), key, data, max_concurrency=1)
    except (BaseError, OSError) as error:
        raise StoreUnavailable(str(error)) from error
    session().info.setdefault(WRITTEN, []).append(key)
    return key


@event.listens_for(Session, "after_commit")
def _keep_written(of: Session) -> None:
    if of.get_nested_transaction() is None:
        of.info.pop(WRITTEN, None)
        _delete(of.info.pop(DOOMED, ()), "a file that was given up is left over: %s (%s)")


@event.listens_for(Session, "after_rollback")
def _drop_written(of: Session) -> None:
    # The row that named the file is gone: without this the bytes would lie in the store for ever, known to nobody.
    if of.get_nested_transaction() is None:
        of.info.pop(DOOMED, None)
        _delete(of.info.pop(WRITTEN, ()), "a file of a transaction that was undone is left over: %s (%s)")


def _delete(keys: Iterable[str], trouble: str) -> None:
    for key in keys:
        try:
            obstore.delete(_store(setting("FILES_URL")), key)
        except FileNotFoundError:
            continue
        except (BaseError, OSError) as error:
            log.warning(trouble, key, error)


def _content_type(data: bytes, name: str) -> str:
    # Signatures only count at offset 0: a polyglot that hides a PDF further in is not a PDF here.
    for signature, content_type in SIGNATURES.items():
        if data.startswith(signature):
            return content_type
    raise FileTypeRefused(name=name)


def _pages(data: bytes, name: str) -> int:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise FileEncrypted(name=name)
            if not len(pdf.pages):
                raise FileBroken(name=name)
            return len(pdf.pages)
    except pikepdf.PasswordError:
        raise FileEncrypted(name=name) from None
    except (pikepdf.PdfError, RuntimeError, ValueError):
        raise FileBroken(name=name) from None


def _check_image(data: bytes, name: str) -> None:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > LARGEST_PIXELS:
                raise FileBroken(name=name)
            image.verify()
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.format == "JPEG":  # verify() reads no pixels of a JPEG; an eighth of them shows where it ends
                image.draft("L", (image.width // 8, image.height // 8))
                image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileBroken(name=name) from None
