"""News of the payment company, by notice or by asking: the company is asked what is true before anything of ours is
touched, and what it says is entered in one short transaction.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.dialects import postgresql, sqlite

from core.audit import record
from core.clock import now
from core.database import is_sqlite, session
from core.errors import Refusal
from trust import gateway, queries
from trust.errors import OrderNotFound, PaymentUnavailable, RefundRefused
from trust.models import ProcessedEvent
from trust.rules.online import History, Notice, PaymentSession
from trust.services.fulfilment import ask_payment, give_up_unopened, give_up_waiting, move_order
from trust.services.online_money import apply_history
from trust.services.payouts import apply_payout
from trust.services.refunds import ask_refund, drop_refund, keep_refund
from trust.states import CheckoutState

SESSION_NOTICES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
CHARGE_NOTICES = (
    "charge.updated",  # its balance transaction is there now
    "charge.refunded",
    "charge.refund.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
)
PAYOUT_NOTICES = ("payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled")
LOOKS_BACK = timedelta(days=30)  # the company forgets its events after that
CLOCKS_DIFFER = timedelta(days=1)  # its clock is not ours
Entering = Callable[[], object]
Settle = Callable[[], None]


def handle_webhook(payload: bytes, signature: str) -> str:
    """Apply a signed notice once, in the transaction that begins here. Returns "applied", "repeated" or "ignored".

    Raises:
        ForgedNotice: the signature does not cover these bytes. PaymentUnavailable: ask us again later.
    """
    notice = gateway.read_notice(payload, signature)
    if notice.livemode != gateway.is_live():
        return "ignored"
    return _apply(notice, _ask_about(notice))


def _apply(notice: Notice, enter: Entering | None) -> str:
    if not _is_new(notice):
        return "repeated"
    if enter is None:
        return "ignored"
    try:
        enter()
    except OrderNotFound:
        return "ignored"  # another system's payment on the same account
    return "applied"


def _ask_about(notice: Notice) -> Entering | None:
    """Ask the company what a notice hints at. Returns what enters it; None when it is nothing of ours."""
    try:
        if notice.kind in SESSION_NOTICES:
            found = ask_payment(notice.object_id)
            return lambda: move_order(found)
        if notice.kind in CHARGE_NOTICES and notice.charge_id is not None:
            return entering_charge(notice.charge_id)
        if notice.kind in PAYOUT_NOTICES:
            told = gateway.payout(notice.object_id)
            return lambda: apply_payout(told)
    except OrderNotFound:
        return None
    return None


def entering_charge(charge_id: str) -> Entering | None:
    """Ask for a charge's payment and everything that happened to it. Returns what enters both, in that order.

    Raises:
        OrderNotFound, PaymentUnavailable.
    """
    paid = gateway.payment_of_charge(charge_id)
    if paid is None:
        return None
    history = gateway.history(charge_id)
    return lambda: _enter(paid, history)


def _enter(paid: PaymentSession, history: History) -> bool:
    return apply_history(move_order(paid), history)


def _is_new(notice: Notice) -> bool:
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    written = session().execute(
        insert(ProcessedEvent)
        .values(event_id=notice.id, kind=notice.kind, object_id=notice.object_id, received_at=now())
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(ProcessedEvent.id)
    )
    return written.scalar_one_or_none() is not None


def catch_up_payments(*, settle: Settle = lambda: None) -> int:
    """Ask after everything that is still on its way and every notice that never came. Returns how much moved.

    `settle` is called before each question to the company: an edge commits there, so that nothing is held meanwhile.
    What cannot be asked after or entered now stays as it is and holds up nothing else.
    """
    give_up_unopened()
    moved = _send_refunds(settle) + _missed_notices(settle)
    waiting = [(order.id, order.company_id, order.state) for order in queries.orders_to_check()]
    for order_id, company_id, before in waiting:
        moved += _move(settle, order_id, company_id, before)
    settle()
    give_up_waiting()
    return moved + _payouts(settle)


def _move(settle: Settle, order_id: int, company_id: str, before: CheckoutState) -> bool:
    settle()
    try:
        found = ask_payment(company_id)
    except (OrderNotFound, PaymentUnavailable):
        return False
    try:
        with session().begin_nested():
            return move_order(found).state != before
    except Refusal as refusal:
        record("checkout.not_moved", "checkout_order", order_id, None, {"refusal": type(refusal).__name__})
        return False


def _send_refunds(settle: Settle) -> int:
    sent = 0
    for request in queries.refunds_to_send():
        settle()
        try:
            company_id = ask_refund(request)
        except RefundRefused as refusal:
            drop_refund(request, refusal.message())
        except PaymentUnavailable:
            continue
        else:
            keep_refund(request, company_id)
            sent += 1
    settle()
    return sent


def _missed_notices(settle: Settle) -> int:
    oldest = queries.first_payment_at()
    if oldest is None:
        return 0
    since = max(oldest, now() - LOOKS_BACK)
    settle()
    try:
        told = gateway.notices_since(since, (*SESSION_NOTICES, *CHARGE_NOTICES, *PAYOUT_NOTICES))
    except PaymentUnavailable:
        return 0
    known = queries.known_events(since - CLOCKS_DIFFER)
    applied = 0
    for notice in told:
        if notice.id in known or notice.livemode != gateway.is_live():
            continue
        settle()
        try:
            enter = _ask_about(notice)
            with session().begin_nested():
                applied += _apply(notice, enter) == "applied"
        except Refusal as refusal:
            record("notice.not_applied", "processed_event", notice.id[:40], None, {"refusal": type(refusal).__name__})
    settle()
    return applied


def _payouts(settle: Settle) -> int:
    moved = 0
    for payout in queries.payouts_open():
        settle()
        before = payout.state
        try:
            told = gateway.payout(payout.company_id)
            with session().begin_nested():
                after = apply_payout(told)
                moved += after is not None and after.state != before
        except Refusal as refusal:
            record("payout.not_moved", "payout", payout.id, None, {"refusal": type(refusal).__name__})
    settle()
    return moved
