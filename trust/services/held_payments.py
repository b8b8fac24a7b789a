"""The way out of a payment that was not what had been ordered: a person decides, with a reason that stays on record."""

from sqlalchemy import select

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from trust import gateway
from trust.errors import NothingCharged, ReasonRequired
from trust.gateway import PaymentSession
from trust.models import CheckoutOrder, Fund
from trust.services.fulfilment import receive_payment
from trust.states import CHECKOUT_STATES, CheckoutState


def assign_held_payment(order: CheckoutOrder, found: PaymentSession, *, fund: Fund, reason: str) -> CheckoutOrder:
    """Enter what was really charged as a contribution to `fund`. `found` is what the company says now.

    Raises:
        IllegalTransition: it is not held. ReasonRequired: no reason was given. NothingCharged: no real money is there.
    """
    _hold(order)
    CHECKOUT_STATES.check(order.state, CheckoutState.PAID)
    if not found.is_paid or found.gross is None or found.id != order.session_id or found.livemode != gateway.is_live():
        raise NothingCharged()
    _decide(order, reason)
    contribution = receive_payment(order, fund, found.gross, found.fee)
    order.contribution_id, order.state = contribution.id, CheckoutState.PAID
    session().flush()
    record(
        "checkout.assigned", "checkout_order", order.id, {"state": "held"},
        {"state": "paid", "fund": fund.code, "amount_cents": found.gross.amount_cents, "reason": reason.strip()},
    )  # fmt: skip
    return order


def refuse_held_payment(order: CheckoutOrder, *, reason: str) -> CheckoutOrder:
    """Say that a held payment goes back to whoever paid. It never enters the books.

    Raises:
        IllegalTransition: it is not held. ReasonRequired: no reason was given.
    """
    _hold(order)
    CHECKOUT_STATES.check(order.state, CheckoutState.REFUND_DUE)
    _decide(order, reason)
    order.state = CheckoutState.REFUND_DUE
    session().flush()
    record(
        "checkout.refused", "checkout_order", order.id, {"state": "held"},
        {"state": "refund_due", "reason": reason.strip()},
    )  # fmt: skip
    return order


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
