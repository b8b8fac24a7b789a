"""What a fund that is to end still holds, what keeps it open, and where the rest may go."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from core.database import session
from core.language import N_
from core.money import Money
from trust.errors import FundClosingNotFound
from trust.models import AccountBalance, CheckoutOrder, Contribution, Fund, FundClosing, Pledge, RefundRequest
from trust.queries.contributions import COMMITTED
from trust.queries.ledger import general_fund
from trust.rules.fund_closings import MayTake, may_take_rest
from trust.states import CheckoutState, ContributionState, FundClosingState, FundState, PledgeState, RefundState

BANKS = ("1.1.1", "1.1.3")
UNSETTLED = {
    "1.1.2": N_("Dinero que la empresa de pagos todavía no deposita"),
    "1.1.4": N_("Dinero en disputa"),
    "1.3.1": N_("Bienes o servicios en especie sin usar"),
    "2.1.1": N_("Dinero que se debe devolver"),
    **dict.fromkeys(COMMITTED, N_("Dinero comprometido con apoyos")),
}
ON_THEIR_WAY = (CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.HELD, CheckoutState.REFUND_DUE)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a fund cannot end yet: what it is, and how much or how many."""

    label: str
    money: Money | None = None
    count: int = 0


def rest_of(fund: Fund) -> list[tuple[str, Money]]:
    """Return what a fund has in the bank, by account and currency."""
    query = (
        select(AccountBalance)
        .where(
            AccountBalance.fund_id == fund.id,
            AccountBalance.account_code.in_(BANKS),
            AccountBalance.balance_cents != 0,
        )
        .order_by(AccountBalance.account_code, AccountBalance.currency)
        .execution_options(populate_existing=True)
    )
    return [(one.account_code, Money(one.balance_cents, one.currency)) for one in session().scalars(query)]


def obstacles(fund: Fund) -> list[Obstacle]:
    """Return what keeps a fund open, as far as this room knows."""
    return [*_unsettled(fund), *_awaited(fund)]


def _unsettled(fund: Fund) -> Iterator[Obstacle]:
    query = (
        select(AccountBalance)
        .where(
            AccountBalance.fund_id == fund.id,
            AccountBalance.account_code.in_(UNSETTLED),
            AccountBalance.balance_cents != 0,
        )
        .order_by(AccountBalance.account_code, AccountBalance.currency)
        .execution_options(populate_existing=True)
    )
    for one in session().scalars(query):
        yield Obstacle(UNSETTLED[one.account_code], Money(abs(one.balance_cents), one.currency))
    for _account, money in rest_of(fund):
        if money.amount_cents < 0:
            yield Obstacle(N_("Le falta dinero en el banco"), -money)


def _awaited(fund: Fund) -> Iterator[Obstacle]:
    counts: tuple[tuple[str, Select[int]], ...] = (
        (
            N_("Promesas vigentes"),
            select(func.count(Pledge.id)).where(Pledge.fund_id == fund.id, Pledge.state == PledgeState.ACTIVE),
        ),
        (
            N_("Ofertas en especie por confirmar"),
            select(func.count(Contribution.id)).where(
                Contribution.fund_id == fund.id, Contribution.state == ContributionState.OFFERED
            ),
        ),
        (
            N_("Pagos en línea que no terminan"),
            select(func.count(CheckoutOrder.id)).where(
                CheckoutOrder.fund_id == fund.id, CheckoutOrder.state.in_(ON_THEIR_WAY)
            ),
        ),
        (
            N_("Devoluciones pedidas a la empresa de pagos"),
            select(func.count(RefundRequest.id))
            .join(CheckoutOrder, CheckoutOrder.id == RefundRequest.order_id)
            .where(CheckoutOrder.fund_id == fund.id, RefundRequest.state == RefundState.REQUESTED),
        ),
    )
    for label, query in counts:
        count = session().scalar(query) or 0
        if count:
            yield Obstacle(label, count=count)


def takers(fund: Fund) -> list[tuple[Fund, MayTake]]:
    """Return the open funds that may take what this one leaves, and whether it takes the giver's consent."""
    query = select(Fund).where(Fund.state == FundState.OPEN, Fund.id != fund.id).order_by(Fund.id)
    found = [(one, verdict_on(fund, one)) for one in session().scalars(query)]
    return [(one, verdict) for one, verdict in found if verdict is not MayTake.NO]


def verdict_on(fund: Fund, target: Fund) -> MayTake:
    """Return whether a fund may take what another leaves."""
    giver = fund.giver_organisation_id
    return may_take_rest(
        fund.kind.value, target.kind.value, same_giver=giver is not None and giver == target.giver_organisation_id
    )


def fund_closing(closing_id: int, *, hold: bool = False) -> FundClosing:
    """Return a wish to close a fund; `hold` keeps it until the transaction ends.

    Raises:
        FundClosingNotFound: there is none.
    """
    query = select(FundClosing).options(joinedload(FundClosing.fund)).where(FundClosing.id == closing_id)
    if hold:
        query = query.with_for_update(of=FundClosing).execution_options(populate_existing=True)
    found = session().scalar(query)
    if found is None:
        raise FundClosingNotFound()
    return found


def fund_closing_of(fund: Fund) -> FundClosing | None:
    """Return the wish that waits to be decided, or that closed the fund."""
    waiting = FundClosing.state.in_([FundClosingState.ASKED, FundClosingState.GRANTED])
    return session().scalar(select(FundClosing).where(FundClosing.fund_id == fund.id, waiting))


def heir_of(fund: Fund) -> Fund:
    """Return the fund itself; once closed, the open one that took its rest; the general fund where nobody did."""
    while fund.state == FundState.CLOSED:
        wish = fund_closing_of(fund)
        if wish is None or wish.target is None:
            return general_fund() or fund
        fund = wish.target
    return fund


def fund_closings() -> list[FundClosing]:
    """Return every wish to close a fund, latest first."""
    query = select(FundClosing).options(joinedload(FundClosing.fund), joinedload(FundClosing.asked_by))
    return list(session().scalars(query.order_by(FundClosing.id.desc())))


def fund_closings_to_decide(user_id: int | None) -> int:
    """Return how many wishes wait for this person: those that somebody else asked for."""
    query = select(func.count(FundClosing.id)).where(FundClosing.state == FundClosingState.ASKED)
    if user_id is not None:
        query = query.where(FundClosing.asked_by_id != user_id)
    return session().scalar(query) or 0
