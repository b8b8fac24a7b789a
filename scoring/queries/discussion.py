"""The discussion of a dossier, for who takes part in it and for the programme."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, contains_eager

from core.database import session
from scoring.models import Assignment, AssignmentOrigin, ConflictDeclaration, DiscussionNote, Dossier, Panel, PanelSeat
from scoring.queries.desk import COMPARING, mine
from scoring.states import AssignmentState, PanelState

_WAITS = (
    DiscussionNote.withheld_at.is_not(None) & DiscussionNote.cleared_at.is_(None) & DiscussionNote.covered_at.is_(None)
)


def notes_of(dossier: Dossier) -> list[DiscussionNote]:
    """Return what was said about a dossier with who said it, oldest first."""
    query = (
        select(DiscussionNote)
        .join(DiscussionNote.seat)
        .where(DiscussionNote.dossier_id == dossier.id)
        .options(contains_eager(DiscussionNote.seat))
        .order_by(DiscussionNote.id)
    )
    return list(session().scalars(query))


def notes_for(assignment: Assignment) -> list[DiscussionNote]:
    """Return the discussion as one of its reviewers reads it: none until their own review is in and all discuss.

    What waits for the programme is read by whoever wrote it alone.
    """
    if assignment.state != AssignmentState.SUBMITTED or assignment.dossier.panel.state not in COMPARING:
        return []
    return [one for one in notes_of(assignment.dossier) if not one.waits or one.seat_id == assignment.seat_id]


def talked_over(reviewer_id: int, *, most: int) -> list[tuple[Assignment, int]]:
    """Return the dossiers a reviewer may discuss of which there is something to discuss, with how many comments.

    That somebody commented, or that a further reviewer was called because the others disagreed. Those with most first.
    """
    said = (
        select(func.count(DiscussionNote.id))
        .where(DiscussionNote.dossier_id == Assignment.dossier_id, ~_WAITS | (DiscussionNote.seat_id == PanelSeat.id))
        .correlate(Assignment, PanelSeat)
        .scalar_subquery()
    )
    called = aliased(Assignment)
    differed = exists().where(
        called.dossier_id == Assignment.dossier_id,
        called.origin == AssignmentOrigin.FURTHER,
        called.state == AssignmentState.SUBMITTED,
    )
    query = (
        select(Assignment, said)
        .join(Assignment.seat)
        .join(Assignment.dossier)
        .join(Dossier.panel)
        .where(
            *mine(reviewer_id),
            Assignment.state == AssignmentState.SUBMITTED,
            Panel.state == PanelState.DISCUSSION,
            differed | (said > 0),
        )
        .options(contains_eager(Assignment.dossier).contains_eager(Dossier.panel))
        .order_by(said.desc(), Dossier.code)
        .limit(most)
    )
    return [(assignment, notes) for assignment, notes in session().execute(query)]


def count_notes_waiting() -> int:
    """Return how many comments wait for the programme in committees that are at work."""
    query = (
        select(func.count(DiscussionNote.id))
        .join(DiscussionNote.seat)
        .join(PanelSeat.panel)
        .where(_WAITS, Panel.state.not_in((PanelState.RELEASED, PanelState.CANCELLED)))
    )
    return session().scalar(query) or 0


def notes_waiting(panel: Panel) -> list[DiscussionNote]:
    """Return the comments of a committee that wait for the programme, oldest first."""
    query = (
        select(DiscussionNote)
        .join(DiscussionNote.seat)
        .join(DiscussionNote.dossier)
        .where(_WAITS, PanelSeat.panel_id == panel.id)
        .options(contains_eager(DiscussionNote.seat), contains_eager(DiscussionNote.dossier))
        .order_by(DiscussionNote.id)
    )
    return list(session().scalars(query))


def hold_dossier(dossier: Dossier) -> None:
    """Until the transaction ends nobody else writes in a dossier's discussion."""
    session().execute(select(Dossier.id).where(Dossier.id == dossier.id).order_by(Dossier.id).with_for_update())


def readers_to_tell(dossier: Dossier, since: datetime, until: datetime) -> dict[int, int]:
    """Return how many comments by others each reviewer of a dossier can read from a stretch of time, by reviewer id.

    Who has a conflict on record, left or never sent a review is told nothing.
    """
    conflicted = select(ConflictDeclaration.seat_id).where(
        ConflictDeclaration.dossier_id == dossier.id, ConflictDeclaration.conflicted
    )
    read_from = func.coalesce(DiscussionNote.cleared_at, DiscussionNote.written_at)
    query = (
        select(PanelSeat.reviewer_id, func.count(DiscussionNote.id))
        .join(Assignment, Assignment.seat_id == PanelSeat.id)
        .join(DiscussionNote, DiscussionNote.dossier_id == Assignment.dossier_id)
        .where(
            Assignment.dossier_id == dossier.id,
            Assignment.state == AssignmentState.SUBMITTED,
            PanelSeat.left_at.is_(None),
            PanelSeat.id.not_in(conflicted),
            DiscussionNote.seat_id != PanelSeat.id,
            read_from >= since,
            read_from < until,
            DiscussionNote.struck_at.is_(None),
            DiscussionNote.covered_at.is_(None),
            DiscussionNote.withheld_at.is_(None) | DiscussionNote.cleared_at.is_not(None),
        )
        .group_by(PanelSeat.reviewer_id)
        .order_by(PanelSeat.reviewer_id)
    )
    return {row[0]: int(row[1]) for row in session().execute(query)}
