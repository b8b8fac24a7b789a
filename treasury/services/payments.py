"""Pay what is owed: one person prepares, another authorises, the bank's line proves it."""

from datetime import date

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.errors import MissingCredentials
from core.money import Money, format_money
from grants import services as grants_services
from grants.models import Award, Tranche
from treasury import queries
from treasury.errors import MoreThanPaid, NothingCommitted, PaidInTheFuture, SamePerson
from treasury.models import PaymentOrder, PaymentShare
from treasury.rules import spread
from treasury.services.plans import check_amount
from treasury.states import COMMITMENT_STATES, ORDER_STATES, CommitmentState, OrderState
from trust import queries as trust_queries
from trust.errors import KeyReused
from trust.models import EntryKind
from trust.services import Line, post_entry

MOVING = ("state", "authorised_by_id", "authorised_at", "paid_on", "bank_reference", "cancelled_reason")


def prepare_payment_order(tranche: Tranche) -> PaymentOrder:
    """Prepare the payment of a tranche that is due, spread over the funds in proportion to what each owes.

    Raises:
        NothingCommitted: the award owes less than the tranche. Refusals of grants: the tranche is not due.
    """
    award = tranche.award
    bound = [one for one in queries.commitments_of(award, hold=True) if one.state is CommitmentState.ACCRUED]
    session().refresh(tranche, attribute_names=["state", "amount_cents"])  # somebody else may have ordered it meanwhile
    money = Money(tranche.amount_cents, award.currency)
    ordered = queries.ordered_by_commitment(award)
    left = [(one, Money(one.owed.amount_cents - ordered.get(one.id, 0), one.currency)) for one in bound]
    owing, owed = [one for one, part in left if part], [part for _one, part in left if part]
    if sum(part.amount_cents for part in owed) < money.amount_cents:
        raise NothingCommitted()
    grants_services.mark_tranche_ordered(tranche)
    order = PaymentOrder(
        award_id=award.id,
        tranche_id=tranche.id,
        amount_cents=money.amount_cents,
        currency=money.currency,
        prepared_by_id=_person(),
        prepared_at=now(),
        state=OrderState.PREPARED,
    )
    order.shares = [
        PaymentShare(commitment_id=commitment.id, amount_cents=part.amount_cents)
        for commitment, part in zip(owing, spread(money, owed), strict=True)
        if part.amount_cents > 0
    ]
    session().add(order)
    session().flush()
    record(
        "payment.prepared", "payment_order", order.id, None, {"tranche": tranche.id, "amount_cents": order.amount_cents}
    )
    return order


def authorise_payment(order: PaymentOrder) -> PaymentOrder:
    """Authorise an order that somebody else prepared.

    Raises:
        SamePerson: who prepared it asks. IllegalTransition: it is not waiting for authorisation.
    """
    _hold(order)
    ORDER_STATES.check(order.state, OrderState.AUTHORISED)
    who = _person()
    if who == order.prepared_by_id:
        raise SamePerson()
    order.state, order.authorised_by_id, order.authorised_at = OrderState.AUTHORISED, who, now()
    session().flush()
    record("payment.authorised", "payment_order", order.id, {"state": "prepared"}, {"state": "authorised"})
    return order


def cancel_payment_order(order: PaymentOrder, *, reason: str) -> PaymentOrder:
    """Cancel an order that the bank has not paid; its tranche is due again."""
    _hold(order)
    ORDER_STATES.check(order.state, OrderState.CANCELLED)
    before = order.state.value
    order.state, order.cancelled_reason = OrderState.CANCELLED, reason[:300]
    session().flush()
    grants_services.mark_tranche_unordered(order.tranche)
    record(
        "payment.cancelled",
        "payment_order",
        order.id,
        {"state": before},
        {"state": "cancelled", "reason": reason[:300]},
    )
    return order


