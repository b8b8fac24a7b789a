"""What reviewers ask the programme, and how a reviewer scored everything else."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from core.database import session
from scoring.models import Assignment, Dossier, Panel, PanelSeat, Review, ReviewerQuestion, Score
from scoring.states import AssignmentState, PanelState

MINE = (AssignmentState.ACCEPTED, AssignmentState.SUBMITTED)
# Nobody reads the answer to a question whose reviewer stepped back: it waits for nothing.
_READ_BY_WHO_ASKED = ReviewerQuestion.answered_at.is_not(None) | Assignment.state.not_in(
    (AssignmentState.RECUSED, AssignmentState.WITHDRAWN)
)


@dataclass(frozen=True, slots=True)
class OwnScores:
    """How a reviewer scored another dossier of the same committee, by criterion; a draft may lack some."""

    code: str
    scores: dict[str, Fraction]


def own_other_scores(assignment: Assignment) -> list[OwnScores]:
    """Return how the reviewer of `assignment` scored the committee's other dossiers so far, by code."""
    query = (
        select(Dossier.code, Score.criterion, Score.numerator, Score.denominator)
        .join(Assignment, Assignment.dossier_id == Dossier.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Score, Score.review_id == Review.id)
        .where(
            Assignment.seat_id == assignment.seat_id,
            Assignment.id != assignment.id,
            Assignment.state.in_(MINE),
        )
        .order_by(Dossier.code, Score.id)
    )
    found: dict[str, dict[str, Fraction]] = {}
    for code, criterion, numerator, denominator in session().execute(query):
        if numerator is not None and denominator is not None:
            found.setdefault(code, {})[criterion] = Fraction(numerator, denominator)
    return [OwnScores(code, scores) for code, scores in found.items()]


def questions_of(assignment: Assignment) -> list[ReviewerQuestion]:
    """Return what was asked about one assignment, oldest first."""
    query = (
        select(ReviewerQuestion).where(ReviewerQuestion.assignment_id == assignment.id).order_by(ReviewerQuestion.id)
    )
    return list(session().scalars(query))


def questions_in(panel: Panel) -> list[ReviewerQuestion]:
    """Return what a committee asked with its letter and dossier, what waits for an answer first."""
    query = (
        select(ReviewerQuestion)
        .join(ReviewerQuestion.assignment)
        .join(Assignment.dossier)
        .join(Assignment.seat)
        .where(Dossier.panel_id == panel.id, _READ_BY_WHO_ASKED)
        .options(
            contains_eager(ReviewerQuestion.assignment).contains_eager(Assignment.dossier),
            contains_eager(ReviewerQuestion.assignment).contains_eager(Assignment.seat),
        )
        .order_by(ReviewerQuestion.answered_at.is_not(None), ReviewerQuestion.id)
    )
    return list(session().scalars(query))


def hold_question(question: ReviewerQuestion) -> None:
    """Read a question again; until the transaction ends nobody else answers it."""
    session().refresh(question, with_for_update=True)


def count_unanswered() -> int:
    """Return how many questions wait for the programme in committees that are at work."""
    query = (
        select(func.count(ReviewerQuestion.id))
        .join(ReviewerQuestion.assignment)
        .join(Assignment.seat)
        .join(PanelSeat.panel)
        .where(
            ReviewerQuestion.answered_at.is_(None),
            _READ_BY_WHO_ASKED,
            Panel.state.not_in((PanelState.RELEASED, PanelState.CANCELLED)),
        )
    )
    return session().scalar(query) or 0
