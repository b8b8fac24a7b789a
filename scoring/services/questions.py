"""A reviewer asks the programme about a dossier; neither side learns a name by it."""

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors.questions import AlreadyAnswered, AnswerTells, QuestionEmpty
from scoring.models import Assignment, ReviewerQuestion
from scoring.services.outside_knowledge import name_told
from scoring.services.telling import Awaited, Waiting, tell
from scoring.states import AssignmentState

LONGEST = 2_000


def ask_programme(assignment: Assignment, text: str) -> ReviewerQuestion:
    """Put a question on record. It is shown to the programme under the reviewer's letter."""
    question = ReviewerQuestion(assignment=assignment, text=_said(text), asked_at=now())
    session().add(question)
    session().flush()
    record("question.asked", "assignment", assignment.id, after={"question": question.id})
    return question


def answer_reviewer(question: ReviewerQuestion, text: str) -> ReviewerQuestion:
    """Answer a question, once. Only who asked it reads the answer.

    Raises:
        AlreadyAnswered: somebody was first. QuestionEmpty. AnswerTells: it names whoever presents the dossier.
    """
    said = _said(text)
    words = name_told(question.assignment.dossier, said)
    if words is not None:
        raise AnswerTells(words=words)
    queries.hold_question(question)
    if question.answered_at is not None:
        raise AlreadyAnswered()
    question.answer, question.answered_at = said, now()
    session().flush()
    record("question.answered", "assignment", question.assignment_id, after={"question": question.id})
    asked = question.assignment
    if asked.state not in (AssignmentState.RECUSED, AssignmentState.WITHDRAWN):
        tell(Waiting(Awaited.ANSWER, asked.dossier.panel, {asked.seat: 1}, code=asked.dossier.code))
    return question


def _said(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise QuestionEmpty()
    return said
