"""Panels, their seats and how far they have come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select, true
from sqlalchemy.orm import contains_eager, defer, joinedload

from core.database import session
from core.listing import Listing
from scoring.models import Assignment, AssignmentOrigin, ConflictDeclaration, Dossier, Panel, PanelSeat
from scoring.states import AssignmentState, PanelState

FILL_GAPS = "scoring.fill_gaps"
PENDING = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
LIVE = (*PENDING, AssignmentState.SUBMITTED)
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
    is_short = _lacks_readers(needed)
    counted = select(func.count(), func.count(case((is_short, 1)))).where(Dossier.panel_id == panel.id)
    total, short = (int(count) for count in session().execute(counted.select_from(Dossier)).one())
    page = min(page, max(1, -(-total // per_page)))
    start = (page - 1) * per_page
    # First those that lack somebody, then the rest, each in the order of an index: nothing is sorted.
    found = _page_of(panel, is_short, start, per_page) if start < short else []
    others = ~is_short if short else true()  # to ask each dossier again would cost more than the page
    found += _page_of(panel, others, max(start - short, 0), per_page - len(found))
    by_dossier = _counts_by_dossier([dossier.id for dossier in found])
    rows = [CoverageRow(dossier, *by_dossier.get(dossier.id, NONE)) for dossier in found]
    loads, submitted = _loads(panel)
    return Coverage(Listing(rows, total, page, per_page), loads, needed, submitted, short)


NONE = (0, 0, 0)


def count_short(panel: Panel) -> int:
    """Return how many open dossiers have fewer reviewers than the rulebook asks for."""
    is_short = _lacks_readers(panel.rulebook.rules.reviews_per_application)
    return session().scalar(select(func.count(Dossier.id)).where(Dossier.panel_id == panel.id, is_short)) or 0


def _lacks_readers(needed: int) -> ColumnElement[bool]:
    return and_(Dossier.cleared_at.is_not(None), Dossier.withdrawn_at.is_(None), Dossier.readers < needed)


def _page_of(panel: Panel, condition: ColumnElement[bool], start: int, most: int) -> list[Dossier]:
    """Return some dossiers of a panel in the order of their codes, without their proposals.

    What comes before them is passed over in an index; only those shown are read.
    """
    codes = select(Dossier.code).where(Dossier.panel_id == panel.id, condition).order_by(Dossier.code)
    query = (
        select(Dossier)
        .where(Dossier.code.in_(codes.limit(most).offset(start)))
        .options(defer(Dossier.content))
        .order_by(Dossier.code)
    )
    return list(session().scalars(query)) if most else []


def _loads(panel: Panel) -> tuple[list[SeatLoad], int]:
    """Return how far each seat in use is, in the order they were given, and the reviews of all that ever were.

    Each count is a range of one index: grouping the rows took PostgreSQL twice as long.
    """

    def counted(*states: AssignmentState) -> ScalarSelect[int]:
        query = select(func.count()).where(Assignment.seat_id == PanelSeat.id, Assignment.state.in_(states))
        return query.correlate(PanelSeat).scalar_subquery()

    submitted = AssignmentState.SUBMITTED
    counts = counted(*PENDING), counted(submitted), counted(AssignmentState.RECUSED)
    query = select(PanelSeat, *counts).where(PanelSeat.panel_id == panel.id).order_by(PanelSeat.id)
    found = [SeatLoad(seat, pending + done, done, recused) for seat, pending, done, recused in session().execute(query)]
    return [one for one in found if one.seat.left_at is None], sum(one.submitted for one in found)


def _counts_by_dossier(numbers: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Return how many assignments of some dossiers stand, are in and ended in recusal, by dossier id."""
    keys = Assignment.dossier_id, Assignment.state
    query = select(*keys, func.count()).where(Assignment.dossier_id.in_(numbers)).group_by(*keys).order_by(*keys)
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


def submitted_by_seat(panel: Panel) -> dict[PanelSeat, int]:
    """Return how many reviews each member who has not left sent, in one query; who sent none is left out."""
    query = (
        select(PanelSeat, func.count(Assignment.id))
        .join(Assignment, Assignment.seat_id == PanelSeat.id)
        .where(
            PanelSeat.panel_id == panel.id,
            PanelSeat.left_at.is_(None),
            Assignment.state == AssignmentState.SUBMITTED,
        )
        .group_by(PanelSeat.id)
        .order_by(PanelSeat.id)
    )
    return {seat: int(count) for seat, count in session().execute(query)}
