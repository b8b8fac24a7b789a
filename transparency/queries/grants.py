"""How applications went, who was supported and how the judging was done, counted by the database."""

from collections.abc import Sequence
from datetime import datetime, time
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, cast, func, literal, select, union_all

from core.clock import city_moment
from core.database import session
from core.settings import setting
from grants.models import Appeal, Application, Award, Call, Determination
from grants.rules.standard import GENDERS
from grants.states.application import ApplicantKind, ApplicationState
from grants.states.award import AwardState
from grants.states.determination import AppealState, DeterminationState, Outcome
from scoring import queries as scoring_queries
from scoring.models import Assignment, AssignmentOrigin, Dossier, Panel, PanelSeat, Review, Score
from scoring.rules.agreement import krippendorff_alpha
from scoring.states import AssignmentState, PanelState, ReviewState
from transparency.rules.breakdowns import UNKNOWN, Count
from transparency.rules.figures import Process
from transparency.rules.periods import Period
from transparency.rules.suppression import THRESHOLD

# An award counts once its money is bound and until it is declined.
STANDING = tuple(state for state in AwardState if state not in (AwardState.PENDING, AwardState.DECLINED))


def catalogue() -> dict[str, tuple[str, ...]]:
    """Return the rows each breakdown always shows, in their order, from the deployment's catalogues."""
    return {
        "axis": tuple(str(axis["id"]) for axis in setting("AXES")),
        "region": tuple(region["id"] for region in setting("REGIONS")),
        "profile": tuple(kind.value for kind in ApplicantKind),
        "territory": tuple(setting("TERRITORIES")),
        "gender": (*(value for value, _es, _en in GENDERS), UNKNOWN),
        "first_time": ("yes", "no"),
    }


def moments(period: Period) -> tuple[datetime, datetime]:
    """Return the first and the last moment of a period on the city's clocks."""
    return city_moment(period.start), city_moment(period.end, time(23, 59, 59, 999_999))


def _released(period: Period | None, call: Call | None) -> ColumnElement[bool]:
    condition = Determination.state == DeterminationState.RELEASED
    if period is not None:
        condition = and_(condition, Determination.released_at.between(*moments(period)))
    if call is not None:
        condition = and_(condition, Determination.call_id == call.id)
    return condition


def group_counts(period: Period | None = None, call: Call | None = None) -> list[Count]:
    """Return decided applications and awards by each property, call and quarter, in one statement."""
    quarter: ColumnElement[int] = literal(0)
    if period is not None:
        quarter = case(
            *((Determination.released_at <= moments(one)[1], one.quarter) for one in period.quarters), else_=0
        )
    first_time = case((Application.first_time.is_(True), "yes"), (Application.first_time.is_(False), "no"))
    columns = {
        "axis": cast(Application.axis, String),
        "region": Application.region,
        "profile": cast(Application.kind, String),
        "territory": Application.alcaldia,
        "gender": Application.gender,
        "first_time": first_time,
    }
    parts = []
    for name, column in columns.items():
        key = func.coalesce(column, UNKNOWN)
        parts.append(
            select(
                literal(name).label("dimension"),
                key.label("group_key"),
                quarter.label("quarter_number"),
                Determination.call_id.label("call_id"),
                func.count(Determination.id).label("decided"),
                func.count(Award.id).label("awarded"),
                func.coalesce(func.sum(Award.amount_cents), 0).label("cents"),
            )
            .join(Application, Application.id == Determination.application_id)
            .outerjoin(Award, and_(Award.application_id == Application.id, Award.state.in_(STANDING)))
            .where(_released(period, call))
            .group_by("group_key", "quarter_number", Determination.call_id)
        )
    rows = union_all(*parts).subquery("counts")
    ordered = select(rows).order_by(rows.c.dimension, rows.c.group_key, rows.c.quarter_number, rows.c.call_id)
    return [
        Count(dimension, key, quarter_, call_id, decided, awarded, int(cents))
        for dimension, key, quarter_, call_id, decided, awarded, cents in session().execute(ordered)
    ]


def decided_calls(period: Period) -> list[int]:
    """Return the calls whose results were published in a period, by id."""
    query = select(Determination.call_id).where(_released(period, None)).distinct().order_by(Determination.call_id)
    return list(session().scalars(query))


def process(period: Period | None = None, call: Call | None = None, call_ids: Sequence[int] = ()) -> Process:
    """Return the figures of the process: of one call, or of what was received and decided in a period.

    How reviewers judged is told once the results are out, never before.
    """
    received = _received(period, call)
    outcomes = _outcomes(period, call)
    appeals = _appeals(period, call)
    judged = _judging(call_ids)
    standing = sum(count for (_outcome, standing), count in outcomes.items() if standing)
    return Process(
        calls=len(call_ids) if call is None else 1,
        submitted=received["submitted"],
        withdrawn=received["withdrawn"],
        ineligible=_outcome(outcomes, Outcome.INELIGIBLE),
        decided=sum(outcomes.values()),
        awarded=standing,
        waitlisted=sum(
            count for (outcome, held), count in outcomes.items() if outcome is Outcome.WAITLISTED and not held
        ),
        not_selected=_outcome(outcomes, Outcome.NOT_SELECTED),
        appeals_filed=sum(appeals.values()),
        appeals_upheld=appeals.get(AppealState.UPHELD, 0),
        days_to_result=_days_to_result(call_ids),
        agreement=_agreement(call) if call is not None and call_ids else None,
        **judged,
    )


