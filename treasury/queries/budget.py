"""What the treasury reads: plans, allocations, commitments and orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.database import session
from core.money import Money
from core.settings import setting
from grants.models import Application, Award, Call
from grants.states.call import CallState
from treasury.errors import PlanNotFound
from treasury.models import Allocation, Commitment, OperatingPlan, PaymentOrder, PaymentShare, Programme
from treasury.states import OrderState, PlanState
from trust import queries as trust_queries
from trust.models import AccountBalance, Fund

PENDING_ACCOUNT = "8.2.2"


@dataclass(frozen=True, slots=True)
class FundRoom:
    """What a fund can still give to calls: `available` in the books less `promised` to calls and not yet committed."""

    fund: Fund
    available: Money
    promised: Money
    planned: Money

    @property
    def free(self) -> Money:
        """What may be allocated now."""
        return self.available - self.promised


def plans() -> list[OperatingPlan]:
    """Return every plan, latest first."""
    return list(session().scalars(select(OperatingPlan).order_by(OperatingPlan.year.desc())))


def programmes_in_force() -> list[Programme]:
    """Return the programmes of the approved plans, those of the latest year first."""
    return list(
        session().scalars(
            select(Programme)
            .join(Programme.plan)
            .options(contains_eager(Programme.plan))
            .where(OperatingPlan.state == PlanState.APPROVED)
            .order_by(OperatingPlan.year.desc(), Programme.id)
        )
    )


def plan_of(year: int) -> OperatingPlan:
    """Return a year's plan with its programmes and their funds.

    Raises:
        PlanNotFound: there is none.
    """
    plan = session().scalar(
        select(OperatingPlan)
        .where(OperatingPlan.year == year)
        .options(selectinload(OperatingPlan.programmes).joinedload(Programme.fund))
    )
    if plan is None:
        raise PlanNotFound(year=year)
    return plan


def allocated_to(slug: str) -> Money | None:
    """Return the sum of a call's allocations; None without one."""
    query = (
        select(Allocation.currency, func.sum(Allocation.amount_cents))
        .join(Call, Call.id == Allocation.call_id)
        .where(Call.slug == slug)
        .group_by(Allocation.currency)
        .order_by(Allocation.currency)
    )
    found = session().execute(query).first()
    return None if found is None else Money(int(found[1]), found[0])


def allocations_of(call: Call, *, hold: bool = False) -> list[Allocation]:
    """Return a call's allocations with their funds, in the order in which they pay.

    `hold` keeps them until the transaction ends, so that two awards at once never draw the same money.
    """
    query = (
        select(Allocation)
        .where(Allocation.call_id == call.id)
        .options(joinedload(Allocation.fund))
        .order_by(Allocation.rank, Allocation.id)
    )
    if hold:
        query = query.with_for_update(of=Allocation).execution_options(populate_existing=True)
    return list(session().scalars(query))


def committed_by_allocation(call: Call) -> dict[int, int]:
    """Return, by allocation id, what awards have bound and not released, in minor units."""
    rows = session().execute(
        select(Commitment.allocation_id, func.sum(Commitment.amount_cents - Commitment.released_cents))
        .join(Allocation, Allocation.id == Commitment.allocation_id)
        .where(Allocation.call_id == call.id)
        .group_by(Commitment.allocation_id)
        .order_by(Commitment.allocation_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def planned_left(fund: Fund, currency: str) -> Money:
    """Return what the approved plan still authorises out of a fund: the balance of 8.2.2."""
    cents = session().scalar(
        select(AccountBalance.balance_cents).where(
            AccountBalance.fund_id == fund.id,
            AccountBalance.account_code == PENDING_ACCOUNT,
            AccountBalance.currency == currency,
        )
    )
    return Money(int(cents or 0), currency)


def room_of(fund: Fund) -> FundRoom:
    """Return what one fund can still give in the budget's currency."""
    currency = str(setting("BASE_CURRENCY"))
    allocated = session().scalar(select(func.sum(Allocation.amount_cents)).where(Allocation.fund_id == fund.id)) or 0
    bound = (
        session().scalar(
            select(func.sum(Commitment.amount_cents - Commitment.released_cents)).where(Commitment.fund_id == fund.id)
        )
        or 0
    )
    return FundRoom(
        fund,
        trust_queries.available(fund, currency),
        Money(int(allocated) - int(bound), currency),
        planned_left(fund, currency),
    )


def promised_to_calls(fund: Fund) -> Money:
    """Return what calls that are not over may still spend out of a fund and no award has bound."""
    bound = (
        select(func.sum(Commitment.amount_cents - Commitment.released_cents))
        .where(Commitment.allocation_id == Allocation.id)
        .correlate(Allocation)
        .scalar_subquery()
    )
    cents = session().scalar(
        select(func.sum(Allocation.amount_cents - func.coalesce(bound, 0)))
        .join(Call, Call.id == Allocation.call_id)
        .where(Allocation.fund_id == fund.id, Call.state.not_in([CallState.FINAL, CallState.CANCELLED]))
    )
    return Money(int(cents or 0), str(setting("BASE_CURRENCY")))


def commitments_of(award: Award, *, hold: bool = False) -> list[Commitment]:
    """Return what is bound to an award, in the order in which it was taken.

    `hold` reads them as they are now and keeps them until the transaction ends: two payments at once add up.
    """
    query = (
        select(Commitment)
        .where(Commitment.award_id == award.id)
        .options(joinedload(Commitment.fund))
        .order_by(Commitment.id)
    )
    if hold:
        query = query.with_for_update(of=Commitment).execution_options(populate_existing=True)
    return list(session().scalars(query))


def ordered_by_commitment(award: Award) -> dict[int, int]:
    """Return, by commitment id, what orders that the bank has not paid yet will take from it, in minor units."""
    rows = session().execute(
        select(PaymentShare.commitment_id, func.sum(PaymentShare.amount_cents))
        .join(PaymentOrder, PaymentOrder.id == PaymentShare.order_id)
        .where(PaymentOrder.award_id == award.id, PaymentOrder.state.in_([OrderState.PREPARED, OrderState.AUTHORISED]))
        .group_by(PaymentShare.commitment_id)
        .order_by(PaymentShare.commitment_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def orders(states: Sequence[OrderState] = ()) -> Select[PaymentOrder]:
    """Return the query for payment orders, newest first, with what a list shows of each."""
    query = (
        select(PaymentOrder)
        .options(
            joinedload(PaymentOrder.tranche),
            joinedload(PaymentOrder.award).joinedload(Award.application).joinedload(Application.call),
        )
        .order_by(PaymentOrder.id.desc())
    )
    return query.where(PaymentOrder.state.in_(list(states))) if states else query


def order(order_id: int) -> PaymentOrder | None:
    """Return one order with its shares, commitments and funds."""
    return session().scalar(
        orders()
        .where(PaymentOrder.id == order_id)
        .options(
            selectinload(PaymentOrder.shares).joinedload(PaymentShare.commitment).joinedload(Commitment.fund),
        )
    )


def count_orders(state: OrderState) -> int:
    """Return how many orders stand in `state`."""
    return session().scalar(select(func.count(PaymentOrder.id)).where(PaymentOrder.state == state)) or 0


def sponsor_organisations(call: Call) -> set[int]:
    """Return the organisations whose restricted gifts pay for a call: a conflict of interest for their people."""
    return {
        allocation.fund.giver_organisation_id
        for allocation in allocations_of(call)
        if allocation.fund.giver_organisation_id is not None
    }
