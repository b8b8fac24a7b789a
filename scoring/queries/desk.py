"""What one reviewer may see: only what is assigned to them, and colleagues' reviews only in their time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from core.database import UtcDateTime, session
from scoring.models import Assignment, AssignmentOrigin, Dossier, DossierFile, Panel, PanelSeat, Review, Score
from scoring.states import AssignmentState, PanelState, ReviewState

SHOWN = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.SUBMITTED)
DUE = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
COMPARING = (PanelState.DISCUSSION, PanelState.RANKED, PanelState.RELEASED)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One dossier on a reviewer's desk. `scored` of `criteria` have a score in the draft.

    `is_open` is whether what is owed of it can still be given.
    """

    assignment: Assignment
    scored: int
    criteria: int
    is_open: bool


def mine(reviewer_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a dossier is on a reviewer's desk at all."""
    return (
        PanelSeat.reviewer_id == reviewer_id,
        PanelSeat.left_at.is_(None),
        Dossier.cleared_at.is_not(None),
        Dossier.withdrawn_at.is_(None),
        Panel.state.not_in((PanelState.SETUP, PanelState.CANCELLED)),
    )


@dataclass(frozen=True, slots=True)
class DueCounts:
    """What a reviewer can still give: how many await their declaration, how many a review, and until when the soonest.

    `closes_at` is None where all that is due is awaited by a committee that deliberates already.
    """

    to_declare: int
    to_review: int
    closes_at: datetime | None

    @property
    def total(self) -> int:
        """How many dossiers are due."""
        return self.to_declare + self.to_review


def _is_open(at: datetime) -> ColumnElement[bool]:
    """Return the condition under which what a reviewer owes can still be given at a moment of the server's clock."""
    in_time = Panel.review_closes_at >= at.replace(microsecond=0)
    late = (Panel.state == PanelState.DISCUSSION) & (Assignment.origin != AssignmentOrigin.INITIAL)
    early = Panel.state.in_((PanelState.DECLARATIONS, PanelState.REVIEW)) & in_time
    return Assignment.state.in_(DUE) & (early | late)


def desk_rows(reviewer_id: int, at: datetime, *, page: int = 1, per_page: int = 50) -> list[DeskRow]:
    """Return a page of what is or was asked of a reviewer: first what can be given at `at`, soonest deadline first."""
    scored = (
        select(func.count(Score.numerator))
        .join(Review, Review.id == Score.review_id)
        .where(Review.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    query = (
        _in_order(reviewer_id, select(Assignment, scored, _is_open(at)), at)
        .options(contains_eager(Assignment.dossier).selectinload(Dossier.panel).joinedload(Panel.rulebook))
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return [
        DeskRow(assignment, count, len(assignment.dossier.panel.rulebook.rules.criteria), bool(is_open))
        for assignment, count, is_open in session().execute(query)
    ]


def _in_order(reviewer_id: int, what: Select[Any], at: datetime) -> Select[Any]:
    """Return a selection of assignments narrowed to a reviewer's desk and put in its order."""
    return (
        what.join(Assignment.seat)
        .join(Assignment.dossier)
        .join(Panel, Panel.id == Dossier.panel_id)
        .where(*mine(reviewer_id), Assignment.state.in_(SHOWN))
        .order_by(
            case((_is_open(at), 0), (Assignment.state.in_(DUE), 1), else_=2), Panel.review_closes_at, Dossier.code
        )
    )


def desk_counts(reviewer_id: int) -> tuple[int, int]:
    """Return how many dossiers are on a reviewer's desk, and how many of them have their review in."""
    sent = func.coalesce(func.sum(case((Assignment.state == AssignmentState.SUBMITTED, 1), else_=0)), 0)
    counted = (
        select(func.count(Assignment.id), sent)
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .join(Panel, Panel.id == Dossier.panel_id)
        .where(*mine(reviewer_id), Assignment.state.in_(SHOWN))
    )
    total, done = session().execute(counted).one()
    return int(total), int(done)


def count_due(reviewer_id: int, at: datetime) -> int:
    """Return how many dossiers wait for a reviewer's declaration or review, and can have it at `at`."""
    return due_counts(reviewer_id, at).total


def due_counts(reviewer_id: int, at: datetime) -> DueCounts:
    """Return what a reviewer can give at `at`, in one query."""
    declares = func.coalesce(func.sum(case((Assignment.state == AssignmentState.PROPOSED, 1), else_=0)), 0)
    closes = func.min(case((Panel.state != PanelState.DISCUSSION, Panel.review_closes_at)), type_=UtcDateTime)
    query = (
        select(func.count(Assignment.id), declares, closes)
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .join(Panel, Panel.id == Dossier.panel_id)
        .where(*mine(reviewer_id), _is_open(at))
    )
    total, to_declare, closes_at = session().execute(query).one()
    return DueCounts(int(to_declare), int(total) - int(to_declare), closes_at)


def due_by_reviewer(panel: Panel) -> dict[int, int]:
    """Return how many dossiers of a panel wait for each reviewer, in one query; who has nothing due is left out."""
    query = (
        select(PanelSeat.reviewer_id, func.count(Assignment.id).label("due"))
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .where(
            PanelSeat.panel_id == panel.id,
            PanelSeat.left_at.is_(None),
            Dossier.cleared_at.is_not(None),
            Dossier.withdrawn_at.is_(None),
            Assignment.state.in_(DUE),
        )
        .group_by(PanelSeat.reviewer_id)
        .order_by(PanelSeat.reviewer_id)
    )
    return {row.reviewer_id: int(row.due) for row in session().execute(query)}


def assignment_by_code(reviewer_id: int, code: str) -> Assignment | None:
    """Return a reviewer's own assignment to a dossier with all its page needs; None when it is not theirs to see."""
    query = (
        select(Assignment)
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .join(Dossier.panel)
        .where(*mine(reviewer_id), Dossier.code == code, Assignment.state.in_(SHOWN))
        .options(
            contains_eager(Assignment.seat),
            contains_eager(Assignment.dossier).contains_eager(Dossier.panel).joinedload(Panel.rulebook),
            contains_eager(Assignment.dossier).selectinload(Dossier.files).joinedload(DossierFile.stored),
            joinedload(Assignment.review).options(undefer(Review.note), selectinload(Review.scores)),
        )
    )
    return session().scalar(query)


def assignment_of(seat: PanelSeat, dossier: Dossier) -> Assignment | None:
    """Return the assignment between a seat and a dossier, in whatever state."""
    query = select(Assignment).where(Assignment.seat_id == seat.id, Assignment.dossier_id == dossier.id)
    return session().scalar(query)


def file_of_assignment(assignment: Assignment, position: int) -> DossierFile | None:
    """Return an attachment of the assigned dossier."""
    query = (
        select(DossierFile)
        .where(DossierFile.dossier_id == assignment.dossier_id, DossierFile.position == position)
        .options(joinedload(DossierFile.stored))
    )
    return session().scalar(query)


def next_due(reviewer_id: int, at: datetime, after: Assignment | None = None) -> Assignment | None:
    """Return the next dossier that waits for the reviewer and can be given at `at`, other than `after`."""
    query = (
        _in_order(reviewer_id, select(Assignment), at)
        .where(_is_open(at))
        .options(contains_eager(Assignment.dossier))
        .limit(1)
    )
    if after is not None:
        query = query.where(Assignment.id != after.id)
    found: Assignment | None = session().scalar(query)
    return found


def reviews_of_others(assignment: Assignment) -> list[Review]:
    """Return colleagues' submitted reviews: none until one's own is in and the panel discusses."""
    if assignment.state != AssignmentState.SUBMITTED or assignment.dossier.panel.state not in COMPARING:
        return []
    query = (
        select(Review)
        .join(Review.assignment)
        .join(Assignment.seat)
        .where(
            Assignment.dossier_id == assignment.dossier_id,
            Assignment.id != assignment.id,
            Review.state == ReviewState.SUBMITTED,
        )
        .options(contains_eager(Review.assignment).contains_eager(Assignment.seat), selectinload(Review.scores))
        .order_by(PanelSeat.letter)
    )
    return list(session().scalars(query))
