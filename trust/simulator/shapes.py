"""The objects of the payment company's interface, as far as Puente meets them, and what happens to them."""

import secrets
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from core.clock import SystemClock
from trust.simulator.store import Store

VERSION = "2026-09-30.simulated"
DAY = 86_400
# Share and fixed part of the fee by method, before 16 % tax, as the company publishes them for Mexico.
FEES = {
    "card": (Fraction(36, 1000), 300),
    "oxxo": (Fraction(40, 1000), 300),
    "customer_balance": (Fraction(0), 700),
}
TAX = Fraction(116, 100)
DECLINES = {
    "4000000000000002": ("generic_decline", "card_declined"),
    "4000000000009995": ("insufficient_funds", "card_declined"),
    "4000000000000069": ("expired_card", "expired_card"),
}


def moment() -> int:
    """Return the wall clock in seconds: signatures and expiry on the wire follow the real time, not a frozen one."""
    return int(SystemClock().now().timestamp())


def new_id(prefix: str) -> str:
    """Return an id that looks like the company's in test mode."""
    return f"{prefix}_test_{secrets.token_hex(12)}" if prefix == "cs" else f"{prefix}_{secrets.token_hex(12)}"


def fee_cents(method: str, amount: int) -> int:
    """Return the fee of a payment with its tax, rounded to the cent."""
    share, fixed = FEES[method]
    return round((share * amount + fixed) * TAX)


class InvalidRequest(Exception):  # noqa: N818 (the company's own name for it)
    """A request that the company would answer with an error; `param` names the field."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


def create_session(store: Store, form: Mapping[str, Any], pay_url: str) -> dict[str, Any]:
    """Make a checkout session from the decoded form of a request."""
    lines = form.get("line_items")
    if form.get("mode") != "payment" or not isinstance(lines, list) or len(lines) != 1:
        raise InvalidRequest("Only one line in payment mode is simulated.", "line_items")
    try:
        price = lines[0]["price_data"]
        amount = int(price["unit_amount"]) * int(lines[0]["quantity"])
        currency = str(price["currency"])
        title = str(price["product_data"]["name"])
    except (KeyError, TypeError, ValueError):
        raise InvalidRequest("Invalid line item.", "line_items[0][price_data]") from None
    methods = form.get("payment_method_types", ["card"])
    if len(methods) != 1 or methods[0] not in FEES:
        raise InvalidRequest("Unknown payment method.", "payment_method_types")
    if amount < 1000 or amount > 99_999_999:
        raise InvalidRequest("Amount out of range.", "line_items[0][price_data][unit_amount]")
    if currency != "mxn" and methods[0] != "card":
        raise InvalidRequest("This payment method takes MXN only.", "currency")
    session_id = new_id("cs")
    body = {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "cancel_url": form.get("cancel_url"),
        "client_reference_id": form.get("client_reference_id"),
        "created": moment(),
        "currency": currency,
        "customer": None,
        "customer_email": form.get("customer_email"),
        "expires_at": moment() + DAY,
        "livemode": False,
        "locale": form.get("locale"),
        "metadata": form.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_options": form.get("payment_method_options", {}),
        "payment_method_types": methods,
        "payment_status": "unpaid",
        "status": "open",
        "success_url": form.get("success_url"),
        "ui_mode": "hosted",
        "url": pay_url.replace("SESSION", session_id),
        "_title": title,
    }
    store.put(body)
    return body


def _intent(store: Store, session: dict[str, Any], status: str) -> dict[str, Any]:
    found = store.get(session["payment_intent"]) if session["payment_intent"] else None
    intent = found or {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_received": 0,
        "created": moment(),
        "currency": session["currency"],
        "latest_charge": None,
        "livemode": False,
        "metadata": session["metadata"],
        "payment_method_types": session["payment_method_types"],
    }
    intent["status"] = status
    store.put(intent)
    session["payment_intent"] = intent["id"]
    return intent


def pay(store: Store, session: dict[str, Any]) -> None:
    """Let the money of a session arrive: intent, charge and balance transaction, and the session paid."""
    method = session["payment_method_types"][0]
    amount = session["amount_total"]
    intent = _intent(store, session, "succeeded")
    fee = fee_cents(method, amount)
    charge_id, balance_id = new_id("ch"), new_id("txn")
    store.put(
        {
            "id": balance_id,
            "object": "balance_transaction",
            "amount": amount,
            "created": moment(),
            "currency": session["currency"],
            "fee": fee,
            "fee_details": [{"amount": fee, "currency": session["currency"], "type": "stripe_fee"}],
            "net": amount - fee,
            "source": charge_id,
            "status": "pending",
            "type": "charge",
            "_payout": None,
        }
    )
    store.put(
        {
            "id": charge_id,
            "object": "charge",
            "amount": amount,
            "amount_captured": amount,
            "amount_refunded": 0,
            "balance_transaction": balance_id,
            "created": moment(),
            "currency": session["currency"],
            "livemode": False,
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method_details": {"type": method},
            "refunded": False,
            "status": "succeeded",
        }
    )
    intent.update(amount_received=amount, latest_charge=charge_id)
    store.put(intent)
    session.update(status="complete", payment_status="paid")
    store.put(session)


def wait_for_money(store: Store, session: dict[str, Any]) -> None:
    """Complete a session whose money comes later: a voucher was printed or a transfer was promised."""
    _intent(store, session, "requires_action" if session["payment_method_types"][0] == "oxxo" else "processing")
    session["status"] = "complete"
    store.put(session)


def lose(store: Store, session: dict[str, Any]) -> None:
    """Let a voucher expire or a transfer never come."""
    _intent(store, session, "requires_payment_method")
    store.put(session)


def expire(store: Store, session: dict[str, Any]) -> None:
    """Close an unpaid page for good."""
    session.update(status="expired", url=None)
    store.put(session)


def event(store: Store, kind: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """Write and return the event that something happened to an object, with the object as it is now."""
    body = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": VERSION,
        "created": moment(),
        "data": {"object": shown(about)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    store.put(body)
    return body


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as the interface shows it: without what only the simulator needs."""
    return {name: value for name, value in body.items() if not name.startswith("_")}


def expanded(store: Store, body: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """Replace ids by their objects along dotted paths, as `expand[]` asks."""
    result = shown(body)
    for path in paths:
        here = result
        for name in path.split("."):
            value = here.get(name)
            if isinstance(value, str) and (found := store.get(value)) is not None:
                here[name] = shown(found)
            if not isinstance(here.get(name), dict):
                break
            here = here[name]
    return result
