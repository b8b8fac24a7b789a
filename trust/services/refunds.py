"""Giving money back that was paid on line. The wish is written first, then the company is asked, then what it did is
entered; what the company cannot give back goes by transfer and is entered as the bank shows it.
"""

import secrets
from datetime import date

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.money import Money, format_money
from trust import gateway, queries
from trust.errors import FundOverdrawn, KeyReused, ReasonRequired, RefundNotPossible, RefundTooLarge
from trust.models import CheckoutOrder, FundKind, Method, RefundRequest
from trust.services.checkout import schedule_catch_up
from trust.services.online_money import enter_transfer
from trust.services.posting import Posted
from trust.states import REFUND_STATES, RefundState


def request_refund(order: CheckoutOrder, money: Money, *, reason: str) -> RefundRequest:
    """Write down that part of a payment is to go back. Ask the company with `ask_refund`, holding no transaction.

    Raises:
        RefundTooLarge, RefundNotPossible, ReasonRequired: nothing is asked.
        FundOverdrawn: its fund has spent it; what is given back freely is not taken from other givers' money.
    """
    if not reason.strip():
        raise ReasonRequired()
    if order.method == Method.OXXO or order.charge_id is None:
        raise RefundNotPossible()
    _hold(order)
    _check(order, money)
    request = RefundRequest(
        order_id=order.id,
        amount_cents=money.amount_cents,
        currency=money.currency,
        reason=reason.strip(),
        key=secrets.token_urlsafe(32),
        state=RefundState.REQUESTED,
        requested_by_id=actor().user_id,
        requested_at=now(),
    )
    request.order = order
    session().add(request)
    session().flush()
    schedule_catch_up()  # asks again by itself where the company does not answer
    record(
        "refund.requested", "checkout_order", order.id, None,
        {"amount_cents": money.amount_cents, "reason": reason.strip()},
    )  # fmt: skip
    return request


def return_by_transfer(order: CheckoutOrder, money: Money, *, on: date, bank_reference: str, reason: str) -> Posted:
    """Enter what the bank shows as sent to whoever paid on line, where the company cannot give it back: cash of a shop.

    The bank's line tells one transfer from another: the same line again changes nothing.

    Raises:
        RefundTooLarge, FundOverdrawn, ReasonRequired, DateInFuture, PeriodClosed: nothing is entered.
        KeyReused: the same line came before with another amount or date.
    """
    if not reason.strip():
        raise ReasonRequired()
    _hold(order)
    key = f"online-transfer:{order.id}:{bank_reference.strip()[:60]}"
    earlier = queries.entry_by_key(key)
    if earlier is not None:
        if (queries.entry_debits(earlier), earlier.entry_date) != ([money], on):
            raise KeyReused()
        return Posted.of(earlier)
    _check(order, money)
    entry = enter_transfer(order, money, on=on, key=key)
    record(
        "refund.transferred", "checkout_order", order.id, None,
        {"amount_cents": money.amount_cents, "reason": reason.strip(), "entry": entry.label},
    )  # fmt: skip
    return entry


def _hold(order: CheckoutOrder) -> None:
    session().refresh(order, attribute_names=["state"], with_for_update=True)  # two wishes at once add up


def _check(order: CheckoutOrder, money: Money) -> None:
    most = queries.refundable(order)
    if not 0 < money.amount_cents <= most.amount_cents or money.currency != most.currency:
        raise RefundTooLarge(most=format_money(most))
    fund = order.contribution.fund if order.contribution else None
    tied = fund is not None and fund.kind in (FundKind.RESTRICTED, FundKind.ENDOWMENT)
    if fund is not None and tied and queries.available(fund, money.currency) < money:
        raise FundOverdrawn(fund=fund.code)


def ask_refund(request: RefundRequest) -> str:
    """Ask the company to give the money back, once however often it is asked. Touches nothing of ours.

    Raises:
        RefundRefused: it will not. PaymentUnavailable: it did not answer.
    """
    return gateway.refund(request.order.charge_id or "", request.money, key=request.key)


def keep_refund(request: RefundRequest, company_id: str) -> RefundRequest:
    """Write down that the company took a refund on; the same answer again changes nothing."""
    if request.company_id == company_id:
        return request
    REFUND_STATES.check(request.state, RefundState.ACCEPTED)
    request.state, request.company_id = RefundState.ACCEPTED, company_id
    session().flush()
    record("refund.accepted", "checkout_order", request.order_id, {"state": "requested"}, {"state": "accepted"})
    return request


def drop_refund(request: RefundRequest, problem: str) -> RefundRequest:
    """Write down that the company refused; the money may be asked back again."""
    REFUND_STATES.check(request.state, RefundState.REFUSED)
    request.state, request.problem = RefundState.REFUSED, problem[:500]
    session().flush()
    record("refund.refused", "checkout_order", request.order_id, {"state": "requested"}, {"state": "refused"})
    return request
