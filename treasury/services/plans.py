"""The annual operating plan: drafted by programme, approved once, and from then on what authorises spending."""

from collections.abc import Mapping

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.language import localised
from core.money import Money
from core.settings import setting
from treasury import queries
from treasury.errors import NotPositive, PlanApproved, PlanEmpty, PlanExists, WrongCurrency
from treasury.models import OperatingPlan, Programme
from treasury.states import PLAN_STATES, PlanState
from trust.errors import EndowmentNotSpendable
from trust.models import EntryKind, Fund, FundKind
from trust.services import Line, post_entry


def draft_plan(year: int) -> OperatingPlan:
    """Begin the plan of a year.

    Raises:
        PlanExists: the year has one.
    """
    if any(plan.year == year for plan in queries.plans()):
        raise PlanExists(year=year)
    plan = OperatingPlan(year=year, state=PlanState.DRAFT, currency=setting("BASE_CURRENCY"))
    session().add(plan)
    session().flush()
    record("plan.drafted", "operating_plan", plan.id, None, {"year": year})
    return plan


def add_programme(
    plan: OperatingPlan,
    *,
    axis: int,
    name: Mapping[str, str],
    goal: Mapping[str, str],
    indicator: Mapping[str, str],
    target: int,
    fund: Fund,
    money: Money,
) -> Programme:
    """Add a line to a plan that is still being drafted.

    Raises:
        PlanApproved, EndowmentNotSpendable, NotPositive, WrongCurrency: the line does not belong there.
    """
    if plan.state is not PlanState.DRAFT:
        raise PlanApproved()
    if fund.kind is FundKind.ENDOWMENT:
        raise EndowmentNotSpendable(fund=localised(fund.name))
    check_amount(money, plan.currency)
    programme = Programme(
        plan_id=plan.id,
        axis=axis,
        name=dict(name),
        goal=dict(goal),
        indicator=dict(indicator),
        target=target,
        fund_id=fund.id,
        amount_cents=money.amount_cents,
        currency=money.currency,
    )
    session().add(programme)
    session().flush()
    session().expire(plan, ["programmes"])
    record("plan.programme_added", "operating_plan", plan.id, None, {"programme": programme.id, "fund": fund.code})
    return programme


def approve_plan(plan: OperatingPlan) -> OperatingPlan:
    """Approve the plan and post its spending as approved, fund by fund (8.2.2 against 8.2.1).

    Raises:
        IllegalTransition: it is approved already. PlanEmpty: it has no programme.
    """
    PLAN_STATES.check(plan.state, PlanState.APPROVED)
    if not plan.programmes:
        raise PlanEmpty()
    totals: dict[int, Money] = {}
    funds: dict[int, Fund] = {}
    for programme in plan.programmes:
        funds[programme.fund_id] = programme.fund
        totals[programme.fund_id] = totals.get(programme.fund_id, Money.zero(plan.currency)) + programme.money
    lines = []
    for fund_id, total in sorted(totals.items()):
        lines += [Line("8.2.2", funds[fund_id], total), Line("8.2.1", funds[fund_id], -total)]
    post_entry(
        kind=EntryKind.BUDGET,
        entry_date=today(),
        memo=f"POA {plan.year}: presupuesto aprobado",
        source=f"treasury.operating_plan:{plan.id}",
        lines=lines,
        idempotency_key=f"plan-approved:{plan.id}",
    )
    plan.state, plan.approved_at, plan.approved_by_id = PlanState.APPROVED, now(), actor().user_id
    session().flush()
    record("plan.approved", "operating_plan", plan.id, {"state": "draft"}, {"state": "approved"})
    return plan


def check_amount(money: Money, currency: str) -> None:
    """Refuse an amount that is not positive or not in the budget's currency.

    Raises:
        WrongCurrency, NotPositive.
    """
    if money.currency != currency:
        raise WrongCurrency(currency=currency)
    if money.amount_cents <= 0:
        raise NotPositive()
