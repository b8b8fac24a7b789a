"""The discussion of a dossier, for who takes part in it and for the programme."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from core.database import session
from scoring.models import Assignment, ConflictDeclaration, DiscussionNote, Dossier, PanelSeat
from scoring.queries.desk import COMPARING
from scoring.states import AssignmentState


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
    """Return the discussion as one of its reviewers reads it: none until their own review is in and all discuss."""
    if assignment.state != AssignmentState.SUBMITTED or assignment.dossier.panel.state not in COMPARING:
        return []
    return notes_of(assignment.dossier)


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
            DiscussionNote.written_at >= since,
            DiscussionNote.written_at < until,
            DiscussionNote.struck_at.is_(None),
            DiscussionNote.covered_at.is_(None),
        )
        .group_by(PanelSeat.reviewer_id)
        .order_by(PanelSeat.reviewer_id)
    )
    return {row[0]: int(row[1]) for row in session().execute(query)}
