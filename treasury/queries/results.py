"""What became of the plan: awards and money by programme, of results that are out. Nothing before that is told."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from core.clock import city_moment
from core.database import session
from core.money import Money
from grants.models import Application, Award, Determination
from grants.states.award import AwardState
from grants.states.determination import DeterminationState
from treasury.models import Commitment, OperatingPlan, Programme


@dataclass(frozen=True, slots=True)
class ProgrammeResult:
    """What a programme's fund did in its axis within the plan's year: awards that stand, and their money."""

    awards: int
    promised: Money
    paid: Money


def plan_results(plan: OperatingPlan) -> dict[int, ProgrammeResult]:
    """Return the results of a plan's programmes, by programme; those that have none are missing."""
    query = (
        select(
            Programme.id,
            func.count(Award.id.distinct()),
            func.sum(Commitment.amount_cents - Commitment.released_cents),
            func.sum(Commitment.paid_cents - Commitment.returned_cents),
        )
        .join(Commitment, Commitment.fund_id == Programme.fund_id)
        .join(Award, Award.id == Commitment.award_id)
        .join(Application, (Application.id == Award.application_id) & (Application.axis == Programme.axis))
        .join(Determination, Determination.application_id == Application.id)
        .where(
            Programme.plan_id == plan.id,
            Award.state.not_in([AwardState.PENDING, AwardState.DECLINED]),
            Determination.state == DeterminationState.RELEASED,
            Determination.released_at >= city_moment(date(plan.year, 1, 1)),
            Determination.released_at < city_moment(date(plan.year + 1, 1, 1)),
        )
        .group_by(Programme.id)
        .order_by(Programme.id)
    )
    return {
        programme_id: ProgrammeResult(count, Money(int(promised), plan.currency), Money(int(paid), plan.currency))
        for programme_id, count, promised, paid in session().execute(query)
    }
