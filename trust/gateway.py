"""The one file that speaks to the payment company, through its own library.

Without keys the same library speaks to a stand-in that introduced itself: only the wire is replaced.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import stripe
from werkzeug.test import Client
from werkzeug.wrappers import Response

from core.money import Money
from core.settings import setting
from trust.errors import ForgedNotice, OrderNotFound, PaymentUnavailable
from trust.models import Method

SIGNATURE_TOLERANCE_SECONDS = 300
EXPANDED = ["payment_intent.latest_charge.balance_transaction"]


@dataclass(frozen=True, slots=True)
class PaymentSession:
    """A payment as the company tells it now. `fee` and `net` are known once it is paid."""

    id: str
    url: str
    reference: str
    amount: Money
    livemode: bool
    is_paid: bool
    is_expired: bool
    is_complete: bool
    has_failed: bool
    gross: Money | None = None
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed event. It is a hint that something happened to an object, never the truth about it."""

    id: str
    kind: str
    object_id: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands in for the company while there are no keys: a WSGI application and the secret it signs with."""

    api_key: str
    application: Callable[[], Any]
    secret: Callable[[], str]


_stand_ins: list[StandIn] = []


def use_stand_in(stand_in: StandIn) -> None:
    """Let `stand_in` answer in the company's place from now on, where no key is configured."""
    _stand_ins[:] = [stand_in]


def _stand_in() -> StandIn:
    if not _stand_ins:
        raise PaymentUnavailable()
    return _stand_ins[0]


class _Wire(stripe.HTTPClient):
    """Carries the library's requests to the stand-in inside this process."""

    name = "puente-simulator"

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Send one request and return body, status and headers."""
        path = "/" + url.split("/", 3)[3]
        answer = Client(_stand_in().application(), Response).open(
            path, method=method.upper(), headers=dict(headers or {}), data=post_data
        )
        return answer.get_data(as_text=True), answer.status_code, dict(answer.headers)

    def close(self) -> None:
        """Nothing is kept open."""


def is_test_mode() -> bool:
    """Return whether no key is configured and a stand-in answers for the payment company."""
    return not setting("STRIPE_SECRET_KEY")


def is_live() -> bool:
    """Return whether real money moves: a live key is configured."""
    return str(setting("STRIPE_SECRET_KEY")).startswith(("sk_live_", "rk_live_"))


def webhook_secret() -> str:
    """Return the secret that notices are signed with."""
    return _stand_in().secret() if is_test_mode() else str(setting("STRIPE_WEBHOOK_SECRET"))


@lru_cache(maxsize=2)
def _client(key: str) -> stripe.StripeClient:
    if not key:
        return stripe.StripeClient(_stand_in().api_key, http_client=_Wire())
    return stripe.StripeClient(key, max_network_retries=2)


def client() -> stripe.StripeClient:
    """Return the company's own client, with the configured key or on the simulator's wire."""
    return _client(str(setting("STRIPE_SECRET_KEY")))


def open_session(
    *,
    reference: str,
    money: Money,
    method: Method,
    title: str,
    email: str | None,
    language: str,
    success_url: str,
    cancel_url: str,
) -> PaymentSession:
    """Ask for a page where `money` can be paid. `reference` is ours and comes back with the session.

    Raises:
        PaymentUnavailable: the company did not answer or refused.
    """
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": money.currency.lower(),
                    "unit_amount": money.amount_cents,
                    "product_data": {"name": title},
                },
            }
        ],
        "metadata": {"reference": reference},
        "payment_intent_data": {"metadata": {"reference": reference}},
        "locale": "es-419" if language == "es" else "en",
        "success_url": success_url,
        "cancel_url": cancel_url,
        **_method_parameters(method),
    }
    if email:
        params["customer_email"] = email
    if method == Method.SPEI:
        params["customer_creation"] = "always"
    try:
        created = client().v1.checkout.sessions.create(params=params, options={"idempotency_key": reference})  # type: ignore[arg-type]
    except stripe.StripeError as error:
        raise PaymentUnavailable() from error
    return _session(created.to_dict())


def _method_parameters(method: Method) -> dict[str, Any]:
    if method == Method.OXXO:
        return {"payment_method_types": ["oxxo"], "payment_method_options": {"oxxo": {"expires_after_days": 3}}}
    if method == Method.SPEI:
        transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "mx_bank_transfer"}}
        return {
            "payment_method_types": ["customer_balance"],
            "payment_method_options": {"customer_balance": transfer},
        }
    return {"payment_method_types": ["card"]}


def payment_session(session_id: str) -> PaymentSession:
    """Return a payment as it is now.

    Raises:
        OrderNotFound: the company knows no such session. PaymentUnavailable: it did not answer.
    """
    try:
        found = client().v1.checkout.sessions.retrieve(session_id, params={"expand": EXPANDED})
    except stripe.InvalidRequestError as error:
        raise OrderNotFound() from error
    except stripe.StripeError as error:
        raise PaymentUnavailable() from error
    return _session(found.to_dict())


def read_notice(payload: bytes, signature: str) -> Notice:
    """Check a notice's signature over its raw bytes and return what it is about.

    Raises:
        ForgedNotice: the signature is missing, old or not over these bytes, or the body is no event.
    """
    try:
        text = payload.decode("utf-8")
        stripe.WebhookSignature.verify_header(text, signature, webhook_secret(), SIGNATURE_TOLERANCE_SECONDS)
        event = json.loads(text)
        about = event["data"]["object"]
        return Notice(str(event["id"]), str(event["type"]), str(about["id"]), bool(event["livemode"]))
    except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise ForgedNotice() from error


def _session(raw: Mapping[str, Any]) -> PaymentSession:
    currency = str(raw["currency"]).upper()
    intent = raw.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
    balance = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    gross = fee = None
    if isinstance(balance, Mapping):
        settled = str(balance["currency"]).upper()
        gross, fee = Money(int(balance["amount"]), settled), Money(int(balance["fee"]), settled)
    failed = isinstance(intent, Mapping) and intent.get("status") in ("requires_payment_method", "canceled")
    return PaymentSession(
        id=str(raw["id"]),
        url=str(raw.get("url") or ""),
        reference=str(raw.get("client_reference_id") or ""),
        amount=Money(int(raw["amount_total"]), currency),
        livemode=bool(raw["livemode"]),
        is_paid=raw.get("payment_status") == "paid",
        is_expired=raw.get("status") == "expired",
        is_complete=raw.get("status") == "complete",
        has_failed=raw.get("status") == "complete" and raw.get("payment_status") != "paid" and failed,
        gross=gross,
        fee=fee,
    )
