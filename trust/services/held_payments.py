"""The way out of a payment that was not what had been ordered: a person decides, with a reason that stays on record."""

from sqlalchemy import select

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.language import N_
from trust import gateway, queries
from trust.errors import NothingCharged, NotSettledYet, ReasonRequired
from trust.models import CheckoutOrder, EntryKind, Fund, Method, RefundRequest
from trust.models.online import MovementKind
from trust.rules.online import BalanceMove, PaymentSession
from trust.services.fulfilment import receive_payment
from trust.services.ledger import Line, post_entry
from trust.services.online_money import AT_COMPANY, FEES, PAYABLE, keep_movement
from trust.services.refunds import request_refund
from trust.states import CHECKOUT_STATES, CheckoutState


def assign_held_payment(order: CheckoutOrder, found: PaymentSession, *, fund: Fund, reason: str) -> CheckoutOrder:
    """Enter what was really charged as a contribution to `fund`. `found` is what the company says now.

    Raises:
        IllegalTransition: it is not held. ReasonRequired: no reason was given. NothingCharged: no real money is there.
        NotSettledYet: the company does not say yet how much.
    """
    _hold(order)
    CHECKOUT_STATES.check(order.state, CheckoutState.PAID)
    if not _is_real(found) or found.id != order.session_id:
        raise NothingCharged()
    _decide(order, reason)
    contribution = receive_payment(order, fund, found)
    record(
        "checkout.assigned", "checkout_order", order.id, {"state": "held"},
        {"state": "paid", "fund": fund.code, "amount_cents": contribution.amount_cents, "reason": reason.strip()},
    )  # fmt: skip
    return order


def refuse_held_payment(order: CheckoutOrder, found: PaymentSession, *, reason: str) -> RefundRequest | None:
    """Say that a held payment goes back to whoever paid. It is no income: until it is back, the trust owes it.

    Returns the refund to be asked for; None where no real money was charged, or where it goes back by transfer.

    Raises:
        IllegalTransition: it is not held. ReasonRequired: no reason was given. NotSettledYet: the company does not say
            yet how much it charged.
    """
    _hold(order)
    real = _is_real(found)
    target = CheckoutState.REFUND_DUE if real else CheckoutState.EXPIRED
    CHECKOUT_STATES.check(order.state, target)
    _decide(order, reason)
    order.state = target
    session().flush()
    record(
        "checkout.refused", "checkout_order", order.id, {"state": "held"},
        {"state": target.value, "reason": reason.strip()},
    )  # fmt: skip
    if not real or found.move is None:
        return None
    order.charge_id = found.charge_id
    _owe(order, found.move)
    return None if order.method == Method.OXXO else request_refund(order, found.move.amount, reason=reason)


def _is_real(found: PaymentSession) -> bool:
    """Return whether real money was charged, and how much is known."""
    real = found.is_paid and found.livemode == gateway.is_live()
    if real and found.move is None:
        raise NotSettledYet()
    return real


def _owe(order: CheckoutOrder, move: BalanceMove) -> None:
    """Enter money that is at the company and nobody gave us: owed to whoever paid, less a fee the trust bears."""
    fund = queries.general_fund() or order.fund
    lines = [Line(AT_COMPANY, fund, move.net), Line(FEES, fund, move.fee), Line(PAYABLE, fund, -move.amount)]
    entry = post_entry(
        kind=EntryKind.REFUND,
        entry_date=today(),
        memo=N_("Pago en línea que no es una aportación: se debe a quien pagó"),
        source=f"trust.checkout_order:{order.id}",
        lines=[line for line in lines if line.money],
        idempotency_key=f"online-unasked:{order.id}",
    )
    keep_movement(order, MovementKind.CHARGE, move, fund, entry.id)


def _hold(order: CheckoutOrder) -> None:
    session().scalars(
        select(CheckoutOrder)
        .where(CheckoutOrder.id == order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _decide(order: CheckoutOrder, reason: str) -> None:
    if not reason.strip():
        raise ReasonRequired()
    order.decision_reason, order.decided_by_id, order.decided_at = reason.strip(), actor().user_id, now()
