"""A lot that nobody can steer and anybody can re-run: committed before, revealed after.

Before: the labels, the named future source of randomness and H^n(secret) are published. After: the secret and the
randomness. Each label's position follows HMAC-SHA256(PRK, label ‖ 0x01), PRK = HMAC-SHA256(H^{n-1}(secret),
randomness), so that a withdrawal moves nobody else. This is the verifiable random selection of draft-thomson-elegy-vrs.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PROTOCOL = "hmac-sha256-chain"


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is published before the randomness exists."""

    labels: tuple[str, ...]
    randomness_source: str
    iterations: int
    digest: str


@dataclass(frozen=True, slots=True)
class Reveal:
    """What is published afterwards: enough, with the commitment, to re-run the lot."""

    secret: bytes
    randomness: str


def as_document(
    promise: Commitment,
    committed_at: datetime,
    *,
    reveal: Reveal | None = None,
    places: Mapping[str, int] | None = None,
    drawn_at: datetime | None = None,
) -> dict[str, Any]:
    """Return a lot as `puente scoring draw verify` reads it: the promise, and once revealed what keeps it."""
    told = {
        "protocol": PROTOCOL,
        "labels": list(promise.labels),
        "randomness_source": promise.randomness_source,
        "iterations": promise.iterations,
        "commitment": promise.digest,
        "committed_at": committed_at.isoformat(),
    }
    if reveal is None or drawn_at is None:
        return told
    drawn = {"secret": reveal.secret.decode(), "randomness": reveal.randomness, "places": dict(places or {})}
    return told | drawn | {"drawn_at": drawn_at.isoformat()}


def chain(secret: bytes, iterations: int) -> bytes:
    """Return SHA-256 applied `iterations` times to `secret`."""
    value = secret
    for _round in range(iterations):
        value = hashlib.sha256(value).digest()
    return value


def commit(labels: Iterable[str], randomness_source: str, secret: bytes, iterations: int) -> Commitment:
    """Return the commitment to a lot among `labels`, which are kept sorted.

    Raises:
        ValueError: a label is repeated or empty, or there are fewer than two iterations.
    """
    ordered = tuple(sorted(labels))
    if len(set(ordered)) != len(ordered) or "" in ordered:
        raise ValueError("labels of a lot are distinct and not empty")
    if iterations < 2:
        raise ValueError("a lot needs at least two iterations")
    return Commitment(ordered, randomness_source, iterations, chain(secret, iterations).hex())


def tickets(labels: Iterable[str], reveal: Reveal, iterations: int) -> dict[str, str]:
    """Return each label's ticket in hexadecimal; it depends on no other label."""
    key = chain(reveal.secret, iterations - 1)
    prk = hmac.new(key, reveal.randomness.encode(), hashlib.sha256).digest()
    return {label: hmac.new(prk, label.encode() + b"\x01", hashlib.sha256).hexdigest() for label in labels}


def draw(commitment: Commitment, reveal: Reveal) -> list[str]:
    """Return the labels in the order of the lot, first drawn first.

    Raises:
        ValueError: the revealed secret is not the one committed to.
    """
    if not opens(commitment, reveal):
        raise ValueError("the revealed secret does not open the commitment")
    drawn = tickets(commitment.labels, reveal, commitment.iterations)
    return sorted(drawn, key=lambda label: (drawn[label], label))


def opens(commitment: Commitment, reveal: Reveal) -> bool:
    """Return whether the secret is the one committed to."""
    return hmac.compare_digest(chain(reveal.secret, commitment.iterations).hex(), commitment.digest)


def verify(commitment: Commitment, reveal: Reveal, published: Mapping[str, int]) -> bool:
    """Return whether `published` (label → place from 1) is what the commitment and the reveal produce."""
    if not opens(commitment, reveal):
        return False
    return dict(published) == {label: place for place, label in enumerate(draw(commitment, reveal), start=1)}
