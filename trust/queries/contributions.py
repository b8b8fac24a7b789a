"""What was given, promised and receipted, and what each fund has received and has free."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from core.clock import now
from core.database import session
from core.money import Money
from trust.errors import ContributionNotFound, OrderNotFound, ReceiptNotFound
from trust.models import (
    Account,
    AccountBalance,
    CheckoutOrder,
    Contribution,
    ContributionForm,
    ContributionKind,
    Fund,
    Payout,
    Pledge,
    Receipt,
    RefundRequest,
)
from trust.queries.ledger import funds
from trust.states import CheckoutState, ContributionState, PayoutState, RefundState

INCOME_CASH = ("4.1.1", "4.1.2", "4.1.3", "3.1.1")
IN_KIND = "4.2.1"
COMMITTED = ("8.2.4", "8.2.5", "8.2.6")
SPENT = "5.1.1"


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund's figures in its currency. What came in kind stands apart and is in none of the others."""

    fund: Fund
    received: Money
    in_kind: Money
    committed: Money
    spent: Money
    free: Money


def contributions(
    *,
    state: ContributionState | None = None,
    kind: ContributionKind | None = None,
    form: ContributionForm | None = None,
    fund_id: int | None = None,
    organisation_ids: Iterable[int] | None = None,
    user_id: int | None = None,
) -> Select[Contribution]:
    """Return the ordered query of contributions, newest first, with fund, thing given and receipt.

    `organisation_ids` and `user_id` together mean either: what one person may see of what was given.
    """
    query = select(Contribution).options(
        joinedload(Contribution.fund), joinedload(Contribution.item), joinedload(Contribution.receipt)
    )
    if state is not None:
        query = query.where(Contribution.state == state)
    if kind is not None:
        query = query.where(Contribution.kind == kind)
    if form is not None:
        query = query.where(Contribution.form == form)
    if fund_id is not None:
        query = query.where(Contribution.fund_id == fund_id)
    if organisation_ids is not None or user_id is not None:
        ids = list(organisation_ids or ())
        query = query.where(
            Contribution.giver_organisation_id.in_(ids) | (Contribution.giver_user_id == (user_id or -1))
        )
    return query.order_by(Contribution.id.desc())


def contribution(contribution_id: int) -> Contribution:
    """Return a contribution with its fund, thing given and receipt.

    Raises:
        ContributionNotFound: there is none.
    """
    found = session().scalar(contributions().where(Contribution.id == contribution_id))
    if found is None:
        raise ContributionNotFound()
    return found


def contribution_by_key(key: str) -> Contribution | None:
    """Return the contribution recorded under an idempotency key."""
    return session().scalar(select(Contribution).where(Contribution.idempotency_key == key))


def receipt_by_code(code: str) -> Receipt:
    """Return the receipt with this number, as people write it.

    Raises:
        ReceiptNotFound: there is none.
    """
    found = session().scalar(
        select(Receipt)
        .options(joinedload(Receipt.contribution).joinedload(Contribution.fund))
        .where(Receipt.code == code.strip().upper()[:30])
    )
    if found is None:
        raise ReceiptNotFound(code=code[:30])
    return found


def receipt_by_token(token: str) -> Receipt:
    """Return the receipt whose unguessable download address this is.

    Raises:
        ReceiptNotFound: nobody was given this address.
    """
    found = session().scalar(
        select(Receipt).options(joinedload(Receipt.contribution)).where(Receipt.token == token[:64])
    )
    if found is None:
        raise ReceiptNotFound(code="…")
    return found


def order_by_token(token: str) -> CheckoutOrder:
    """Return the payment whose unguessable return address this is.

    Raises:
        OrderNotFound: nobody was given this address.
    """
    found = session().scalar(select(CheckoutOrder).where(CheckoutOrder.token == token[:64]))
    if found is None:
        raise OrderNotFound()
    return found


LONGEST_WAIT = timedelta(days=35)  # a voucher or a transfer that has not come by then never will
ON_THEIR_WAY = (CheckoutState.OPEN, CheckoutState.PROCESSING)


def orders_to_check() -> list[CheckoutOrder]:
    """Return payments with a page that are neither paid nor given up, oldest first."""
    query = select(CheckoutOrder).where(CheckoutOrder.state.in_(ON_THEIR_WAY), CheckoutOrder.session_id.is_not(None))
    return list(session().scalars(query.order_by(CheckoutOrder.id)))


