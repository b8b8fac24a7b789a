"""Reviews with their scores, for the arithmetic."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.database import session
from scoring.models import (
    Assignment,
    ConflictDeclaration,
    DeclarationOrigin,
    Dossier,
    Panel,
    PanelSeat,
    Review,
    Score,
    ScoreChange,
)
from scoring.states import AssignmentState, ConflictKind, ReviewState

PENDING = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class ReviewsStamp:
    """How many reviews of a committee are in, and a digest that differs whenever a score came, went or changed."""

    reviews: int
    digest: str


def review_to_save(assignment: Assignment) -> Review | None:
    """Return an assignment's review as it stands now; until the transaction ends nobody else saves it."""
    session().execute(select(Assignment.id).where(Assignment.id == assignment.id).with_for_update())
    query = (
        select(Review)
        .where(Review.assignment_id == assignment.id)
        .options(selectinload(Review.scores))
        .execution_options(populate_existing=True)
    )
    return session().scalar(query)


def submitted_reviews(panel: Panel) -> dict[int, list[Review]]:
    """Return the submitted reviews of every dossier of a panel by dossier id, with seats and scores loaded."""
    query = (
        select(Review)
        .join(Review.assignment)
        .join(Assignment.dossier)
        .where(Dossier.panel_id == panel.id, Review.state == ReviewState.SUBMITTED)
        .options(contains_eager(Review.assignment).joinedload(Assignment.seat), selectinload(Review.scores))
        .order_by(Assignment.dossier_id, Review.id)
    )
    found: dict[int, list[Review]] = {}
    for review in session().scalars(query):
        found.setdefault(review.assignment.dossier_id, []).append(review)
    return found


def sheets_of(panel: Panel, among: Iterable[Dossier] | None = None) -> dict[int, list[dict[str, Fraction]]]:
    """Return the submitted scores of a panel, or `among` some dossiers, by dossier id, without loading a row."""
    query = (
        select(Assignment.dossier_id, Score.review_id, Score.criterion, Score.numerator, Score.denominator)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Score, Score.review_id == Review.id)
        .where(Dossier.panel_id == panel.id, Review.state == ReviewState.SUBMITTED)
        .order_by(Assignment.dossier_id, Score.review_id, Score.id)
    )
    if among is not None:
        query = query.where(Dossier.id.in_([dossier.id for dossier in among]))
    found: dict[int, dict[int, dict[str, Fraction]]] = {}
    for dossier_id, review_id, criterion, numerator, denominator in session().execute(query):
        if numerator is not None and denominator is not None:
            found.setdefault(dossier_id, {}).setdefault(review_id, {})[criterion] = Fraction(numerator, denominator)
    return {dossier_id: list(sheets.values()) for dossier_id, sheets in found.items()}


def submitted_sheets(panel: Panel) -> dict[str, dict[str, dict[str, Fraction]]]:
    """Return the submitted scores of a panel by dossier code, reviewer letter and criterion, without loading a row."""
    query = (
        select(Dossier.code, PanelSeat.letter, Score.criterion, Score.numerator, Score.denominator)
        .join(Assignment, Assignment.dossier_id == Dossier.id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Score, Score.review_id == Review.id)
        .where(Dossier.panel_id == panel.id, Dossier.withdrawn_at.is_(None), Review.state == ReviewState.SUBMITTED)
        .order_by(Dossier.code, PanelSeat.id, Score.id)
    )
    sheets: dict[str, dict[str, dict[str, Fraction]]] = {}
    for code, letter, criterion, numerator, denominator in session().execute(query):
        if numerator is not None and denominator is not None:
            sheets.setdefault(code, {}).setdefault(letter, {})[criterion] = Fraction(numerator, denominator)
    return sheets


def count_readings_due(panel: Panel) -> int:
    """Return how many declarations and reviews are still to come, counted in the index of each seat."""
    of_seat = (
        select(func.count())
        .where(Assignment.seat_id == PanelSeat.id, Assignment.state.in_(PENDING))
        .correlate(PanelSeat)
        .scalar_subquery()
    )
    gone = (  # a dossier that is withdrawn ends its readings; one that did not would not be awaited all the same
        select(func.count())
        .select_from(Assignment)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.panel_id == panel.id, Dossier.withdrawn_at.is_not(None), Assignment.state.in_(PENDING))
        .scalar_subquery()
    )
    query = select(func.coalesce(func.sum(of_seat), 0) - gone).where(PanelSeat.panel_id == panel.id)
    return int(session().scalar(query) or 0)


