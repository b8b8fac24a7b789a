"""Panels, their seats and how far they have come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from core.database import session
from core.listing import Listing
from scoring.models import Assignment, AssignmentOrigin, ConflictDeclaration, Dossier, Panel, PanelSeat
from scoring.states import AssignmentState, PanelState

FILL_GAPS = "scoring.fill_gaps"
LIVE = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.SUBMITTED)
ENDED = (AssignmentState.RECUSED, AssignmentState.WITHDRAWN)


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
class Reading:
    """Who has or had a dossier, why they were called, and whether it stands."""

    seat_id: int
    institution_key: str | None
    origin: AssignmentOrigin
    stands: bool


@dataclass(frozen=True, slots=True)
class SeatLoad:
    """How far a reviewer is."""

    seat: PanelSeat
    assigned: int
    submitted: int
    recused: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a panel is: a page of its dossiers, every seat, and what the rulebook asks for each dossier.

    `submitted` counts the reviews that are in, `short` the open dossiers with fewer reviewers than asked.
    """

    page: Listing[CoverageRow]
    loads: list[SeatLoad]
    needed: int
    submitted: int
    short: int

    @property
    def rows(self) -> Sequence[CoverageRow]:
        """The dossiers of this page."""
        return self.page.rows


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


def readings_of(panel: Panel, among: Iterable[Dossier] | None = None) -> dict[int, list[Reading]]:
    """Return who has or had each dossier of a panel, or `among` some, by dossier id, without loading a row."""
    query = (
        select(
            Assignment.dossier_id, Assignment.seat_id, PanelSeat.institution_key, Assignment.origin, Assignment.state
        )
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .where(PanelSeat.panel_id == panel.id)
        .order_by(Assignment.dossier_id, Assignment.id)
    )
    if among is not None:
        query = query.where(Assignment.dossier_id.in_([dossier.id for dossier in among]))
    found: dict[int, list[Reading]] = {}
    for dossier_id, seat_id, institution, origin, state in session().execute(query):
        found.setdefault(dossier_id, []).append(Reading(seat_id, institution, origin, state not in ENDED))
    return found


def live_loads(panel: Panel) -> dict[int, int]:
    """Return how many assignments of each seat stand, by seat id, counted in an index."""
    query = (
        select(Assignment.seat_id, func.count())
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .where(PanelSeat.panel_id == panel.id, Assignment.state.in_(LIVE))
        .group_by(Assignment.seat_id)
        .order_by(Assignment.seat_id)
    )
    return {row[0]: int(row[1]) for row in session().execute(query)}


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


def readers_of(codes: Iterable[str]) -> dict[str, frozenset[int]]:
    """Return who had each dossier to review, whatever became of it."""
    query = (
        select(Dossier.code, PanelSeat.reviewer_id)
        .join(Assignment, Assignment.dossier_id == Dossier.id)
        .join(Assignment.seat)
        .where(Dossier.code.in_(sorted(codes)))
        .order_by(Dossier.code, PanelSeat.id)
    )
    found: dict[str, set[int]] = {}
    for code, reviewer_id in session().execute(query):
        found.setdefault(code, set()).add(reviewer_id)
    return {code: frozenset(readers) for code, readers in found.items()}


def coverage(panel: Panel, *, page: int = 1, per_page: int = 25) -> Coverage:
    """Return how far a panel is, in a constant number of statements; dossiers that lack reviewers come first."""
    needed = panel.rulebook.rules.reviews_per_application
    total = session().scalar(select(func.count(Dossier.id)).where(Dossier.panel_id == panel.id)) or 0
    page = min(page, max(1, -(-total // per_page)))
    live = (
        select(func.count())
        .select_from(Assignment)
        .where(Assignment.dossier_id == Dossier.id, Assignment.state.not_in(ENDED))
        .correlate(Dossier)
        .scalar_subquery()
    )
    is_short = and_(Dossier.cleared_at.is_not(None), Dossier.withdrawn_at.is_(None), live < needed)
    of_panel = select(Dossier).where(Dossier.panel_id == panel.id).order_by(Dossier.code)
    short = session().scalar(select(func.count(Dossier.id)).where(Dossier.panel_id == panel.id, is_short)) or 0
    start = (page - 1) * per_page
    # First those that lack somebody, then the rest, each in the order of an index: nothing is sorted.
    found_rows = (
        list(session().scalars(of_panel.where(is_short).limit(per_page).offset(start))) if start < short else []
    )
    others = of_panel.where(~is_short) if short else of_panel  # to ask each dossier again would cost more than the page
    rest = others.limit(per_page - len(found_rows)).offset(max(start - short, 0))
    found_rows += session().scalars(rest)
    by_dossier = _counts(panel, Assignment.dossier_id, among=[dossier.id for dossier in found_rows])
    rows = [CoverageRow(dossier, *by_dossier.get(dossier.id, NONE)) for dossier in found_rows]
    by_seat = _counts(panel, Assignment.seat_id)
    loads = [SeatLoad(seat, *by_seat.get(seat.id, NONE)) for seat in seats_of_panel(panel)]
    submitted = sum(count for _live, count, _recused in by_seat.values())
    return Coverage(Listing(rows, total, page, per_page), loads, needed, submitted, short)


NONE = (0, 0, 0)


def _counts(panel: Panel, by: Any, among: Sequence[int] | None = None) -> dict[int, tuple[int, int, int]]:
    """Return how many assignments stand, are in and ended in recusal: by seat id, or by dossier id `among` some.

    The database counts by state alone, in an index: to ask of each row what it counts for took three times as long.
    """
    numbers = select(PanelSeat.id).where(PanelSeat.panel_id == panel.id) if among is None else among
    query = (
        select(by, Assignment.state, func.count())
        .where(by.in_(numbers))  # in the order of the index: nothing is sorted to be grouped
        .group_by(by, Assignment.state)
        .order_by(by, Assignment.state)
    )
    found: dict[int, dict[AssignmentState, int]] = {}
    for number, state, count in session().execute(query):
        found.setdefault(number, {})[state] = int(count)
    return {
        number: (
            sum(states.get(one, 0) for one in LIVE),
            states.get(AssignmentState.SUBMITTED, 0),
            states.get(AssignmentState.RECUSED, 0),
        )
        for number, states in found.items()
    }


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
