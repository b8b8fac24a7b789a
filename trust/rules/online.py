"""What the payment company tells, as values: payments, and what happened to their money afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from core.money import Money

COMPANYS_OWN = frozenset((
    "adjustment", "climate_order_purchase", "climate_order_refund", "contribution", "stripe_fee", "stripe_fx_fee",
    "tax_fee",
))  # fmt: skip
OF_A_DISPUTE = ("du_", "dp_")  # an adjustment may also be a dispute's, which the payment's history tells


@dataclass(frozen=True, slots=True)
class BalanceMove:
    """One movement of our balance at the company: `amount` is signed, and the fee comes off it."""

    transaction_id: str
    amount: Money
    fee: Money
    kind: str = ""
    source: str = ""
    description: str = ""

    @property
    def is_companys_own(self) -> bool:
        """Whether the company moved it of its own accord: its fees and adjustments, and nothing of a payment's."""
        return self.kind in COMPANYS_OWN and not self.source.startswith(OF_A_DISPUTE)

    @property
    def net(self) -> Money:
        """What it changed our balance by."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True)
class PaymentSession:
    """A payment as the company tells it now. The charge and its movement are known once it is paid."""

    id: str
    url: str
    reference: str
    amount: Money
    livemode: bool
    is_paid: bool
    is_expired: bool
    is_complete: bool
    has_failed: bool
    charge_id: str | None = None
    move: BalanceMove | None = None

    @property
    def gross(self) -> Money | None:
        """What was charged."""
        return self.move.amount if self.move else None

    @property
    def fee(self) -> Money | None:
        """What the company keeps of it."""
        return self.move.fee if self.move else None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, whole or in part. One that fails has a second movement that undoes the first."""

    id: str
    status: str
    moves: tuple[BalanceMove, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A charge somebody contests at their bank. Its money leaves at once and comes back if it is won."""

    id: str
    status: str
    money: Money
    moves: tuple[BalanceMove, ...]

    @property
    def is_lost(self) -> bool:
        """Whether it was decided against us."""
        return self.status == "lost"


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened to a charge after it was paid."""

    charge_id: str
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Payout:
    """Our balance on its way to the bank, and the movements it is made of."""

    id: str
    money: Money
    status: str
    arrives_on: date
    livemode: bool
    moves: tuple[BalanceMove, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed event: a hint that something happened to an object, never the truth about it."""

    id: str
    kind: str
    object_id: str
    livemode: bool
    charge_id: str | None = None


def session_from(raw: Mapping[str, Any]) -> PaymentSession:
    """Read a checkout session with its intent, charge and balance transaction, as far as they are expanded."""
    intent = raw.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
    balance = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    failed = isinstance(intent, Mapping) and intent.get("status") in ("requires_payment_method", "canceled")
    return PaymentSession(
        id=str(raw["id"]),
        url=str(raw.get("url") or ""),
        reference=str(raw.get("client_reference_id") or ""),
        amount=_money(raw["amount_total"], raw["currency"]),
        livemode=bool(raw["livemode"]),
        is_paid=raw.get("payment_status") == "paid",
        is_expired=raw.get("status") == "expired",
        is_complete=raw.get("status") == "complete",
        has_failed=raw.get("status") == "complete" and raw.get("payment_status") != "paid" and failed,
        charge_id=str(charge["id"]) if isinstance(charge, Mapping) else None,
        move=move_from(balance) if isinstance(balance, Mapping) else None,
    )


def move_from(raw: Mapping[str, Any]) -> BalanceMove:
    """Read a balance transaction."""
    currency = raw["currency"]
    return BalanceMove(
        str(raw["id"]),
        _money(raw["amount"], currency),
        _money(raw["fee"], currency),
        str(raw.get("type") or ""),
        _id_of(raw.get("source")),
        str(raw.get("description") or ""),
    )


def _id_of(found: Any) -> str:
    return str(found.get("id") or "") if isinstance(found, Mapping) else str(found or "")


def refund_from(raw: Mapping[str, Any]) -> Refund:
    """Read a refund with its balance transactions."""
    names = ("balance_transaction", "failure_balance_transaction")
    found = [raw.get(name) for name in names]
    moves = tuple(move_from(one) for one in found if isinstance(one, Mapping))
    return Refund(str(raw["id"]), str(raw["status"]), moves)


def dispute_from(raw: Mapping[str, Any]) -> Dispute:
    """Read a dispute with its balance transactions."""
    moves = tuple(move_from(one) for one in raw.get("balance_transactions") or ())
    return Dispute(str(raw["id"]), str(raw["status"]), _money(raw["amount"], raw["currency"]), moves)


def payout_from(raw: Mapping[str, Any], transactions: Sequence[Mapping[str, Any]]) -> Payout:
    """Read a payout and the balance transactions in it, without the payout's own."""
    return Payout(
        id=str(raw["id"]),
        money=_money(raw["amount"], raw["currency"]),
        status=str(raw["status"]),
        arrives_on=datetime.fromtimestamp(int(raw["arrival_date"]), tz=UTC).date(),
        livemode=bool(raw["livemode"]),
        moves=tuple(move_from(one) for one in transactions if one["type"] != "payout"),
    )


def notice_from(event: Mapping[str, Any]) -> Notice:
    """Read an event: what kind, about which object, and about which charge if any.

    Raises:
        KeyError, TypeError: it is no event.
    """
    about = event["data"]["object"]
    charge = about["id"] if about.get("object") == "charge" else about.get("charge")
    return Notice(
        str(event["id"]), str(event["type"]), str(about["id"]), bool(event["livemode"]),
        charge if isinstance(charge, str) else None,
    )  # fmt: skip


def _money(cents: Any, currency: Any) -> Money:
    return Money(int(cents), str(currency).upper())
