"""Panels, their seats and how far they have come."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from core.database import session
from scoring.models import Assignment, ConflictDeclaration, Dossier, Panel, PanelSeat
from scoring.states import AssignmentState, PanelState

LIVE = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A panel in a list, with its counts."""

    panel: Panel
    dossiers: int
    seats: int
    submitted: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How far a dossier's reviews are."""

    dossier: Dossier
    live: int
    submitted: int
    recused: int


@dataclass(frozen=True, slots=True)
class SeatLoad:
    """How far a reviewer is."""

    seat: PanelSeat
    assigned: int
    submitted: int
    recused: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a panel is: by dossier and by seat, with what the rulebook asks for each dossier."""

    rows: list[CoverageRow]
    loads: list[SeatLoad]
    needed: int

    @property
    def submitted(self) -> int:
        """Reviews that are in."""
        return sum(row.submitted for row in self.rows)

    @property
    def short(self) -> list[CoverageRow]:
        """Open dossiers with fewer reviewers than the rulebook asks."""
        return [row for row in self.rows if row.dossier.is_open and row.live < self.needed]


def panel_by_id(panel_id: int) -> Panel | None:
    """Return a panel."""
    return session().get(Panel, panel_id)


def panel_of_call(call_key: str) -> Panel | None:
    """Return the call's live panel; None without one, or when it was cancelled."""
    query = select(Panel).where(Panel.call_key == call_key, Panel.state != PanelState.CANCELLED)
    return session().scalar(query)


def panels() -> list[PanelRow]:
    """Return every panel with its counts, newest first."""
    dossiers = (
        select(func.count(Dossier.id))
        .where(Dossier.panel_id == Panel.id, Dossier.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    seats = (
        select(func.count(PanelSeat.id))
        .where(PanelSeat.panel_id == Panel.id, PanelSeat.left_at.is_(None))
        .scalar_subquery()
    )
    submitted = (
        select(func.count(Assignment.id))
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.panel_id == Panel.id, Assignment.state == AssignmentState.SUBMITTED)
        .scalar_subquery()
    )
    query = select(Panel, dossiers, seats, submitted).order_by(Panel.id.desc())
    return [PanelRow(*row) for row in session().execute(query)]


def seats_of_panel(panel: Panel) -> list[PanelSeat]:
    """Return the seats in use, in the order in which they were given."""
    query = select(PanelSeat).where(PanelSeat.panel_id == panel.id, PanelSeat.left_at.is_(None)).order_by(PanelSeat.id)
    return list(session().scalars(query))


def seats_by_reviewer(panel: Panel) -> dict[int, PanelSeat]:
    """Return every seat ever given, by reviewer id."""
    query = select(PanelSeat).where(PanelSeat.panel_id == panel.id).order_by(PanelSeat.id)
    return {seat.reviewer_id: seat for seat in session().scalars(query)}


def seat_of(panel: Panel, reviewer_id: int) -> PanelSeat | None:
    """Return a reviewer's seat in use."""
    query = select(PanelSeat).where(
        PanelSeat.panel_id == panel.id, PanelSeat.reviewer_id == reviewer_id, PanelSeat.left_at.is_(None)
    )
    return session().scalar(query)


def assignments_of_panel(panel: Panel) -> list[Assignment]:
    """Return every assignment of a panel with its dossier and seat, in order of code and letter."""
    query = (
        select(Assignment)
        .join(Assignment.dossier)
        .join(Assignment.seat)
        .where(Dossier.panel_id == panel.id)
        .options(joinedload(Assignment.dossier), joinedload(Assignment.seat))
        .order_by(Dossier.code, PanelSeat.id)
    )
    return list(session().scalars(query))


def assignments_of_dossier(dossier: Dossier) -> list[Assignment]:
    """Return every assignment of a dossier with its seat and review, in the order of the seats."""
    query = (
        select(Assignment)
        .join(Assignment.seat)
        .where(Assignment.dossier_id == dossier.id)
        .options(contains_eager(Assignment.seat), joinedload(Assignment.review))
        .order_by(PanelSeat.id)
    )
    return list(session().scalars(query))


def coverage(panel: Panel) -> Coverage:
    """Return how far a panel is, in three statements however large it is."""
    by_dossier: dict[int, dict[AssignmentState, int]] = {}
    by_seat: dict[int, dict[AssignmentState, int]] = {}
    query = (
        select(Assignment.dossier_id, Assignment.seat_id, Assignment.state)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Dossier.panel_id == panel.id)
        .order_by(Assignment.id)
    )
    for dossier_id, seat_id, state in session().execute(query):
        for table, key in ((by_dossier, dossier_id), (by_seat, seat_id)):
            counts = table.setdefault(key, {})
            counts[state] = counts.get(state, 0) + 1
    dossiers = session().scalars(select(Dossier).where(Dossier.panel_id == panel.id).order_by(Dossier.code))
    rows = []
    for dossier in dossiers:
        counts = by_dossier.get(dossier.id, {})
        rows.append(
            CoverageRow(
                dossier,
                live=sum(counts.get(state, 0) for state in LIVE),
                submitted=counts.get(AssignmentState.SUBMITTED, 0),
                recused=counts.get(AssignmentState.RECUSED, 0),
            )
        )
    loads = []
    for seat in seats_of_panel(panel):
        counts = by_seat.get(seat.id, {})
        loads.append(
            SeatLoad(
                seat,
                assigned=sum(counts.get(state, 0) for state in LIVE),
                submitted=counts.get(AssignmentState.SUBMITTED, 0),
                recused=counts.get(AssignmentState.RECUSED, 0),
            )
        )
    return Coverage(rows, loads, panel.rulebook.rules.reviews_per_application)


def count_conflicts(panel: Panel) -> int:
    """Return how many pairs of a panel have a conflict on record."""
    query = (
        select(ConflictDeclaration.dossier_id, ConflictDeclaration.seat_id)
        .join(Dossier, Dossier.id == ConflictDeclaration.dossier_id)
        .where(Dossier.panel_id == panel.id, ConflictDeclaration.conflicted)
        .distinct()
        .subquery()
    )
    return session().scalar(select(func.count()).select_from(query)) or 0
