"""Orders of merit, what they decide, and what of the reviews becomes public with them."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager

from core.database import session
from core.listing import Listing, paginate
from scoring.models import Assignment, AssignmentOrigin, Dossier, Draw, Panel, Ranking, RankingLine
from scoring.queries.dossiers import dossiers_of_panel
from scoring.queries.panels import count_conflicts, panel_of_call, seats_of_panel
from scoring.queries.reviews import reviews_of_dossier, submitted_reviews
from scoring.rules.agreement import krippendorff_alpha
from scoring.rules.official_score import sheet_total
from scoring.states import AssignmentState, Determination, PanelState, RankingState


@dataclass(frozen=True, slots=True)
class DeterminationRow:
    """What a released ranking decided for a dossier. Amounts in minor units of `currency`."""

    dossier_code: str
    position: int | None
    score_text: str
    determination: Determination
    granted_cents: int
    currency: str
    waiting_position: int | None
    reason: str
    reason_params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One score and its reasons as they were written: who reads them before the applicant decides what is told."""

    score_id: int
    reviewer_letter: str
    criterion: str
    value: Fraction
    justification: str


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """How the review of a call went. `alpha` is Krippendorff's for the reviewers' totals, None where undefined."""

    dossiers: int
    seats: int
    assignments: int
    reviews_submitted: int
    conflicts: int
    recusals: int
    further_reviews: int
    alpha: float | None


def latest_ranking(panel: Panel) -> Ranking | None:
    """Return a panel's latest computed ranking, released or not."""
    query = select(Ranking).where(Ranking.panel_id == panel.id).order_by(Ranking.version.desc()).limit(1)
    return session().scalar(query)


def first_ranked_at(panel: Panel) -> datetime | None:
    """Return when a panel's order was computed for the first time; None before."""
    return session().scalar(select(func.min(Ranking.computed_at)).where(Ranking.panel_id == panel.id))


def released_ranking(call_key: str) -> Ranking | None:
    """Return a call's released ranking; None before its release."""
    query = (
        select(Ranking)
        .join(Ranking.panel)
        .where(Panel.call_key == call_key, Ranking.state == RankingState.RELEASED)
        .options(contains_eager(Ranking.panel))
        .order_by(Ranking.id.desc())
        .limit(1)
    )
    return session().scalar(query)


def ranking_lines(ranking: Ranking, outcome: Determination | None = None) -> list[RankingLine]:
    """Return a ranking's lines in order, or those decided in one way, with their dossiers but for the proposals."""
    return list(session().scalars(_in_order(ranking, outcome)))


def _in_order(ranking: Ranking, outcome: Determination | None) -> Select[RankingLine]:
    query = (
        select(RankingLine)
        .join(RankingLine.dossier)
        .where(RankingLine.ranking_id == ranking.id)
        .options(contains_eager(RankingLine.dossier).defer(Dossier.content))
        .order_by(RankingLine.place)
    )
    return query if outcome is None else query.where(RankingLine.determination == outcome)


@dataclass(frozen=True, slots=True)
class RankingSums:
    """How many dossiers an order has, what it gives in all in minor units, and whether some wait for the lot."""

    lines: int
    granted_cents: int
    awaits_lot: bool


def ranking_sums(ranking: Ranking) -> RankingSums:
    """Return what is said of a whole order, without reading its lines."""
    waiting = func.count(case((RankingLine.awaits_lot, 1)))
    query = select(func.count(), func.coalesce(func.sum(RankingLine.granted_cents), 0), waiting)
    count, granted, awaiting = session().execute(query.where(RankingLine.ranking_id == ranking.id)).one()
    return RankingSums(int(count), int(granted), bool(awaiting))


def ranking_page(
    ranking: Ranking, *, page: int = 1, per_page: int = 50, outcome: Determination | None = None, code: str = ""
) -> Listing[RankingLine]:
    """Return a page of an order, or of what was decided in one way, or of the dossiers whose code has these signs."""
    query = _in_order(ranking, outcome)
    if code:
        query = query.where(Dossier.code.contains(code.upper(), autoescape=True))
    return paginate(query, page=page, per_page=per_page)


def determinations(call_key: str) -> list[DeterminationRow]:
    """Return what the released ranking of a call decided, in its order; empty before the release."""
    ranking = released_ranking(call_key)
    if ranking is None:
        return []
    rows = []
    for line in ranking_lines(ranking):
        assert line.determination is not None
        assert line.reason is not None
        rows.append(
            DeterminationRow(
                dossier_code=line.dossier.code,
                position=line.position,
                score_text=line.score_text,
                determination=line.determination,
                granted_cents=line.granted_cents,
                currency=ranking.currency,
                waiting_position=line.waiting_position,
                reason=line.reason,
                reason_params=line.reason_params,
            )
        )
    return rows


def feedback_for(dossier_code: str) -> list[Feedback]:
    """Return scores and reasons of a dossier, by letter; empty before the release."""
    query = select(Dossier).join(Dossier.panel).where(Dossier.code == dossier_code, Panel.state == PanelState.RELEASED)
    dossier = session().scalar(query)
    if dossier is None:
        return []
    return [
        Feedback(score.id, review.assignment.seat.letter, score.criterion, score.value, score.justification)
        for review in reviews_of_dossier(dossier)
        for score in review.scores
        if score.value is not None
    ]


def draw_of_panel(panel: Panel) -> Draw | None:
    """Return a panel's lot, committed or drawn."""
    return session().scalar(select(Draw).where(Draw.panel_id == panel.id))


def is_lot_drawn(panel: Panel) -> bool:
    """Return whether everybody may know whom a panel's lot prefers."""
    query = select(Draw.id).where(Draw.panel_id == panel.id, Draw.drawn_at.is_not(None))
    return session().scalar(query) is not None


def process_figures(call_key: str) -> ProcessFigures | None:
    """Return how the review of a call went so far; None where it has no panel."""
    panel = panel_of_call(call_key)
    if panel is None:
        return None
    counts: dict[tuple[AssignmentState, AssignmentOrigin], int] = {}
    query = (
        select(Assignment.state, Assignment.origin, func.count(Assignment.id))
        .join(Assignment.dossier)
        .where(Dossier.panel_id == panel.id)
        .group_by(Assignment.state, Assignment.origin)
        .order_by(Assignment.state, Assignment.origin)
    )
    for state, origin, number in session().execute(query):
        counts[state, origin] = number
    reviews = submitted_reviews(panel)
    rules = panel.rulebook.rules
    totals = [[float(sheet_total(rules, review.sheet())) for review in group] for group in reviews.values()]
    return ProcessFigures(
        dossiers=sum(1 for dossier in dossiers_of_panel(panel) if dossier.withdrawn_at is None),
        seats=len(seats_of_panel(panel)),
        assignments=sum(counts.values()),
        reviews_submitted=sum(len(group) for group in reviews.values()),
        conflicts=count_conflicts(panel),
        recusals=sum(number for (state, _origin), number in counts.items() if state == AssignmentState.RECUSED),
        further_reviews=sum(
            number for (_state, origin), number in counts.items() if origin == AssignmentOrigin.FURTHER
        ),
        alpha=krippendorff_alpha(totals),
    )
