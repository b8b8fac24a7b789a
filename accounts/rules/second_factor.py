"""One-time codes: which half minute a code belongs to, and what a recovery code looks like."""

import hashlib
import hmac
import re
from collections.abc import Set
from datetime import datetime

import pyotp

from core.roles import SECOND_FACTOR_ROLES, Role

STEP_SECONDS = 30
WINDOW = (0, -1, 1)  # a phone's clock may be half a minute off either way
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: they are mistaken for one another
RECOVERY_LENGTH = 16
_DIGITS = re.compile(r"[0-9]{6}")


def needs_second_factor(roles: Set[Role], *, enrolled: bool) -> bool:
    """Return whether a session must pass the second step: a role demands it, or the person chose it."""
    return enrolled or bool(roles & SECOND_FACTOR_ROLES)


def step_at(moment: datetime) -> int:
    """Return the number of the half minute that `moment` lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, moment: datetime) -> int | None:
    """Return the half minute whose code this is, at most one away from `moment`; None when it is none of them."""
    digits = "".join(code.split())
    if _DIGITS.fullmatch(digits) is None:
        return None
    generator = pyotp.TOTP(secret)
    current = step_at(moment)
    matches = [s for s in (current + w for w in WINDOW) if hmac.compare_digest(generator.generate_otp(s), digits)]
    return matches[0] if matches else None


def normal_recovery_code(text: str) -> str:
    """Return a recovery code without what people add when they copy it."""
    return "".join(c for c in text.upper() if c in RECOVERY_ALPHABET)[: RECOVERY_LENGTH + 1]


def shown_recovery_code(code: str) -> str:
    """Return a code in groups of four, for reading."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def secret_hash(text: str) -> str:
    """Return the hash under which a long random secret is kept; 80 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def setup_address(secret: str, *, email: str, issuer: str) -> str:
    """Return the address that an authenticator application reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)
