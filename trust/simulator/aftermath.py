"""What happens to a charge afterwards: refunds, disputes, deposits, each with the movements of the balance it makes."""

from collections.abc import Mapping
from typing import Any

from trust.simulator.shapes import InvalidRequest, moment, new_id, shown
from trust.simulator.store import Store

DISPUTE_FEE_CENTS = 34_800


def _balance(store: Store, kind: str, amount: int, fee: int, source: str) -> dict[str, Any]:
    body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "created": moment(),
        "currency": "mxn",
        "fee": fee,
        "fee_details": [{"amount": fee, "currency": "mxn", "type": "stripe_fee"}] if fee else [],
        "net": amount - fee,
        "source": source,
        "status": "available",
        "type": kind,
        "_payout": None,
    }
    store.put(body)
    return body


def refund(store: Store, form: Mapping[str, Any]) -> dict[str, Any]:
    """Give back part of a charge at once. The fee of the charge stays with the company."""
    charge = store.get(str(form.get("charge", "")))
    if charge is None:
        raise InvalidRequest("No such charge.", "charge")
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(form.get("amount", left))
    if charge["payment_method_details"]["type"] == "oxxo":
        raise InvalidRequest("This payment method does not support refunds.", "charge")
    if charge.get("disputed"):
        raise InvalidRequest("This charge has been charged back.", "charge")
    if not 0 < amount <= left:
        raise InvalidRequest("Refund amount is greater than the unrefunded amount on the charge.", "amount")
    refund_id = new_id("re")
    balance = _balance(store, "refund", -amount, 0, refund_id)
    body = {
        "id": refund_id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": balance["id"],
        "charge": charge["id"],
        "created": moment(),
        "currency": charge["currency"],
        "failure_balance_transaction": None,
        "payment_intent": charge["payment_intent"],
        "reason": form.get("reason"),
        "status": "succeeded",
    }
    store.put(body)
    refunded = charge["amount_refunded"] + amount
    store.put({**charge, "amount_refunded": refunded, "refunded": refunded == charge["amount"]})
    return body


def fail_refund(store: Store, refund_id: str) -> dict[str, Any]:
    """Let the giver's bank send a refund back."""
    body = store.get(refund_id) or {}
    charge = store.get(body["charge"]) or {}
    balance = _balance(store, "refund_failure", body["amount"], 0, refund_id)
    body.update(status="failed", failure_balance_transaction=balance["id"])
    store.put(body)
    store.put({**charge, "amount_refunded": charge["amount_refunded"] - body["amount"], "refunded": False})
    return body


def dispute(store: Store, charge_id: str) -> dict[str, Any]:
    """Let somebody contest a charge: its money leaves at once, with a fee."""
    charge = store.get(charge_id) or {}
    dispute_id = new_id("du")
    amount = charge["amount"] - charge["amount_refunded"]
    balance = _balance(store, "adjustment", -amount, DISPUTE_FEE_CENTS, dispute_id)
    body = {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [shown(balance)],
        "charge": charge_id,
        "created": moment(),
        "currency": charge["currency"],
        "livemode": False,
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    store.put(body)
    store.put({**charge, "disputed": True})
    return body


def decide(store: Store, dispute_id: str, *, won: bool) -> dict[str, Any]:
    """Let the bank decide a dispute: won, the money comes back and the fee with it."""
    body = store.get(dispute_id) or {}
    if won:
        balance = _balance(store, "adjustment", body["amount"], -DISPUTE_FEE_CENTS, dispute_id)
        body["balance_transactions"] = [*body["balance_transactions"], shown(balance)]
    body["status"] = "won" if won else "lost"
    store.put(body)
    return body


def take(store: Store, kind: str, cents: int, description: str) -> dict[str, Any]:
    """Let the company take (below zero) or give something of its own accord."""
    body = {**_balance(store, kind, cents, 0, ""), "description": description, "source": None}
    store.put(body)
    return body


def pay_out(store: Store, charges: list[str]) -> dict[str, Any]:
    """Send to the bank what these charges, everything that happened to them and the company's own add up to."""
    sources: set[str | None] = {None, *charges}
    for kind in ("refund", "dispute"):
        sources |= {one["id"] for one in store.all(kind) if one["charge"] in charges}
    waiting = [one for one in store.all("balance_transaction") if not one.get("_payout")]
    moves = [one for one in waiting if one["source"] in sources]
    payout_id = new_id("po")
    total = sum(one["net"] for one in moves)
    own = _balance(store, "payout", -total, 0, payout_id)
    for one in (*moves, own):
        store.put({**one, "_payout": payout_id})
    body = {
        "id": payout_id,
        "object": "payout",
        "amount": total,
        "arrival_date": moment(),
        "balance_transaction": own["id"],
        "created": moment(),
        "currency": "mxn",
        "livemode": False,
        "status": "paid",
    }
    store.put(body)
    return body
