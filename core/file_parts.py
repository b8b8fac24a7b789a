"""Pieces of a file that is still arriving: in the store like any file, and gone when they are no longer wanted."""

from collections.abc import Iterable

from core.database import session
from core.file_refusals import FileTypeRefused
from core.files import DOOMED, SIGNATURES, bytes_under, clean_name, put


def keep_part(data: bytes, purpose: str) -> str:
    """Put a piece into the store, and return the key it lies under; a rollback takes it away again."""
    return put(data, f"{purpose}-parts")


def join_parts(keys: Iterable[str]) -> bytes:
    """Return the bytes of pieces, one after the other.

    Raises:
        FileNotFoundError: the store lost one.
    """
    return b"".join(map(bytes_under, keys))


def drop_parts(keys: Iterable[str]) -> None:
    """Destroy pieces when this transaction is committed; undone, it leaves them."""
    session().info.setdefault(DOOMED, []).extend(keys)


def check_beginning(start: bytes, filename: str) -> None:
    """Refuse by its first bytes what can never become a file we take.

    Raises:
        FileTypeRefused: it begins like nothing we know.
    """
    if not any(start.startswith(known) or known.startswith(start) for known in SIGNATURES):
        raise FileTypeRefused(name=clean_name(filename))
