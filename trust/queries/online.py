"""Our balance at the payment company: its movements, deposits, disputes, and the refunds we asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import aliased, joinedload

from core.database import session
from core.money import Money
from trust.models import (
    CheckoutOrder,
    Fund,
    JournalEntry,
    OnlineDispute,
    OnlineMovement,
    Payout,
    Posting,
    ProcessedEvent,
    RefundRequest,
)
from trust.queries.fund_closings import heir_of
from trust.queries.reading import entry_by_key, entry_debits
from trust.states import DisputeState, PayoutState, RefundState


def movement(transaction_id: str) -> OnlineMovement | None:
    """Return a movement by the company's number."""
    return session().scalar(select(OnlineMovement).where(OnlineMovement.transaction_id == transaction_id))


def movements_of(order: CheckoutOrder) -> list[OnlineMovement]:
    """Return the movements of one payment, oldest first."""
    query = select(OnlineMovement).where(OnlineMovement.order_id == order.id).order_by(OnlineMovement.id)
    return list(session().scalars(query))


def movements_named(transaction_ids: Sequence[str]) -> list[OnlineMovement]:
    """Return the movements with these numbers of the company, with their funds."""
    query = (
        select(OnlineMovement)
        .options(joinedload(OnlineMovement.fund))
        .where(OnlineMovement.transaction_id.in_(list(transaction_ids)))
        .order_by(OnlineMovement.id)
    )
    return list(session().scalars(query))


def movements_in(payout: Payout) -> list[OnlineMovement]:
    """Return the movements that one deposit brought to the bank."""
    query = (
        select(OnlineMovement)
        .options(joinedload(OnlineMovement.fund), joinedload(OnlineMovement.order))
        .where(OnlineMovement.payout_id == payout.id)
        .order_by(OnlineMovement.id)
    )
    return list(session().scalars(query))


def dispute(company_id: str) -> OnlineDispute | None:
    """Return a dispute by the company's number."""
    return session().scalar(select(OnlineDispute).where(OnlineDispute.company_id == company_id))


def disputes_of(order: CheckoutOrder) -> list[OnlineDispute]:
    """Return the disputes about one payment."""
    query = select(OnlineDispute).where(OnlineDispute.order_id == order.id).order_by(OnlineDispute.id)
    return list(session().scalars(query))


def disputes() -> Select[OnlineDispute]:
    """Return the query of disputes, open ones first, then newest first."""
    return (
        select(OnlineDispute)
        .options(joinedload(OnlineDispute.order), joinedload(OnlineDispute.fund))
        .order_by((OnlineDispute.state == DisputeState.OPEN).desc(), OnlineDispute.id.desc())
    )


def disputes_open() -> int:
    """Return how many disputes are not decided."""
    query = select(func.count()).select_from(OnlineDispute).where(OnlineDispute.state == DisputeState.OPEN)
    return session().scalar(query) or 0


def payout_by_company_id(company_id: str, *, hold: bool = False) -> Payout | None:
    """Return a deposit by the company's number; `hold` keeps it until the transaction ends."""
    query = select(Payout).where(Payout.company_id == company_id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalar(query)


def payout(payout_id: int) -> Payout | None:
    """Return a deposit with its entry."""
    return session().scalar(select(Payout).options(joinedload(Payout.entry)).where(Payout.id == payout_id))


def payouts() -> Select[Payout]:
    """Return the query of deposits, newest first."""
    return select(Payout).options(joinedload(Payout.entry)).order_by(Payout.id.desc())


def payouts_open() -> list[Payout]:
    """Return the deposits that are not in the books and may still get there."""
    open_states = [PayoutState.ON_ITS_WAY, PayoutState.UNMATCHED]
    return list(session().scalars(select(Payout).where(Payout.state.in_(open_states)).order_by(Payout.id)))


def payouts_unmatched() -> int:
    """Return how many deposits carry something the books do not know."""
    query = select(func.count()).select_from(Payout).where(Payout.state == PayoutState.UNMATCHED)
    return session().scalar(query) or 0


def requests_of(order: CheckoutOrder) -> list[RefundRequest]:
    """Return what was asked to be given back of one payment, oldest first."""
    query = select(RefundRequest).where(RefundRequest.order_id == order.id).order_by(RefundRequest.id)
    return list(session().scalars(query))


def refund_wish(company_id: str) -> RefundRequest | None:
    """Return the wish that became a refund of the company."""
    return session().scalar(select(RefundRequest).where(RefundRequest.company_id == company_id))


def refunds_to_send() -> list[RefundRequest]:
    """Return the refunds the company has not confirmed, oldest first, with their payments."""
    query = (
        select(RefundRequest)
        .options(joinedload(RefundRequest.order))
        .where(RefundRequest.state == RefundState.REQUESTED)
        .order_by(RefundRequest.id)
    )
    return list(session().scalars(query))


def refundable(order: CheckoutOrder) -> Money:
    """Return what of a payment can still go back."""
    asked = sum(one.amount_cents for one in requests_of(order) if one.state != RefundState.REFUSED)
    asked += sent_by_transfer(order).amount_cents
    if order.contribution is not None:
        whole, gone = order.contribution.money, max(asked, order.contribution.refunded_cents)
        return Money(max(whole.amount_cents - gone, 0), whole.currency)
    entry = entry_by_key(f"online-unasked:{order.id}")
    if entry is None:
        return Money.zero(order.currency)
    charged = entry_debits(entry)[0]
    return Money(max(charged.amount_cents - asked, 0), charged.currency)


def fund_of(order: CheckoutOrder) -> Fund:
    """Return the fund that answers for a payment: its contribution's, or the one that owes it to whoever paid.

    A closed one's duties are its heir's.
    """
    moves = movements_of(order)
    own = order.contribution.fund if order.contribution is not None else moves[0].fund if moves else order.fund
    return heir_of(own)


def sent_by_transfer(order: CheckoutOrder) -> Money:
    """Return what of a payment the trust sent back from its own bank."""
    return -booked(order, None, "1.1.1")


def booked(order: CheckoutOrder, fund: Fund | None, account: str) -> Money:
    """Return what the entries about a payment after it came add up to in an account, reversed ones aside.

    Without a fund, in all of them: a payment's fund may close, and another answers for it.
    """
    undo = aliased(JournalEntry)
    cents = session().scalar(
        select(func.coalesce(func.sum(Posting.amount_cents), 0))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(undo, undo.reverses_id == JournalEntry.id)
        .where(
            JournalEntry.source == f"trust.checkout_order:{order.id}",
            Posting.fund_id == fund.id if fund is not None else true(),
            Posting.account_code == account,
            Posting.currency == order.currency,
            undo.id.is_(None),
        )
    )
    return Money(int(cents or 0), order.currency)


def order_of_contribution(contribution_id: int) -> CheckoutOrder | None:
    """Return the online payment that brought a contribution."""
    return session().scalar(select(CheckoutOrder).where(CheckoutOrder.contribution_id == contribution_id))


def known_events(since: datetime) -> set[str]:
    """Return the notices that were applied since a moment."""
    query = select(ProcessedEvent.event_id).where(ProcessedEvent.received_at >= since)
    return set(session().scalars(query.order_by(ProcessedEvent.id)))


def first_payment_at() -> datetime | None:
    """Return when the first payment page was opened."""
    return session().scalar(select(func.min(CheckoutOrder.created_at)))
