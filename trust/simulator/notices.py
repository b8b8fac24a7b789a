"""Sign an event as the payment company does, and carry it to our door by HTTP."""

import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from core.settings import setting
from trust.simulator.shapes import moment

Deliverer = Callable[[str, bytes, Mapping[str, str]], int]
TRIES_AFTER_SECONDS = (0.0, 1.0, 5.0, 20.0)


def sign(payload: bytes, secret: str, at: int | None = None) -> str:
    """Return the `Stripe-Signature` header over these bytes: HMAC-SHA256 of "time.body"."""
    time = moment() if at is None else at
    mac = hmac.new(secret.encode(), f"{time}.".encode() + payload, hashlib.sha256)
    return f"t={time},v1={mac.hexdigest()}"


def _post(url: str, payload: bytes, headers: Mapping[str, str]) -> int:
    request = urllib.request.Request(url, data=payload, headers=dict(headers), method="POST")  # noqa: S310 (our own PUBLIC_URL)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0


def _post_in_background(url: str, payload: bytes, headers: Mapping[str, str]) -> int:
    """Deliver after the page has answered: the server that must receive the notice may be the one still busy."""

    def deliver() -> None:
        pause = threading.Event()
        for seconds in TRIES_AFTER_SECONDS:
            pause.wait(seconds)
            if 200 <= _post(url, payload, headers) < 300:
                return

    threading.Thread(target=deliver, daemon=True, name="simulator-notice").start()
    return 202


_deliverer: Deliverer = _post_in_background


def set_deliverer(deliverer: Deliverer) -> Deliverer:
    """Carry notices another way from now on (tests hand them to a client) and return the way before."""
    global _deliverer
    previous, _deliverer = _deliverer, deliverer
    return previous


def send(event: Mapping[str, Any], secret: str) -> int:
    """Sign an event and hand it to whoever delivers."""
    payload = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": sign(payload, secret)}
    return _deliverer(f"{setting('PUBLIC_URL')}/stripe/avisos", payload, headers)
