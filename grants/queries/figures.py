"""The figures the public reports are made of: awards by day, and how the process of a call went."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import String, cast, func, select

from core.audit import AuditEvent
from core.database import session
from core.money import Money
from grants.models.application import Application
from grants.models.award import Award
from grants.models.call import Call
from grants.models.determination import Appeal, Determination
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from grants.states.determination import AppealState, DeterminationState, Outcome


@dataclass(frozen=True, slots=True)
class CallFigures:
    """How the process of a call went, in numbers. `median_days_to_decision` is None before the release."""

    submitted: int
    late_refused: int
    withdrawn: int
    eligible: int
    ineligible: int
    awarded: int
    waitlisted: int
    not_selected: int
    first_timers: int
    women: int
    appeals_filed: int
    appeals_upheld: int
    median_days_to_decision: float | None
    awarded_amount: Money


def process_figures(call: Call) -> CallFigures:
    """Return how the process of a call went, in a constant number of queries. Outcomes count once released."""
    states = {
        row[0]: row[1]
        for row in session().execute(
            select(Application.state, func.count())
            .where(Application.call_id == call.id, Application.submitted_at.is_not(None))
            .group_by(Application.state)
            .order_by(Application.state)
        )
    }
    outcomes = {
        row[0]: row[1]
        for row in session().execute(
            select(Determination.outcome, func.count())
            .where(Determination.call_id == call.id, Determination.state == DeterminationState.RELEASED)
            .group_by(Determination.outcome)
            .order_by(Determination.outcome)
        )
    }
    passed = (
        ApplicationState.ELIGIBLE,
        ApplicationState.IN_REVIEW,
        ApplicationState.AWARDED,
        ApplicationState.WAITLISTED,
        ApplicationState.NOT_SELECTED,
    )
    appeals = _appeals(call)
    return CallFigures(
        submitted=sum(states.values()),
        late_refused=_late_refused(call),
        withdrawn=states.get(ApplicationState.WITHDRAWN, 0),
        eligible=sum(states.get(state, 0) for state in passed),
        ineligible=states.get(ApplicationState.INELIGIBLE, 0),
        awarded=outcomes.get(Outcome.AWARDED, 0),
        waitlisted=outcomes.get(Outcome.WAITLISTED, 0),
        not_selected=outcomes.get(Outcome.NOT_SELECTED, 0),
        first_timers=_count(call, Application.first_time.is_(True)),
        women=_count(call, Application.gender == "woman"),
        appeals_filed=sum(appeals.values()),
        appeals_upheld=appeals.get(AppealState.UPHELD, 0),
        median_days_to_decision=_median_days(call),
        awarded_amount=_awarded_amount(call),
    )


def _count(call: Call, condition: Any) -> int:
    query = select(func.count()).where(Application.call_id == call.id, Application.submitted_at.is_not(None), condition)
    return session().scalar(query) or 0


def _late_refused(call: Call) -> int:
    query = (
        select(func.count(func.distinct(AuditEvent.subject_id)))
        .join(Application, cast(Application.id, String) == AuditEvent.subject_id)
        .where(
            AuditEvent.action == "application.refused_late",
            AuditEvent.subject == "application",
            Application.call_id == call.id,
        )
    )
    return session().scalar(query) or 0


def _appeals(call: Call) -> dict[AppealState, int]:
    rows = session().execute(
        select(Appeal.state, func.count())
        .join(Appeal.determination)
        .where(Determination.call_id == call.id)
        .group_by(Appeal.state)
        .order_by(Appeal.state)
    )
    return {row[0]: row[1] for row in rows}


def _median_days(call: Call) -> float | None:
    rows = session().execute(
        select(Application.submitted_at, Determination.released_at)
        .join(Determination, Determination.application_id == Application.id)
        .where(Determination.call_id == call.id, Determination.released_at.is_not(None))
        .order_by(Application.id)
    )
    days = [(released - submitted).total_seconds() / 86_400 for submitted, released in rows if submitted and released]
    return round(median(days), 1) if days else None


def _awarded_amount(call: Call) -> Money:
    cents = session().scalar(
        select(func.sum(Award.amount_cents))
        .join(Application, Application.id == Award.application_id)
        .where(Application.call_id == call.id, Award.state.not_in([AwardState.PENDING, AwardState.DECLINED]))
    )
    return Money(int(cents or 0), call.currency)


def scores_given(call: Call) -> dict[Decimal, int]:
    """Return how often each official score was given among a call's released determinations."""
    query = (
        select(Determination.score_text, func.count())
        .where(
            Determination.call_id == call.id,
            Determination.state == DeterminationState.RELEASED,
            Determination.score_text.is_not(None),
        )
        .group_by(Determination.score_text)
        .order_by(Determination.score_text)
    )
    given = Counter[Decimal]()
    for score, many in session().execute(query):
        given[Decimal(str(score))] += many  # however it was written
    return given
