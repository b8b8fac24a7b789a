"""The approved operating plan of a year."""

from sqlalchemy import select

from core.database import session
from transparency.rules.figures import PlanLine
from treasury.models import OperatingPlan, Programme
from treasury.states import PlanState


def plan_lines(year: int) -> tuple[PlanLine, ...]:
    """Return the programmes of a year's approved plan, by axis; none while it is a draft."""
    query = (
        select(Programme)
        .join(Programme.plan)
        .where(OperatingPlan.year == year, OperatingPlan.state == PlanState.APPROVED)
        .order_by(Programme.axis, Programme.id)
    )
    return tuple(
        PlanLine(str(one.axis), one.name, one.goal, one.target, one.indicator, one.money)
        for one in session().scalars(query)
    )
