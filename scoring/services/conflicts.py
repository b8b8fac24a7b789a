"""Conflicts of interest: declared by the reviewer, or worked out elsewhere and handed over as opaque pairs."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors import DossierNotFound, InConflict, SeatNotFound, UnknownConflict
from scoring.models import Assignment, ConflictDeclaration, DeclarationOrigin, Dossier, Panel, PanelSeat
from scoring.services.assignments import ENDED, end_assignment
from scoring.services.phases import BEFORE_RANKING, hold_phase, keep_phase
from scoring.states import ASSIGNMENT, AssignmentState, ConflictKind


@dataclass(frozen=True, slots=True)
class KnownConflict:
    """A conflict found in what is on file: which dossier, which reviewer, of what kind. No names, no explanation."""

    dossier_code: str
    reviewer_id: int
    kind: ConflictKind


def record_conflicts(panel: Panel, conflicts: Iterable[KnownConflict]) -> int:
    """Put computed conflicts on record until the ranking is computed; return how many were new.

    A live assignment of a conflicted pair ends in recusal and its review is set aside, even a submitted one.

    Raises:
        DossierNotFound, SeatNotFound: a pair is not of this panel; nothing is recorded.
    """
    hold_phase(panel, *BEFORE_RANKING)
    dossiers = {dossier.code: dossier for dossier in queries.dossiers_of_panel(panel)}
    seats = queries.seats_by_reviewer(panel)
    known = queries.conflicted_pairs(panel)
    live = {(one.dossier_id, one.seat_id): one for one in queries.assignments_of_panel(panel) if one.state not in ENDED}
    added = 0
    for conflict in conflicts:
        if conflict.dossier_code not in dossiers:
            raise DossierNotFound()
        if conflict.reviewer_id not in seats:
            raise SeatNotFound()
        dossier, seat = dossiers[conflict.dossier_code], seats[conflict.reviewer_id]
        if (dossier.id, seat.id) in known:
            continue
        known.add((dossier.id, seat.id))
        _declare(seat, dossier, conflict.kind, DeclarationOrigin.COMPUTED)
        added += 1
        if assignment := live.get((dossier.id, seat.id)):
            end_assignment(assignment, AssignmentState.RECUSED, reason=conflict.kind)
    session().flush()
    record("panel.conflicts_recorded", "panel", panel.id, after={"new": added})
    return added


def declare_conflict(
    seat: PanelSeat, dossier: Dossier, *, kind: ConflictKind, explanation: str = ""
) -> ConflictDeclaration:
    """Put a reviewer's own declaration of a conflict on record; an assignment to the dossier ends in recusal.

    Whoever recognises the applicant steps back, whether the rulebook names it or not.

    Raises:
        UnknownConflict: the rulebook does not know the kind, or "other" comes without explanation.
    """
    _same_panel(seat, dossier)
    explanation = explanation.strip()
    known = {*dossier.panel.rulebook.rules.conflicts, ConflictKind.RECOGNISED}
    if kind not in known or (kind == ConflictKind.OTHER and not explanation):
        raise UnknownConflict()
    declaration = _declare(seat, dossier, kind, DeclarationOrigin.DECLARED, explanation)
    assignment = queries.assignment_of(seat, dossier)
    if assignment is not None and assignment.state not in ENDED:
        end_assignment(assignment, AssignmentState.RECUSED, reason=kind)
    session().flush()
    record("conflict.declared", "dossier", dossier.code, after={"seat": seat.id, "kind": kind})
    return declaration


def declare_no_conflict(seat: PanelSeat, dossier: Dossier) -> ConflictDeclaration:
    """Put on record that a reviewer declares no conflict; a proposed assignment becomes theirs to score.

    Raises:
        InConflict: a conflict between the two is already on record.
    """
    _same_panel(seat, dossier)
    if queries.is_in_conflict(seat, dossier):
        raise InConflict()
    declaration = _declare(seat, dossier, None, DeclarationOrigin.DECLARED)
    assignment = queries.assignment_of(seat, dossier)
    if assignment is not None and assignment.state == AssignmentState.PROPOSED:
        ASSIGNMENT.check(assignment.state, AssignmentState.ACCEPTED)
        assignment.state = AssignmentState.ACCEPTED
    session().flush()
    record("conflict.denied", "dossier", dossier.code, after={"seat": seat.id})
    return declaration


def recognise_person(assignment: Assignment, *, explanation: str = "") -> Assignment:
    """Recuse a reviewer who recognises whose dossier this is."""
    declare_conflict(assignment.seat, assignment.dossier, kind=ConflictKind.RECOGNISED, explanation=explanation)
    return assignment


def _same_panel(seat: PanelSeat, dossier: Dossier) -> None:
    keep_phase(dossier.panel, *BEFORE_RANKING)
    if seat.panel_id != dossier.panel_id or seat.left_at is not None:
        raise SeatNotFound()


def _declare(
    seat: PanelSeat, dossier: Dossier, kind: ConflictKind | None, origin: DeclarationOrigin, explanation: str = ""
) -> ConflictDeclaration:
    declaration = ConflictDeclaration(
        seat_id=seat.id,
        dossier_id=dossier.id,
        conflicted=kind is not None,
        kind=kind,
        origin=origin,
        explanation=explanation,
        declared_at=now(),
    )
    session().add(declaration)
    return declaration
