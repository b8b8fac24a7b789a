"""What takes long is reckoned in no transaction at all: on SQLite everybody else would wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts import services
from core.context import is_writing, set_writing
from core.database import session


@contextmanager
def apart() -> Iterator[None]:
    """Look things up without holding the database. Nothing may have been written yet; what was read is read again."""
    writing = is_writing()
    session().rollback()
    set_writing(False)
    try:
        yield
    finally:
        session().rollback()
        set_writing(writing)


def weighed_apart(known: str | None, typed: str) -> services.Weighed:
    """Compare a password with a hash."""
    session().rollback()
    return services.weigh_password(known, typed)


def prepared_apart(typed: str, *, email: str, name: str) -> services.Prepared:
    """Check and hash a new password.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: it will not do.
    """
    session().rollback()
    return services.prepare_password(typed, email=email, name=name)
