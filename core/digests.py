"""One fingerprint of many rows, the same on SQLite and PostgreSQL, without holding them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any


def digest_rows(rows: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """Return how many rows there are, and the SHA-256 of their values in their order."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        count += 1
        digest.update(json.dumps(list(row), sort_keys=True, ensure_ascii=False, default=_plain).encode() + b"\n")
    return count, digest.hexdigest()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)  # a moment is a date, too
