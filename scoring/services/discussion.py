"""Reviewers discuss a dossier by letter once their reviews are in; what was said stays on record."""

from collections.abc import Callable

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors import InConflict
from scoring.errors.discussion import NoteEmpty, NoteNotFound
from scoring.models import Assignment, DiscussionNote
from scoring.services.outside_knowledge import name_told
from scoring.services.phases import require_phase, require_reason
from scoring.states import AssignmentState, PanelState

LONGEST = 3_000
Written = Callable[[DiscussionNote], object]
_after_writing: list[Written] = []


def when_note_written(act: Written) -> Written:
    """Have `act(note)` called, in the same transaction, whenever somebody takes part in a discussion."""
    if act not in _after_writing:
        _after_writing.append(act)
    return act


def write_note(assignment: Assignment, text: str) -> DiscussionNote:
    """Say something about a dossier to its other reviewers, under one's letter.

    What tells whose dossier it is waits for the programme; whoever wrote it learns nothing from that.

    Raises:
        WrongPhase: the committee does not deliberate. InConflict: a conflict is on record. NoteNotFound: one's own
        review is not in. NoteEmpty.
    """
    require_phase(assignment.dossier.panel, PanelState.DISCUSSION)
    if assignment.state != AssignmentState.SUBMITTED:
        raise NoteNotFound()
    if queries.is_in_conflict(assignment.seat, assignment.dossier):
        raise InConflict()
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise NoteEmpty()
    withheld = name_told(assignment.dossier, said) is not None
    queries.hold_dossier(assignment.dossier)
    note = DiscussionNote(
        dossier=assignment.dossier,
        seat=assignment.seat,
        phase=assignment.dossier.panel.state,
        text=said,
        written_at=now(),
        withheld_at=now() if withheld else None,
    )
    session().add(note)
    session().flush()
    record("discussion.written", "dossier", assignment.dossier.code, after={"note": note.id, "withheld": withheld})
    for act in _after_writing:
        act(note)
    return note


def strike_note(note: DiscussionNote, assignment: Assignment) -> DiscussionNote:
    """Strike out what one said oneself; it stays to be read, crossed out.

    Raises:
        NoteNotFound: somebody else said it. WrongPhase.
    """
    require_phase(assignment.dossier.panel, PanelState.DISCUSSION)
    if note.seat_id != assignment.seat_id or note.dossier_id != assignment.dossier_id:
        raise NoteNotFound()
    queries.hold_dossier(assignment.dossier)
    session().refresh(note)
    if note.struck_at is None:
        note.struck_at = now()
        session().flush()
        record("discussion.struck", "dossier", assignment.dossier.code, after={"note": note.id})
    return note


def cover_note(note: DiscussionNote, *, reason: str) -> DiscussionNote:
    """Let the programme cover a comment that tells who somebody is. Nobody in the committee reads it any more.

    Raises:
        ReasonMissing.
    """
    said = require_reason(reason)
    queries.hold_dossier(note.dossier)
    session().refresh(note)
    if note.covered_at is None:
        note.covered_at, note.covered_reason = now(), said
        session().flush()
        record("discussion.covered", "dossier", note.dossier.code, after={"note": note.id})
    return note


def clear_note(note: DiscussionNote) -> DiscussionNote:
    """Let a comment that waited through: it tells nobody's name after all, and the others are told of it.

    Raises:
        NoteNotFound: it does not wait.
    """
    queries.hold_dossier(note.dossier)
    session().refresh(note)
    if not note.waits:
        raise NoteNotFound()
    note.cleared_at = now()
    session().flush()
    record("discussion.cleared", "dossier", note.dossier.code, after={"note": note.id})
    for act in _after_writing:
        act(note)
    return note