def reviews_stamp(panel: Panel) -> ReviewsStamp:
    """Return how a panel's submitted scores stand, without reading them."""
    # A review is in, and stays in, as its assignment says; both queries read an index alone.
    reviews = (
        select(func.count(Assignment.id), func.coalesce(func.sum(Assignment.id), 0))
        .join(Assignment.seat)
        .where(PanelSeat.panel_id == panel.id, Assignment.state == AssignmentState.SUBMITTED)
    )
    gone = select(func.count(Dossier.id), func.coalesce(func.sum(Dossier.id), 0)).where(
        Dossier.panel_id == panel.id, Dossier.withdrawn_at.is_not(None)
    )
    changes = (
        select(func.coalesce(func.max(ScoreChange.id), 0))
        .join(ScoreChange.score)
        .join(Score.review)
        .join(Review.assignment)
        .join(Assignment.dossier)
        .where(Dossier.panel_id + 0 == panel.id)  # changes are few: begin with them, not with the committee's dossiers
    )
    # What they are reckoned by never changes: a committee has one frozen rulebook.
    reviewed = session().execute(reviews).one()
    marks = (*map(int, reviewed), *map(int, session().execute(gone).one()), session().scalar(changes) or 0)
    return ReviewsStamp(int(reviewed[0]), hashlib.sha256(repr(marks).encode()).hexdigest())


def readings_due(panel: Panel, *, most: int) -> list[Assignment]:
    """Return what is still to be declared or scored, what was assigned first before the rest; `most` of it.

    Which they are is found first, and only those are read whole, without their proposals.
    """
    order = Assignment.assigned_at, PanelSeat.id, Dossier.code
    first = (
        select(Assignment.id)
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .where(PanelSeat.panel_id == panel.id, Dossier.withdrawn_at.is_(None), Assignment.state.in_(PENDING))
        .order_by(*order)
        .limit(most)
    )
    query = (
        select(Assignment)
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .where(Assignment.id.in_(first))
        .options(
            contains_eager(Assignment.dossier).defer(Dossier.content),
            contains_eager(Assignment.seat),
            joinedload(Assignment.review),
        )
        .order_by(*order)
    )
    return list(session().scalars(query))


def conflict_counts(panel: Panel) -> list[tuple[ConflictKind, DeclarationOrigin, int]]:
    """Return how many conflicts are on record, by kind and by who found them."""
    keys = (ConflictDeclaration.kind, ConflictDeclaration.origin)
    query = (
        select(*keys, func.count())
        .join(Dossier, Dossier.id == ConflictDeclaration.dossier_id)
        .where(Dossier.panel_id == panel.id, ConflictDeclaration.conflicted)
        .group_by(*keys)
        .order_by(*keys)
    )
    return [(kind, origin, count) for kind, origin, count in session().execute(query) if kind is not None]


def reviews_of_dossier(dossier: Dossier) -> list[Review]:
    """Return a dossier's submitted reviews with seats and scores, in the order of the letters."""
    query = (
        select(Review)
        .join(Review.assignment)
        .join(Assignment.seat)
        .where(Assignment.dossier_id == dossier.id, Review.state == ReviewState.SUBMITTED)
        .options(contains_eager(Review.assignment).contains_eager(Assignment.seat), selectinload(Review.scores))
        .order_by(Review.id)
    )
    return sorted(session().scalars(query), key=lambda review: review.assignment.seat.letter)


def score_changes(dossier: Dossier) -> list[ScoreChange]:
    """Return every change of a submitted score of a dossier with its score, review and seat, oldest first."""
    query = (
        select(ScoreChange)
        .join(Score, Score.id == ScoreChange.score_id)
        .join(Score.review)
        .join(Review.assignment)
        .join(Assignment.seat)
        .where(Assignment.dossier_id == dossier.id)
        .options(
            contains_eager(ScoreChange.score)
            .contains_eager(Score.review)
            .contains_eager(Review.assignment)
            .contains_eager(Assignment.seat)
        )
        .order_by(ScoreChange.changed_at, ScoreChange.id)
    )
    return list(session().scalars(query))


def unfinished_dossiers(panel: Panel) -> set[int]:
    """Return the ids of dossiers for which some reviewer still owes a declaration or a review."""
    query = (
        select(Assignment.dossier_id)
        .join(Assignment.dossier)
        .where(Dossier.panel_id == panel.id, Assignment.state.in_(PENDING))
        .distinct()
        .order_by(Assignment.dossier_id)
    )
    return set(session().scalars(query))
