"""What reviewers wrote, on its way to those who applied."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, union
from sqlalchemy.orm import joinedload, selectinload

from accounts.models import Organisation, User
from core.database import session
from core.jobs import Job, of_key
from grants.models.application import Application, CoApplicant
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.determination import Determination
from grants.models.feedback import FeedbackText
from grants.models.retention import Destruction
from grants.rules.detector import FindingKind
from grants.rules.feedback import Named
from grants.states.feedback import FeedbackState
from scoring.models import Assignment, Dossier, Panel, PanelSeat, Review, Score
from scoring.states import PanelState, ReviewState


def feedback_key(call: Call) -> str:
    """Return the key of the job that prepares what a call's reviewers wrote."""
    return f"grants.prepare_feedback:{call.id}"


def feedback_job(call: Call) -> Job | None:
    """Return the latest job that prepares what a call's reviewers wrote."""
    return session().scalar(select(Job).where(of_key(feedback_key(call))).order_by(Job.id.desc()).limit(1))


def written(call: Call, after: int, limit: int) -> Sequence[Row[int, str, int, str]]:
    """Return the next reasons that nobody prepared: score, text, application and dossier code, by score.

    Of committees whose order is final: nothing is written to those any more. What was destroyed stays so.
    """
    query = (
        _unprepared(call)
        .with_only_columns(Score.id, Score.justification, Application.id.label("application_id"), Dossier.code)
        .where(Score.id > after)
        .order_by(Score.id)
        .limit(limit)
    )
    return session().execute(query).all()


def count_unprepared(call: Call) -> int:
    """Count the reasons that nobody prepared."""
    return session().scalar(_unprepared(call).with_only_columns(func.count(Score.id))) or 0


