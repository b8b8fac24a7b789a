"""Budget against actual: what a year's plan approved, and what came of it, by programme and by fund."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from core.database import session
from core.money import Money
from grants.models import Application, Award
from treasury.models import Commitment, OperatingPlan, Programme
from treasury.queries.budget import plan_of
from treasury.rules import FundMoments, fund_moments
from treasury.states import CommitmentState
from trust import queries as trust_queries
from trust.models import Fund


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """What one fund may spend in one axis by the plan, and what the year's awards bound, accrued and were paid of it.

    `programmes` are those of the plan that share fund and axis; none where awards were bound that no programme planned.
    """

    programmes: tuple[Programme, ...]
    axis: int
    fund: Fund
    approved: Money
    committed: Money
    accrued: Money
    paid: Money

    @property
    def left(self) -> Money:
        """What of the approved money nobody was promised."""
        return self.approved - self.committed


@dataclass(frozen=True, slots=True)
class FundLine:
    """The moments of the budget of one fund, as the ledger moved them within the year."""

    fund: Fund
    moments: FundMoments


@dataclass(frozen=True, slots=True)
class Execution:
    """A year's budget against what happened."""

    plan: OperatingPlan
    programmes: tuple[ProgrammeLine, ...]
    funds: tuple[FundLine, ...]


def execution_of(year: int) -> Execution:
    """Return a year's plan against what was committed in the year and what came of that until today.

    Raises:
        PlanNotFound: the year has no plan.
    """
    plan = plan_of(year)
    funds = {fund.id: fund for fund in trust_queries.funds()}
    return Execution(plan, tuple(_programmes(plan, funds)), tuple(_funds(plan, funds)))


def _programmes(plan: OperatingPlan, funds: dict[int, Fund]) -> list[ProgrammeLine]:
    planned: dict[tuple[int, int], list[Programme]] = defaultdict(list)
    for programme in plan.programmes:
        planned[programme.axis, programme.fund_id].append(programme)
    kept = Commitment.amount_cents - Commitment.released_cents - Commitment.returned_cents
    query = (
        select(
            Application.axis,
            Commitment.fund_id,
            func.sum(kept),
            func.sum(case((Commitment.state == CommitmentState.COMMITTED, 0), else_=kept)),
            func.sum(Commitment.paid_cents - Commitment.returned_cents),
        )
        .join(Award, Award.id == Commitment.award_id)
        .join(Application, Application.id == Award.application_id)
        .where(
            Commitment.committed_on.between(date(plan.year, 1, 1), date(plan.year, 12, 31)),
            Commitment.currency == plan.currency,
        )
        .group_by(Application.axis, Commitment.fund_id)
        .order_by(Application.axis, Commitment.fund_id)
    )
    found = {(axis, fund_id): tuple(int(cell) for cell in cells) for axis, fund_id, *cells in session().execute(query)}
    lines = []
    for axis, fund_id in sorted({*planned, *(key for key, cells in found.items() if any(cells))}):
        own = planned.get((axis, fund_id), [])
        approved = sum(programme.amount_cents for programme in own)
        amounts = (approved, *found.get((axis, fund_id), (0, 0, 0)))
        lines.append(ProgrammeLine(tuple(own), axis, funds[fund_id], *(Money(c, plan.currency) for c in amounts)))
    return lines


def _funds(plan: OperatingPlan, funds: dict[int, Fund]) -> list[FundLine]:
    moved: dict[int, dict[str, int]] = defaultdict(dict)
    for row in trust_queries.movements(date(plan.year, 1, 1), date(plan.year, 12, 31), accounts_like="8."):
        if row.currency == plan.currency:
            moved[row.fund_id][row.account_code] = row.debit_cents - row.credit_cents
    return [
        FundLine(funds[fund_id], moments)
        for fund_id, nets in sorted(moved.items())
        if any((moments := fund_moments(nets, plan.currency)).amounts)
    ]
