"""What becomes of a payment on line: fulfilled once, whichever road the news comes by.

The company is always asked before our transaction begins: on SQLite nobody else could write while it answers.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from accounts.models import Organisation, User
from core.audit import record
from core.clock import now, today
from core.database import is_sqlite, session
from core.errors import Refusal
from core.money import Money
from trust import gateway, queries
from trust.errors import OrderNotFound, PaymentUnavailable
from trust.gateway import Notice, PaymentSession
from trust.models import CheckoutOrder, Contribution, Fund, ProcessedEvent
from trust.services.contributions import receive_contribution
from trust.states import CHECKOUT_STATES, CheckoutState

SESSION_NOTICES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
NEVER_OPENED_AFTER = timedelta(hours=1)
DECIDED_BY_PEOPLE = (CheckoutState.HELD, CheckoutState.REFUND_DUE)


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
        order.contribution_id = receive_payment(order, order.fund, order.money, found.fee).id
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


def receive_payment(order: CheckoutOrder, fund: Fund, money: Money, fee: Money | None) -> Contribution:
    """Enter what an order brought as one contribution of its giver to `fund`, gross, with the company's fee."""
    user = session().get(User, order.giver_user_id) if order.giver_user_id else None
    organisation = session().get(Organisation, order.giver_organisation_id) if order.giver_organisation_id else None
    return receive_contribution(
        kind=order.kind,
        fund=fund,
        money=money,
        giver_user=user,
        giver_organisation=organisation,
        public_name=order.public_name,
        anonymous=order.anonymous,
        received_on=today(),
        method=order.method,
        idempotency_key=f"checkout:{order.session_id}",
        fee=fee,
        language=order.language,
        email=order.email,
    )


def handle_webhook(payload: bytes, signature: str) -> str:
    """Apply a signed notice once, in the transaction that begins here. Returns "applied", "repeated" or "ignored".

    Raises:
        ForgedNotice: the signature does not cover these bytes. PaymentUnavailable: ask us again later.
    """
    notice = gateway.read_notice(payload, signature)
    if notice.livemode != gateway.is_live():
        return "ignored"
    found = None
    if notice.kind in SESSION_NOTICES:
        try:
            found = ask_payment(notice.object_id)
        except OrderNotFound:
            found = None  # nobody's, or another system's on the same account
    if not _is_new(notice):
        return "repeated"
    if found is None:
        return "ignored"
    try:
        move_order(found)
    except OrderNotFound:
        return "ignored"
    return "applied"


def _is_new(notice: Notice) -> bool:
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    written = session().execute(
        insert(ProcessedEvent)
        .values(event_id=notice.id, kind=notice.kind, object_id=notice.object_id, received_at=now())
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(ProcessedEvent.id)
    )
    return written.scalar_one_or_none() is not None


def catch_up_payments(*, settle: Callable[[], None] = lambda: None) -> int:
    """Ask after every payment that is still on its way, for notices that never came. Returns how many moved.

    `settle` is called before each question to the company: an edge commits there, so that nothing is held meanwhile.
    One payment that cannot be asked after or entered now stays as it is and holds up no other.
    """
    moved = 0
    give_up_unopened()
    waiting = [(order.id, order.company_id, order.state) for order in queries.orders_to_check()]
    for order_id, session_id, before in waiting:
        settle()
        try:
            found = ask_payment(session_id)
        except (OrderNotFound, PaymentUnavailable):
            continue
        try:
            with session().begin_nested():
                moved += move_order(found).state != before
        except Refusal as refusal:
            record("checkout.not_moved", "checkout_order", order_id, None, {"refusal": type(refusal).__name__})
    settle()
    return moved


def give_up_unopened() -> int:
    """Close the orders whose page was never kept: whoever asked for it was told to start again. Returns how many."""
    stale = queries.orders_without_page(now() - NEVER_OPENED_AFTER)
    for order in stale:
        CHECKOUT_STATES.check(order.state, CheckoutState.EXPIRED)
        order.state = CheckoutState.EXPIRED
        record("checkout.moved", "checkout_order", order.id, {"state": "open"}, {"state": "expired"})
    session().flush()
    return len(stale)


def _target(order: CheckoutOrder, found: PaymentSession) -> CheckoutState:
    agreed = found.reference == order.token and found.amount == order.money and found.livemode == order.livemode
    if found.is_paid:
        settled = found.gross == order.money and found.fee is not None and found.fee < order.money
        return CheckoutState.PAID if agreed and settled else CheckoutState.HELD
    if not agreed:
        return CheckoutState.HELD
    if found.is_expired:
        return CheckoutState.EXPIRED
    if found.has_failed:
        return CheckoutState.FAILED
    return CheckoutState.PROCESSING if found.is_complete else CheckoutState.OPEN
