"""What was sent, in one canonical form whose SHA-256 anyone can compute again (RFC 8785)."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of `content`: same values, same bytes, whatever the order they were written in."""
    return rfc8785.dumps(dict(content))


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return digest_of(canonical(content))


def digest_of(sealed: bytes) -> str:
    """Return the SHA-256 of bytes that are canonical already."""
    return hashlib.sha256(sealed).hexdigest()