def _unprepared(call: Call) -> Select[Any]:
    """Select from the reasons without a row here. An application may have had two committees, under two codes."""
    codes = union(
        *(
            select(table.dossier_code.label("code"), table.application_id.label("application_id")).where(
                table.call_id == call.id, table.dossier_code.is_not(None)
            )
            for table in (BlindClearing, Determination)
        )
    ).subquery()
    return (
        select(Score.id)
        .join(Review, Review.id == Score.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .join(Panel, Panel.id == Dossier.panel_id)
        .join(codes, codes.c.code == Dossier.code)
        .join(Application, Application.id == codes.c.application_id)
        .outerjoin(FeedbackText, FeedbackText.score_id == Score.id)
        .outerjoin(Destruction, Destruction.application_id == Application.id)
        .where(
            Panel.state == PanelState.RELEASED,
            Dossier.withdrawn_at.is_(None),
            Review.state == ReviewState.SUBMITTED,
            Score.numerator.is_not(None),
            FeedbackText.id.is_(None),
            Destruction.id.is_(None),
        )
    )


def everybody_named(call: Call) -> list[Named]:
    """Return who sits in a call's committees and who applied to it, by name, in a constant number of statements."""
    mine = (Panel.call_key == call.slug) | Panel.call_key.startswith(f"{call.slug}/", autoescape=True)
    seated = (
        select(User.name)
        .join(PanelSeat, PanelSeat.reviewer_id == User.id)
        .join(Panel, Panel.id == PanelSeat.panel_id)
        .where(mine)
        .order_by(PanelSeat.id)
    )
    sent = (Application.call_id == call.id, Application.submitted_at.is_not(None))
    applied = select(Application.id, User.name).join(Application.applicant).where(*sent).order_by(Application.id)
    along = (
        select(Application.id, CoApplicant.name)
        .join(CoApplicant, CoApplicant.application_id == Application.id)
        .where(*sent)
        .order_by(CoApplicant.id)
    )
    organised = (
        select(Application.id, Organisation.name).join(Application.organisation).where(*sent).order_by(Application.id)
    )
    other = FindingKind.OTHER_APPLICANT
    found = [Named(name, FindingKind.REVIEWER) for name in session().scalars(seated)]
    for query in (applied, along):
        found += [Named(name or "", other, owner) for owner, name in session().execute(query)]
    found += [Named(name, other, owner, is_organisation=True) for owner, name in session().execute(organised)]
    return found


def with_applicants(ids: Iterable[int]) -> list[Application]:
    """Return applications with their call, applicant and organisation."""
    query = (
        select(Application)
        .options(joinedload(Application.call), joinedload(Application.applicant), joinedload(Application.organisation))
        .where(Application.id.in_(sorted(set(ids))))
        .order_by(Application.id)
    )
    return list(session().scalars(query))


def feedback_texts(
    call: Call, *, state: FeedbackState | None = None, with_findings: bool | None = None
) -> Select[FeedbackText]:
    """Return the SELECT of what a call's reviewers wrote, those with open findings first."""
    # The rest is read of the page's own rows: joined, a hundred thousand would be put in order with all they hold.
    query = select(FeedbackText).options(selectinload(FeedbackText.application), *_whose(selectinload))
    query = query.where(FeedbackText.call_id == call.id)
    if state is not None:
        query = query.where(FeedbackText.state == state)
    if with_findings is not None:
        query = query.where(FeedbackText.open_findings > 0 if with_findings else FeedbackText.open_findings == 0)
    return query.order_by(FeedbackText.open_findings.desc(), FeedbackText.id)


def _whose(load: Callable[..., Any] = joinedload) -> tuple[Any, ...]:
    review = load(FeedbackText.score).joinedload(Score.review)
    return (review.joinedload(Review.assignment).joinedload(Assignment.seat),)


def feedback_text(number: int) -> FeedbackText | None:
    """Return one comment with its call, application, score and the letter of whoever wrote it."""
    query = (
        select(FeedbackText)
        .options(joinedload(FeedbackText.call), joinedload(FeedbackText.application), *_whose())
        .where(FeedbackText.id == number)
    )
    return session().scalar(query)


def hold_feedback(text: FeedbackText) -> None:
    """Read a comment as it stands now; until the transaction ends nobody else changes it."""
    query = select(FeedbackText).where(FeedbackText.id == text.id).with_for_update(of=FeedbackText)
    session().scalar(query.execution_options(populate_existing=True))


def feedback_counts(call: Call) -> dict[FeedbackState, int]:
    """Count what a call's reviewers wrote, by state."""
    rows = session().execute(
        select(FeedbackText.state, func.count())
        .where(FeedbackText.call_id == call.id)
        .group_by(FeedbackText.state)
        .order_by(FeedbackText.state)
    )
    return {row[0]: row[1] for row in rows}


def count_clean_feedback(call: Call, leave_out: Sequence[int] = ()) -> int:
    """Count the comments in which nothing was found and which nobody has released."""
    return session().scalar(select(func.count()).where(*clean_feedback(call, leave_out))) or 0


def clean_feedback(call: Call, leave_out: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """Return what tells the comments that wait and in which nothing was found, `leave_out` applications excepted."""
    return (
        FeedbackText.call_id == call.id,
        FeedbackText.state == FeedbackState.AWAITING,
        FeedbackText.open_findings == 0,
        FeedbackText.application_id.not_in(sorted(leave_out)),
    )


def next_feedback(text: FeedbackText, leave_out: Iterable[int] = ()) -> int | None:
    """Return the number of the next comment of the call that waits for a person, or None.

    Those on the `leave_out` applications are not for whoever asks.
    """
    query = (
        select(FeedbackText.id)
        .where(
            FeedbackText.call_id == text.call_id,
            FeedbackText.state == FeedbackState.AWAITING,
            FeedbackText.id != text.id,
            FeedbackText.application_id.not_in(sorted(leave_out)),
        )
        .order_by(FeedbackText.open_findings.desc(), FeedbackText.id)
        .limit(1)
    )
    return session().scalar(query)


def feedback_waiting() -> int:
    """Return how many comments of any call wait for a person: a desk's figure."""
    return session().scalar(waiting_feedback()) or 0


def waiting_feedback() -> Select[int]:
    """Return the SELECT that counts the comments that wait for a person."""
    return select(func.count(FeedbackText.id)).where(FeedbackText.state == FeedbackState.AWAITING)


def count_feedback_awaiting(call: Call) -> int:
    """Count the comments of a call that its applicants cannot read yet, those that nobody prepared included."""
    waiting = session().scalar(waiting_feedback().where(FeedbackText.call_id == call.id)) or 0
    return waiting + count_unprepared(call)


def released_texts(application: Application) -> dict[int, str]:
    """Return what an application's people may read of what was written about it, by score."""
    query = (
        select(FeedbackText.score_id, FeedbackText.text)
        .where(FeedbackText.application_id == application.id, FeedbackText.state == FeedbackState.RELEASED)
        .order_by(FeedbackText.id)
    )
    return {row.score_id: row.text for row in session().execute(query)}


def has_public_reasons(call: Call) -> bool:
    """Return whether everybody may read some reasons of a call."""
    if call.rulebook is None or not call.rulebook.rules.justifications_public:
        return False
    out = select(FeedbackText.id).where(FeedbackText.call_id == call.id, FeedbackText.state == FeedbackState.RELEASED)
    return session().scalar(out.limit(1)) is not None


def public_reasons(call: Call) -> Sequence[Row[str, str, str, str, str]]:
    """Return the reasons of a call that its rules let everybody read, as they were released.

    Each with its committee's key, the dossier's code, the letter of whoever wrote it, and the criterion.
    """
    if call.rulebook is None or not call.rulebook.rules.justifications_public:
        return []
    query = (
        select(Panel.call_key, Dossier.code, PanelSeat.letter, Score.criterion, FeedbackText.text)
        .join(Score, Score.id == FeedbackText.score_id)
        .join(Review, Review.id == Score.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .join(Panel, Panel.id == Dossier.panel_id)
        .where(FeedbackText.call_id == call.id, FeedbackText.state == FeedbackState.RELEASED)
        .order_by(Panel.id, Dossier.code, PanelSeat.id, Score.id)
    )
    return session().execute(query).all()
