"""Giving on line: open a payment, and fulfil it once, whichever road the news comes by."""

import secrets

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from accounts.models import Organisation, User
from core.audit import record
from core.clock import now, today
from core.database import is_sqlite, session
from core.errors import Refusal
from core.language import _, current_language, in_language, localised
from core.money import Money, format_money
from core.settings import setting
from trust import gateway, queries
from trust.errors import AmountOutOfBounds, CurrencyNotAccepted, FundClosed, FundNotOffered, OrderNotFound
from trust.gateway import PaymentSession
from trust.models import CheckoutOrder, ContributionKind, Fund, Method, ProcessedEvent
from trust.services.contributions import receive_contribution
from trust.states import CHECKOUT_STATES, CheckoutState, FundState

# The least and the most that each method takes, in minor units of the currency people pay in.
BOUNDS_CENTS = {
    Method.CARD: (10_00, 999_999_99),
    Method.OXXO: (10_00, 10_000_00),
    Method.SPEI: (10_00, 999_999_99),
}
SESSION_NOTICES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)


def start_checkout(
    *,
    fund: Fund | None,
    money: Money,
    method: Method | str = Method.CARD,
    kind: ContributionKind | str = ContributionKind.DONATION,
    giver_user: User | None = None,
    giver_organisation: Organisation | None = None,
    public_name: str | None = None,
    anonymous: bool = False,
    email: str | None = None,
    language: str | None = None,
) -> CheckoutOrder:
    """Open a payment page for somebody who wants to give, signed in or not, and remember what was agreed.

    Without a fund the money goes where it is needed most. Nothing is in the books until the payment is confirmed.

    Raises:
        CurrencyNotAccepted, AmountOutOfBounds, FundNotOffered, FundClosed: nothing was opened.
        PaymentUnavailable: the payment company did not answer.
    """
    method = Method(method)
    chosen = _check(fund, money, method)
    spoken = language or current_language()
    token = secrets.token_urlsafe(32)
    here = f"{setting('PUBLIC_URL')}/{spoken}/aportar"
    with in_language(spoken):
        title = _("Aportación: %(fund)s", fund=localised(chosen.name, spoken))
    opened = gateway.open_session(
        reference=token,
        money=money,
        method=method,
        title=title,
        email=email,
        language=spoken,
        success_url=f"{here}/gracias/{token}",
        cancel_url=f"{here}?cancelado=1",
    )
    order = CheckoutOrder(
        token=token,
        session_id=opened.id,
        payment_url=opened.url,
        method=method,
        kind=ContributionKind(kind),
        fund=chosen,
        amount_cents=money.amount_cents,
        currency=money.currency,
        giver_user_id=giver_user.id if giver_user else None,
        giver_organisation_id=giver_organisation.id if giver_organisation else None,
        public_name=public_name,
        anonymous=anonymous,
        email=email,
        language=spoken,
        livemode=gateway.is_live(),
        state=CheckoutState.OPEN,
        created_at=now(),
    )
    session().add(order)
    session().flush()
    record(
        "checkout.started", "checkout_order", order.id, None,
        {"amount_cents": money.amount_cents, "currency": money.currency, "method": method.value, "fund": chosen.code},
    )  # fmt: skip
    return order


def _check(fund: Fund | None, money: Money, method: Method) -> Fund:
    base = setting("BASE_CURRENCY")
    if money.currency != base:
        raise CurrencyNotAccepted(currency=base)
    if method not in BOUNDS_CENTS:
        raise FundNotOffered()
    least, most = BOUNDS_CENTS[method]
    if not least <= money.amount_cents <= most:
        raise AmountOutOfBounds(least=format_money(Money(least, base)), most=format_money(Money(most, base)))
    chosen = fund or queries.general_fund()
    if chosen is None:
        raise FundNotOffered()
    if chosen.state != FundState.OPEN:
        raise FundClosed(fund=chosen.code)
    if fund is not None and not fund.accepts_gifts:
        raise FundNotOffered()
    return chosen


def fulfil_checkout(session_id: str) -> CheckoutOrder:
    """Ask the company how a payment stands and move our order forward: at most one contribution ever comes of it.

    What was charged must be what was ordered, in amount, currency and mode; else the order is held for a person.

    Raises:
        OrderNotFound: we never opened this payment. PaymentUnavailable: the company did not answer.
    """
    found = gateway.payment_session(session_id)  # before any lock of ours
    order = session().scalar(
        select(CheckoutOrder)
        .where(CheckoutOrder.session_id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise OrderNotFound()
    target = _target(order, found)
    if target == order.state or not CHECKOUT_STATES.allows(order.state, target):
        return order
    before = order.state
    if target == CheckoutState.PAID:
        _receive(order, found)
    order.state = target
    session().flush()
    record("checkout.moved", "checkout_order", order.id, {"state": before.value}, {"state": target.value})
    return order


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


def _receive(order: CheckoutOrder, found: PaymentSession) -> None:
    user = session().get(User, order.giver_user_id) if order.giver_user_id else None
    organisation = session().get(Organisation, order.giver_organisation_id) if order.giver_organisation_id else None
    contribution = receive_contribution(
        kind=order.kind,
        fund=order.fund,
        money=order.money,
        giver_user=user,
        giver_organisation=organisation,
        public_name=order.public_name,
        anonymous=order.anonymous,
        received_on=today(),
        method=order.method,
        idempotency_key=f"checkout:{order.session_id}",
        fee=found.fee,
        language=order.language,
        email=order.email,
    )
    order.contribution_id = contribution.id


def handle_webhook(payload: bytes, signature: str) -> str:
    """Apply a signed notice once, in the caller's transaction. Returns "applied", "repeated" or "ignored".

    Raises:
        ForgedNotice: the signature does not cover these bytes. PaymentUnavailable: ask us again later.
    """
    notice = gateway.read_notice(payload, signature)
    if notice.livemode != gateway.is_live():
        return "ignored"
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    written = session().execute(
        insert(ProcessedEvent)
        .values(event_id=notice.id, kind=notice.kind, object_id=notice.object_id, received_at=now())
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(ProcessedEvent.id)
    )
    if written.scalar_one_or_none() is None:
        return "repeated"
    if notice.kind not in SESSION_NOTICES:
        return "ignored"
    try:
        fulfil_checkout(notice.object_id)
    except OrderNotFound:
        return "ignored"  # another system's payment on the same account
    return "applied"


def catch_up_payments() -> int:
    """Ask after every payment that is still on its way, for notices that never came. Returns how many moved.

    One that cannot be asked or entered now stays as it is and holds up no other.
    """
    moved = 0
    for order in queries.orders_to_check():
        before = order.state
        try:
            with session().begin_nested():
                moved += fulfil_checkout(order.session_id).state != before
        except Refusal as refusal:
            record("checkout.not_moved", "checkout_order", order.id, None, {"refusal": type(refusal).__name__})
    return moved
