"""Setting out to give on line: our order is written first, then the company is asked for a page where it is paid."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec

from accounts.models import Organisation, User
from core.audit import record
from core.clock import now
from core.database import session
from core.jobs import enqueue
from core.language import _, current_language, in_language, localised
from core.money import Money, format_money
from core.settings import setting
from trust import gateway, queries
from trust.errors import AmountOutOfBounds, CurrencyNotAccepted, FundClosed, FundNotOffered, PageGone
from trust.models import CheckoutOrder, ContributionKind, Fund, FundKind, Method, SponsorPackage, online_methods
from trust.rules.online import PaymentSession
from trust.services.packages import check_package, choose_package
from trust.states import CheckoutState, FundState

# The least and the most that each method takes, in minor units of the currency people pay in.
BOUNDS_CENTS = {
    Method.CARD: (10_00, 999_999_99),
    Method.OXXO: (10_00, 10_000_00),
    Method.SPEI: (10_00, 999_999_99),
}
Wanted = ParamSpec("Wanted")
CATCH_UP = "trust.catch_up_payments"
CATCH_UP_EVERY = timedelta(minutes=15)


def open_order(
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
    package: SponsorPackage | None = None,
) -> CheckoutOrder:
    """Remember what somebody wants to give, signed in or not. It has no page yet: `ask_for_page`, `keep_page`.

    Without a fund the money goes where it is needed most. Nothing is in the books until the payment is confirmed.

    Raises:
        CurrencyNotAccepted, AmountOutOfBounds, FundNotOffered, FundClosed, and the refusals of `check_package`:
            nothing was opened.
    """
    method = Method(method)
    if package is not None:
        kind = ContributionKind.SPONSORSHIP
        check_package(package, money)
    chosen = _check(fund, money, method)
    order = CheckoutOrder(
        token=secrets.token_urlsafe(32),
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
        language=language or current_language(),
        livemode=gateway.is_live(),
        state=CheckoutState.OPEN,
        created_at=now(),
    )
    session().add(order)
    session().flush()
    if package is not None:
        choose_package(order, package)
    schedule_catch_up()
    record(
        "checkout.started", "checkout_order", order.id, None,
        {"amount_cents": money.amount_cents, "currency": money.currency, "method": method.value, "fund": chosen.code},
    )  # fmt: skip
    return order


def ask_for_page(order: CheckoutOrder) -> PaymentSession:
    """Ask the company for the page where an order is paid. Reads and writes nothing of ours: hold no transaction.

    The order's token is the company's idempotency key: asked again, it answers with the same page.

    Raises:
        PaymentUnavailable: the company did not answer.
    """
    here = f"{setting('PUBLIC_URL')}/{order.language}/aportar"
    with in_language(order.language):
        title = _("Aportación: %(fund)s", fund=localised(order.fund.name, order.language))
    return gateway.open_session(
        reference=order.token,
        money=order.money,
        method=order.method,
        title=title,
        email=order.email,
        language=order.language,
        success_url=f"{here}/gracias/{order.token}",
        cancel_url=f"{here}?cancelado=1",
    )


def keep_page(order: CheckoutOrder, opened: PaymentSession) -> CheckoutOrder:
    """Write down the page of an order; the same page again changes nothing.

    Raises:
        PageGone: the order was given up meanwhile, or has another page.
    """
    session().refresh(order, attribute_names=["state", "session_id", "payment_url"], with_for_update=True)
    if order.session_id != opened.id:
        if order.session_id is not None or order.state != CheckoutState.OPEN:
            raise PageGone()
        order.session_id, order.payment_url = opened.id, opened.url
        session().flush()
    return order


def _with_its_page(opening: Callable[Wanted, CheckoutOrder]) -> Callable[Wanted, CheckoutOrder]:
    def start(*given: Wanted.args, **wanted: Wanted.kwargs) -> CheckoutOrder:
        order = opening(*given, **wanted)
        return keep_page(order, ask_for_page(order))

    return start


# An order and its page in the caller's one transaction: for a story or a test, never for a visitor.
start_checkout = _with_its_page(open_order)


def schedule_catch_up() -> None:
    """Have payments whose notice never came asked after at the next quarter of an hour, once whoever asks."""
    moment = now()
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    due = moment - past + CATCH_UP_EVERY
    enqueue(CATCH_UP, run_after=due, unique_key=f"{CATCH_UP}:{due:%Y-%m-%dT%H:%M}")


def _check(fund: Fund | None, money: Money, method: Method) -> Fund:
    base = setting("BASE_CURRENCY")
    if money.currency != base:
        raise CurrencyNotAccepted(currency=base)
    if method not in online_methods(money.currency):
        raise FundNotOffered()
    least, most = BOUNDS_CENTS[method]
    if not least <= money.amount_cents <= most:
        raise AmountOutOfBounds(least=format_money(Money(least, base)), most=format_money(Money(most, base)))
    chosen = fund or queries.general_fund()
    if chosen is None:
        raise FundNotOffered()
    if chosen.state != FundState.OPEN:
        raise FundClosed(fund=chosen.code)
    if (fund is not None and not fund.accepts_gifts) or chosen.kind == FundKind.ENDOWMENT:
        raise FundNotOffered()
    return chosen
