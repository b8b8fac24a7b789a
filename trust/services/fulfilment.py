"""What becomes of a payment on line: fulfilled once, whichever road the news comes by.

The company is always asked before our transaction begins: on SQLite nobody else could write while it answers.
"""

from datetime import timedelta

from sqlalchemy import select

from accounts.models import Organisation, User
from core.audit import record
from core.clock import now, today
from core.database import session
from trust import gateway, queries
from trust.errors import OrderNotFound
from trust.models import CheckoutOrder, Contribution, Fund
from trust.models.online import MovementKind
from trust.rules.online import PaymentSession
from trust.services.contributions import receive_contribution
from trust.services.online_money import keep_movement
from trust.services.packages import package_paid
from trust.states import CHECKOUT_STATES, CheckoutState

NEVER_OPENED_AFTER = timedelta(hours=1)
DECIDED_BY_PEOPLE = (CheckoutState.HELD, CheckoutState.REFUND_DUE, CheckoutState.REFUNDED)


def ask_payment(session_id: str) -> PaymentSession:
    """Ask the company how a payment stands now. Touches nothing of ours.

    Raises:
        OrderNotFound: the company knows no such payment. PaymentUnavailable: it did not answer.
    """
    return gateway.payment_session(session_id)


def move_order(found: PaymentSession) -> CheckoutOrder:
    """Move our order forward to where its payment stands: at most one contribution ever comes of it.

    What was charged must be what was ordered, in amount, currency and mode; else the order is held for a person, and
    from then on only a person moves it.

    Raises:
        OrderNotFound: we never opened this payment.
    """
    order = session().scalar(
        select(CheckoutOrder)
        .where(CheckoutOrder.session_id == found.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise OrderNotFound()
    target = _target(order, found)
    if order.state in DECIDED_BY_PEOPLE or target == order.state or not CHECKOUT_STATES.allows(order.state, target):
        return order
    before = order.state
    if target == CheckoutState.PAID:
        receive_payment(order, order.fund, found)
    order.state = target
    session().flush()
    record("checkout.moved", "checkout_order", order.id, {"state": before.value}, {"state": target.value})
    return order


def fulfil_checkout(session_id: str) -> CheckoutOrder:
    """Ask the company about a payment and move our order to where it stands.

    Raises:
        OrderNotFound: we never opened this payment. PaymentUnavailable: the company did not answer.
    """
    return move_order(ask_payment(session_id))


def receive_payment(order: CheckoutOrder, fund: Fund, found: PaymentSession) -> Contribution:
    """Enter what was charged as the order's one contribution to `fund`: gross, with the company's fee."""
    assert found.move is not None  # whoever calls has seen what was charged
    user = session().get(User, order.giver_user_id) if order.giver_user_id else None
    organisation = session().get(Organisation, order.giver_organisation_id) if order.giver_organisation_id else None
    package = package_paid(order, found.move.amount)
    contribution = receive_contribution(
        kind=order.kind,
        fund=fund,
        money=found.move.amount,
        giver_user=user,
        giver_organisation=organisation,
        public_name=order.public_name,
        anonymous=order.anonymous,
        received_on=today(),
        method=order.method,
        idempotency_key=f"checkout:{order.session_id}",
        fee=found.move.fee,
        language=order.language,
        email=order.email,
        package=package,
        choice=queries.choice_of_order(order.id) if package else None,
    )
    order.contribution, order.charge_id, order.state = contribution, found.charge_id, CheckoutState.PAID
    session().flush()
    assert contribution.entry_id is not None  # it was received
    keep_movement(order, MovementKind.CHARGE, found.move, fund, contribution.entry_id)
    return contribution


def give_up_unopened() -> int:
    """Close the orders whose page was never kept: whoever asked for it was told to start again. Returns how many."""
    return _give_up(queries.orders_without_page(now() - NEVER_OPENED_AFTER))


def give_up_waiting() -> int:
    """Close the orders whose money never came, once they were asked after. One that comes even later is taken in."""
    return _give_up(queries.orders_overdue())


def _give_up(stale: list[CheckoutOrder]) -> int:
    for order in stale:
        CHECKOUT_STATES.check(order.state, CheckoutState.EXPIRED)
        before, order.state = order.state, CheckoutState.EXPIRED
        record("checkout.moved", "checkout_order", order.id, {"state": before.value}, {"state": "expired"})
    session().flush()
    return len(stale)


def _target(order: CheckoutOrder, found: PaymentSession) -> CheckoutState:
    agreed = found.reference == order.token and found.amount == order.money and found.livemode == order.livemode
    if found.is_paid:
        if agreed and found.move is None:
            return CheckoutState.PROCESSING  # it captures first and works out its fee within the hour
        settled = found.gross == order.money and found.fee is not None and found.fee < order.money
        return CheckoutState.PAID if agreed and settled else CheckoutState.HELD
    if not agreed:
        return CheckoutState.HELD
    if found.is_expired:
        return CheckoutState.EXPIRED
    if found.has_failed:
        return CheckoutState.FAILED
    return CheckoutState.PROCESSING if found.is_complete else CheckoutState.OPEN
