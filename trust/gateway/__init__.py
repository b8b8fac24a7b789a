"""The one file that speaks to the payment company, through its own library. Its neighbours speak to the tax office.

Without keys the same library speaks to a stand-in that introduced itself: only the wire is replaced.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import stripe
from werkzeug.test import Client
from werkzeug.wrappers import Response

from core.money import Money
from core.settings import setting
from trust.errors import ForgedNotice, OrderNotFound, PaymentUnavailable, RefundRefused
from trust.models import Method
from trust.rules.online import (
    History,
    Notice,
    PaymentSession,
    Payout,
    dispute_from,
    notice_from,
    payout_from,
    refund_from,
    session_from,
)

SIGNATURE_TOLERANCE_SECONDS = 300
EXPANDED = ["payment_intent.latest_charge.balance_transaction"]


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
    return session_from(created.to_dict())


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
    with answering():
        found = client().v1.checkout.sessions.retrieve(session_id, params={"expand": EXPANDED})
    return session_from(found.to_dict())


def read_notice(payload: bytes, signature: str) -> Notice:
    """Check a notice's signature over its raw bytes and return what it is about.

    Raises:
        ForgedNotice: the signature is missing, old or not over these bytes, or the body is no event.
    """
    try:
        text = payload.decode("utf-8")
        stripe.WebhookSignature.verify_header(text, signature, webhook_secret(), SIGNATURE_TOLERANCE_SECONDS)
        return notice_from(json.loads(text))
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ForgedNotice() from error  # the last three: what it carries has not the shape of an event


def payment_of_charge(charge_id: str) -> PaymentSession | None:
    """Return the payment page that a charge was made on; None when it was made elsewhere.

    Raises:
        OrderNotFound: the company knows no such charge. PaymentUnavailable: it did not answer.
    """
    with answering():
        intent = client().v1.charges.retrieve(charge_id).to_dict().get("payment_intent")
        if intent is None:
            return None
        expand = [f"data.{path}" for path in EXPANDED]
        found = client().v1.checkout.sessions.list(params={"payment_intent": str(intent), "limit": 1, "expand": expand})
        return next((session_from(one.to_dict()) for one in found.data), None)


def history(charge_id: str) -> History:
    """Return every refund and dispute of a charge, with the movements of our balance they made.

    Raises:
        OrderNotFound: the company knows no such charge. PaymentUnavailable: it did not answer.
    """
    expand = ["data.balance_transaction", "data.failure_balance_transaction"]
    with answering():
        refunds = client().v1.refunds.list(params={"charge": charge_id, "limit": 100, "expand": expand})
        disputes = client().v1.disputes.list(params={"charge": charge_id, "limit": 100})
        return History(
            charge_id,
            tuple(refund_from(one.to_dict()) for one in refunds.auto_paging_iter()),
            tuple(dispute_from(one.to_dict()) for one in disputes.auto_paging_iter()),
        )


def refund(charge_id: str, money: Money, *, key: str) -> str:
    """Ask that part of a charge goes back to whoever paid it; the same key asks once. Returns the refund's id.

    Raises:
        RefundRefused: the company will not. PaymentUnavailable: it did not answer.
    """
    try:
        made = client().v1.refunds.create(
            params={"charge": charge_id, "amount": money.amount_cents, "reason": "requested_by_customer"},
            options={"idempotency_key": key},
        )
    except stripe.InvalidRequestError as error:
        raise RefundRefused(reason=str(error.user_message or "")[:200]) from error
    except stripe.StripeError as error:
        raise PaymentUnavailable() from error
    return str(made.id)


def payout(payout_id: str) -> Payout:
    """Return a payout with the movements it is made of.

    Raises:
        OrderNotFound: the company knows no such payout. PaymentUnavailable: it did not answer.
    """
    with answering():
        found = client().v1.payouts.retrieve(payout_id).to_dict()
        listed = client().v1.balance_transactions.list(params={"payout": payout_id, "limit": 100})
        return payout_from(found, [one.to_dict() for one in listed.auto_paging_iter()])


def notices_since(moment: datetime, kinds: Sequence[str]) -> list[Notice]:
    """Return what of these kinds the company had to tell since a moment, oldest first: for notices that never came.

    Raises:
        PaymentUnavailable: it did not answer.
    """
    with answering():
        listed = client().v1.events.list(
            params={"created": {"gte": int(moment.timestamp())}, "types": list(kinds), "limit": 100}
        )
        found = [notice_from(one.to_dict()) for one in listed.auto_paging_iter()]
    return found[::-1]


@contextmanager
def answering() -> Iterator[None]:
    """Name what the company's library raises.

    Raises:
        OrderNotFound: no such object. PaymentUnavailable: no answer.
    """
    try:
        yield
    except stripe.InvalidRequestError as error:
        raise OrderNotFound() from error
    except stripe.StripeError as error:
        raise PaymentUnavailable() from error
