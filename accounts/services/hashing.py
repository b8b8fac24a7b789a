"""Passwords into hashes, with the same work done whether or not there is an account."""

from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.models import User
from accounts.rules.passwords import LONGEST, normal_password
from core.settings import setting

PARALLELISM = 2


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
    known = person.password_hash if person is not None else None
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