def orders_overdue() -> list[CheckoutOrder]:
    """Return payments that were on their way for too long, held until the transaction ends."""
    query = select(CheckoutOrder).where(
        CheckoutOrder.state.in_(ON_THEIR_WAY), CheckoutOrder.created_at <= now() - LONGEST_WAIT
    )
    return list(session().scalars(query.order_by(CheckoutOrder.id).with_for_update()))


def waits_for_company() -> bool:
    """Return whether a payment, a refund or a deposit may still change without anybody telling us."""
    query = select(
        select(CheckoutOrder.id).where(CheckoutOrder.state.in_(ON_THEIR_WAY)).exists()
        | select(RefundRequest.id).where(RefundRequest.state == RefundState.REQUESTED).exists()
        | select(Payout.id).where(Payout.state.in_([PayoutState.ON_ITS_WAY, PayoutState.UNMATCHED])).exists()
    )
    return bool(session().scalar(query))


def orders_without_page(opened_before: datetime) -> list[CheckoutOrder]:
    """Return orders whose page was never kept, held until the transaction ends."""
    query = select(CheckoutOrder).where(
        CheckoutOrder.session_id.is_(None),
        CheckoutOrder.state == CheckoutState.OPEN,
        CheckoutOrder.created_at < opened_before,
    )
    return list(session().scalars(query.order_by(CheckoutOrder.id).with_for_update()))


def order(order_id: int) -> CheckoutOrder:
    """Return an online payment with its fund.

    Raises:
        OrderNotFound: there is none.
    """
    found = session().scalar(
        select(CheckoutOrder).options(joinedload(CheckoutOrder.fund)).where(CheckoutOrder.id == order_id)
    )
    if found is None:
        raise OrderNotFound()
    return found


def offers_waiting() -> int:
    """Return how many offers in kind wait for their delivery to be confirmed."""
    return (
        session().scalar(
            select(func.count()).select_from(Contribution).where(Contribution.state == ContributionState.OFFERED)
        )
        or 0
    )


def payments_held() -> int:
    """Return how many online payments wait for somebody to look at them, or for their money to go back."""
    waiting = CheckoutOrder.state.in_([CheckoutState.HELD, CheckoutState.REFUND_DUE])
    return session().scalar(select(func.count()).select_from(CheckoutOrder).where(waiting)) or 0


def pledges_of(organisation_ids: Iterable[int], user_id: int | None) -> list[Pledge]:
    """Return what these organisations or this person promised, newest first."""
    mine = Pledge.giver_organisation_id.in_(list(organisation_ids)) | (Pledge.giver_user_id == (user_id or -1))
    return list(
        session()
        .scalars(
            select(Pledge)
            .options(joinedload(Pledge.fund), joinedload(Pledge.instalments))
            .where(mine)
            .order_by(Pledge.id.desc())
        )
        .unique()
    )


def fund_figures() -> list[FundFigures]:
    """Return every fund with what it received, committed, spent and has free, from the running rows, in one query."""
    code, cents = AccountBalance.account_code, AccountBalance.balance_cents
    rows = session().execute(
        select(
            AccountBalance.fund_id,
            AccountBalance.currency,
            func.sum(case((code.in_(INCOME_CASH), -cents), else_=0)),
            func.sum(case((code == IN_KIND, -cents), else_=0)),
            func.sum(case((code.in_(COMMITTED), cents), else_=0)),
            func.sum(case((code == SPENT, cents), else_=0)),
            func.sum(Account.available_sign * cents),
        )
        .join(Account, Account.code == AccountBalance.account_code)
        .group_by(AccountBalance.fund_id, AccountBalance.currency)
        .order_by(AccountBalance.fund_id, AccountBalance.currency)
    )
    found: dict[tuple[int, str], tuple[int, ...]] = {
        (fund_id, currency): tuple(int(value) for value in values) for fund_id, currency, *values in rows
    }
    figures = []
    by_fund: dict[int, list[str]] = defaultdict(list)
    for fund_id, currency in found:
        by_fund[fund_id].append(currency)
    for fund in funds():
        extra = [currency for currency in by_fund[fund.id] if currency != fund.currency]
        for currency in (fund.currency, *extra):
            values = found.get((fund.id, currency), (0, 0, 0, 0, 0))
            figures.append(FundFigures(fund, *(Money(value, currency) for value in values)))
    return figures
