"""Suficiencia presupuestaria: what a call may spend, and out of which fund."""

from collections.abc import Sequence

from core.audit import record
from core.clock import now
from core.database import session
from core.language import localised
from core.money import Money, format_money
from core.settings import setting
from grants import services as grants_services
from grants.models import Call
from scoring.services import tells_budget
from treasury import queries
from treasury.errors import NamedTwice, NotEnoughAvailable, NotInPlan, NotPositive
from treasury.models import Allocation
from treasury.services.plans import check_amount
from trust.errors import EndowmentNotSpendable
from trust.models import Fund, FundKind


def allocate_budget(call: Call, splits: Sequence[tuple[Fund, Money]]) -> list[Allocation]:
    """Give a call its budget, fund by fund; awards draw on the funds in this order.

    What a fund gives that already gives some is added to that. What is promised to a call cannot be promised to
    another. The call's budget becomes the sum of its allocations.

    Raises:
        NotEnoughAvailable: a fund does not hold it free. NotInPlan: the approved plan does not authorise it.
        EndowmentNotSpendable, NamedTwice, NotPositive, WrongCurrency: the split makes no sense.
    """
    currency = str(setting("BASE_CURRENCY"))
    if not splits:
        raise NotPositive()
    # Two officers at once: the second counts what the first gave this call, and neither gives the same money away.
    session().refresh(call, attribute_names=["budget_cents"], with_for_update={"key_share": True})
    for fund in sorted({fund.id: fund for fund, _money in splits}.values(), key=lambda one: one.id):
        session().refresh(fund, with_for_update={"key_share": True})
    held = {allocation.fund_id: allocation for allocation in queries.allocations_of(call, hold=True)}
    named = set[int]()
    for fund, money in splits:
        check_amount(money, currency)
        if fund.kind is FundKind.ENDOWMENT:
            raise EndowmentNotSpendable(fund=localised(fund.name))
        if fund.id in named:
            raise NamedTwice(fund=localised(fund.name))
        named.add(fund.id)
        _check_room(fund, money)
        if fund.id in held:
            _raise(held[fund.id], money)
        else:
            held[fund.id] = _allocate(call, fund, money, rank=len(held))
    total = Money(sum(allocation.amount_cents for allocation in held.values()), currency)
    grants_services.set_allocated_budget(call, total)
    grants_services.name_paying_organisations(call, queries.sponsor_organisations(call))
    return [held[fund.id] for fund, _money in splits]


def _allocate(call: Call, fund: Fund, money: Money, *, rank: int) -> Allocation:
    allocation = Allocation(
        call_id=call.id,
        fund_id=fund.id,
        rank=rank,
        amount_cents=money.amount_cents,
        currency=money.currency,
        allocated_at=now(),
    )
    allocation.fund = fund
    session().add(allocation)
    session().flush()
    record("budget.allocated", "call", call.id, None, {"fund": fund.code, "amount_cents": money.amount_cents})
    return allocation


def _raise(allocation: Allocation, money: Money) -> None:
    before = allocation.amount_cents
    allocation.amount_cents = before + money.amount_cents
    session().flush()
    said = {"fund": allocation.fund.code, "amount_cents": allocation.amount_cents}
    record("budget.raised", "call", allocation.call_id, said | {"amount_cents": before}, said)


def _check_room(fund: Fund, money: Money) -> None:
    room = queries.room_of(fund)
    asked = format_money(money)
    if money > room.free:
        raise NotEnoughAvailable(fund=localised(fund.name), free=format_money(room.free), asked=asked)
    authorised = room.planned - room.promised
    if money > authorised:
        raise NotInPlan(fund=localised(fund.name), free=format_money(authorised), asked=asked)


@tells_budget
def budget_of_call(call_key: str) -> Money | None:
    """Return all a call may spend, whatever the fund; None before anything is set aside for it."""
    return queries.allocated_to(call_key)