def record_payment(order: PaymentOrder, *, paid_on: date, bank_reference: str) -> PaymentOrder:
    """Record that the bank paid: the expense, the money out, and the budget's last two moments in one entry.

    One entry, because in two a restricted fund would count the same money twice in between and refuse.

    Raises:
        IllegalTransition: the order is not authorised. PaidInTheFuture: the date is after today.
    """
    _hold(order)
    ORDER_STATES.check(order.state, OrderState.PAID)
    if paid_on > today():
        raise PaidInTheFuture(date=paid_on.isoformat())
    queries.commitments_of(order.award, hold=True)
    lines = []
    for share in order.shares:
        commitment, part = share.commitment, Money(share.amount_cents, order.currency)
        fund = commitment.fund
        lines += [
            Line("5.1.1", fund, part),
            Line("1.1.1", fund, -part),
            Line("8.2.6", fund, part),
            Line("8.2.5", fund, -part),
            Line("8.2.7", fund, part),
            Line("8.2.6", fund, -part),
        ]
        commitment.paid_cents += share.amount_cents
        if not commitment.owed:
            COMMITMENT_STATES.check(commitment.state, CommitmentState.PAID)
            commitment.state = CommitmentState.PAID
    order.state, order.paid_on, order.bank_reference = OrderState.PAID, paid_on, bank_reference.strip()[:60]
    session().flush()
    post_entry(
        kind=EntryKind.PAYMENT,
        entry_date=paid_on,
        memo=f"Orden de pago {order.id}",
        source=f"treasury.payment_order:{order.id}",
        lines=lines,
        idempotency_key=f"order-paid:{order.id}",
    )
    grants_services.mark_tranche_paid(order.tranche, paid_on=paid_on)
    record("payment.recorded", "payment_order", order.id, {"state": "authorised"}, {"state": "paid"})
    return order


def return_unspent(award: Award, money: Money, *, received_on: date, bank_reference: str) -> None:
    """Take back what a beneficiary did not spend, into the funds that paid it, and make it spendable again.

    The bank's line tells one return from another: the same line again changes nothing.

    Raises:
        MoreThanPaid: more comes back than was paid. NotPositive, WrongCurrency: not an amount of this award.
        KeyReused: the same line came before with another amount or date.
    """
    check_amount(money, award.currency)
    bound = queries.commitments_of(award, hold=True)
    key = f"award-returned:{award.id}:{bank_reference.strip()[:60]}"
    earlier = trust_queries.entry_by_key(key)
    if earlier is not None:
        if (trust_queries.entry_debits(earlier), earlier.entry_date) != ([money], received_on):
            raise KeyReused()
        return
    commitments = [one for one in bound if one.paid_cents > one.returned_cents]
    paid = [Money(one.paid_cents - one.returned_cents, one.currency) for one in commitments]
    total = sum(paid, Money.zero(award.currency))
    if total < money:
        raise MoreThanPaid(paid=format_money(total))
    lines = []
    for commitment, part in zip(commitments, spread(money, paid), strict=True):
        fund = commitment.fund
        commitment.returned_cents += part.amount_cents
        lines += [
            Line("1.1.1", fund, part),
            Line("5.1.1", fund, -part),
            Line("8.2.2", fund, part),
            Line("8.2.7", fund, -part),
        ]
    post_entry(
        kind=EntryKind.REFUND,
        entry_date=received_on,
        memo=f"Apoyo {award.id}: devolución de lo no ejercido",
        source=f"grants.award:{award.id}",
        lines=[line for line in lines if line.money],
        idempotency_key=key,
    )
    record("award.unspent_returned", "award", award.id, None, {"amount_cents": money.amount_cents})


def _hold(order: PaymentOrder) -> None:
    """Read an order as it is now and keep it until the transaction ends: whoever comes second finds it moved."""
    # Columns by name: a page loads an order with its outer joins, and PostgreSQL locks no nullable side of one.
    session().refresh(order, attribute_names=MOVING, with_for_update=True)


def _person() -> int:
    who = actor().user_id
    if who is None:
        raise MissingCredentials()
    return who