def _outcome(outcomes: dict[tuple[Outcome, bool], int], wanted: Outcome) -> int:
    return sum(count for (outcome, _standing), count in outcomes.items() if outcome is wanted)


def _received(period: Period | None, call: Call | None) -> dict[str, int]:
    withdrawn = case((Application.state == ApplicationState.WITHDRAWN, 1), else_=0)
    query = select(func.count(Application.id), func.coalesce(func.sum(withdrawn), 0)).where(
        Application.submitted_at.is_not(None)
    )
    if period is not None:
        query = query.where(Application.submitted_at.between(*moments(period)))
    if call is not None:
        query = query.where(Application.call_id == call.id)
    submitted, gone = session().execute(query).one()
    return {"submitted": int(submitted), "withdrawn": int(gone)}


def _outcomes(period: Period | None, call: Call | None) -> dict[tuple[Outcome, bool], int]:
    held = case((Award.id.is_(None), 0), else_=1).label("held")
    query = (
        select(Determination.outcome, held, func.count(Determination.id))
        .outerjoin(Award, and_(Award.application_id == Determination.application_id, Award.state.in_(STANDING)))
        .where(_released(period, call))
        .group_by(Determination.outcome, "held")
        .order_by(Determination.outcome, "held")
    )
    return {(outcome, bool(standing)): count for outcome, standing, count in session().execute(query)}


def _appeals(period: Period | None, call: Call | None) -> dict[AppealState, int]:
    query = select(Appeal.state, func.count(Appeal.id)).join(Determination, Determination.id == Appeal.determination_id)
    if period is not None:
        query = query.where(Appeal.filed_at.between(*moments(period)))
    if call is not None:
        query = query.where(Determination.call_id == call.id)
    rows = session().execute(query.group_by(Appeal.state).order_by(Appeal.state))
    return {row[0]: row[1] for row in rows}


def _days_to_result(call_ids: Sequence[int]) -> int | None:
    query = (
        select(Call.closes_at, func.min(Determination.released_at))
        .join(Determination, Determination.call_id == Call.id)
        .where(Call.id.in_(call_ids), Determination.released_at.is_not(None))
        .group_by(Call.id, Call.closes_at)
        .order_by(Call.id)
    )
    days = [max(0, (out - closed).days) for closed, out in session().execute(query) if closed and out]
    return round(median(days)) if days else None


def _judging(call_ids: Sequence[int]) -> dict[str, int | None]:
    keys = select(Call.slug).where(Call.id.in_(call_ids))
    panels = select(Panel.id).where(Panel.call_key.in_(keys), Panel.state == PanelState.RELEASED)
    guesses = _guesses(panels)
    numbers = (
        select(func.count(func.distinct(PanelSeat.reviewer_id))).where(PanelSeat.panel_id.in_(panels)),
        _assigned(panels)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Review.state == ReviewState.SUBMITTED),
        _assigned(panels).where(Assignment.state == AssignmentState.RECUSED),
        _assigned(panels).where(Assignment.origin == AssignmentOrigin.FURTHER),
        select(func.sum(guesses.c.asked)),
        select(func.sum(guesses.c.made)),
    )
    names = ("reviewers", "reviews", "recusals", "further_reviews", "guesses_asked", "guesses_made")
    row = session().execute(select(*(one.scalar_subquery() for one in numbers))).one()
    return {name: int(value) if row[0] and value is not None else None for name, value in zip(names, row, strict=True)}


def _assigned(panels: Select[Any]) -> Select[Any]:
    return (
        select(func.count(Assignment.id))
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.panel_id.in_(panels))
    )


def _guesses(panels: Select[Any]) -> Subquery:
    """Return, by panel, how many reviews answered whether somebody thought to know the applicant, and how many did.

    Few people or few applications are told apart by it, so a panel in which few answered is left out of every sum:
    no wider report gives it back.
    """
    return (
        select(
            func.count(Review.id).label("asked"),
            func.sum(case((Review.believes_known.is_(True), 1), else_=0)).label("made"),
        )
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(
            Dossier.panel_id.in_(panels),
            Review.state == ReviewState.SUBMITTED,
            Review.believes_known.is_not(None),
        )
        .group_by(Dossier.panel_id)
        .having(
            func.count(func.distinct(Assignment.seat_id)) >= THRESHOLD,
            func.count(func.distinct(Assignment.dossier_id)) >= THRESHOLD,
        )
        .subquery("guesses")
    )


def _agreement(call: Call) -> float | None:
    """Return Krippendorff's alpha of the reviewers' totals, each total added up by the database."""
    panel = scoring_queries.panel_of_call(call.slug)
    if panel is None or panel.state is not PanelState.RELEASED:
        return None
    criteria = panel.rulebook.rules.criteria
    weight = case(*((Score.criterion == one.id, float(one.weight)) for one in criteria), else_=0.0)
    query = (
        select(Assignment.dossier_id, func.sum(weight * Score.numerator / Score.denominator))
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Score, Score.review_id == Review.id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.panel_id == panel.id, Review.state == ReviewState.SUBMITTED)
        .group_by(Assignment.dossier_id, Review.id)
        .order_by(Assignment.dossier_id, Review.id)
    )
    totals: dict[int, list[float]] = {}
    for dossier_id, total in session().execute(query):
        # Rounded so that equal totals stay equal whatever the order in which they were added.
        totals.setdefault(dossier_id, []).append(round(float(total), 9))
    return krippendorff_alpha(list(totals.values()))


def has_results(call: Call) -> bool:
    """Return whether the results of a call are published."""
    found = session().scalar(select(func.count(Determination.id)).where(_released(None, call)))
    return bool(found)
