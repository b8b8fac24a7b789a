"""Passwords into hashes, with the same work done whether or not there is an account."""

from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.models import User
from accounts.rules.passwords import LONGEST, check_password, normal_password
from core.settings import setting

PARALLELISM = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new password and its hash: made before the transaction, since it takes long."""

    password: str
    hashed: str


def prepare_password(typed: str, *, email: str, name: str) -> Prepared:
    """Check a new password and hash it.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: it will not do.
    """
    password = check_password(typed, email=email, name=name)
    return Prepared(password, hash_password(password))


def hash_of(password: str, prepared: Prepared | None) -> str:
    """Return the hash of a password that was checked; what was prepared counts only for the very same one."""
    if prepared is not None and prepared.password == password:
        return prepared.hashed
    return hash_password(password)


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password that was already checked."""
    return _hasher()[0].hash(password)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a typed password is worth against one hash: reckoned before the transaction, since it takes long."""

    against: str | None
    typed: str
    right: bool


def weigh_password(known: str | None, typed: str) -> Weighed:
    """Compare a typed password with a hash; costs the same without one as with one."""
    hasher, dummy = _hasher()
    try:
        hasher.verify(known or dummy, normal_password(typed[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return Weighed(known, typed, right=False)
    return Weighed(known, typed, right=known is not None and len(typed) <= LONGEST)


def verify_password(person: User | None, typed: str, weighed: Weighed | None = None) -> bool:
    """Return whether `typed` is the person's password; costs the same for nobody as for somebody.

    What was weighed before counts only for the very same password against the very same hash.
    """
    return is_right(person.password_hash if person is not None else None, typed, weighed)


def is_right(known: str | None, typed: str, weighed: Weighed | None = None) -> bool:
    """Return whether `typed` is the password behind a hash, as `verify_password` does."""
    if weighed is None or (weighed.against, weighed.typed) != (known, typed):
        weighed = weigh_password(known, typed)
    return weighed.right


def needs_new_hash(person: User) -> bool:
    """Return whether the hash was made with cheaper parameters than today's."""
    return person.password_hash is not None and _hasher()[0].check_needs_rehash(person.password_hash)


def _hasher() -> tuple[PasswordHasher, str]:
    return _hasher_for(setting("ARGON2_TIME_COST"), setting("ARGON2_MEMORY_KIB"))


@lru_cache(maxsize=4)
def _hasher_for(time_cost: int, memory_kib: int) -> tuple[PasswordHasher, str]:
    hasher = PasswordHasher(time_cost=time_cost, memory_cost=max(memory_kib, 8 * PARALLELISM), parallelism=PARALLELISM)
    return hasher, hasher.hash("nobody's password")
