"""Call one more reviewer where the others disagree as far as the rulebook says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from core.audit import record
from core.database import session
from scoring import queries
from scoring.assignment import keyword_affinity
from scoring.errors import FurtherReviewNotCalled, NoReviewerAvailable
from scoring.models import Assignment, AssignmentOrigin, Dossier, Panel, PanelSeat
from scoring.rules.discrepancy import examine
from scoring.rules.official_score import Arithmetic
from scoring.services.assignments import propose, words
from scoring.services.outside_knowledge import ask_for_conflicts
from scoring.services.phases import hold_phase, require_phase
from scoring.services.telling import Awaited, Waiting, tell
from scoring.states import PanelState


class Standing(StrEnum):
    """Whether one more reviewer is called for a dossier, and what stands against it."""

    DUE = "due"
    AGREED = "agreed"
    CALLED = "called"
    NOT_FORESEEN = "not_foreseen"
    NOBODY = "nobody"


def assign_further_reviewer(dossier: Dossier) -> Assignment:
    """Call one more reviewer for one dossier: best affinity, then least load.

    Raises:
        FurtherReviewNotCalled: they agree enough, or the rulebook's further reviewers are all called.
        NoReviewerAvailable: nobody without conflict, of another institution and with room is left.
    """
    require_phase(dossier.panel, PanelState.REVIEW, PanelState.DISCUSSION)
    ask_for_conflicts(dossier.panel)
    assignment = _Committee(dossier.panel, [dossier]).call(dossier)
    if assignment is None:
        raise FurtherReviewNotCalled(code=dossier.code)
    tell(Waiting(Awaited.READING, dossier.panel, {assignment.seat: 1}))
    return assignment


def assign_further_reviewers(panel: Panel) -> list[Assignment]:
    """Do the same for every dossier of a panel, in order of code, with a constant number of SELECTs.

    Raises:
        NoReviewerAvailable: a dossier has nobody left; the transaction should be rolled back. WrongPhase.
    """
    hold_phase(panel, PanelState.REVIEW, PanelState.DISCUSSION)
    ask_for_conflicts(panel)
    committee = _Committee(panel)
    calls = [committee.call(dossier) for dossier in queries.open_dossiers(panel)]
    called = [assignment for assignment in calls if assignment is not None]
    tell(Waiting(Awaited.READING, panel, Counter(assignment.seat for assignment in called)))
    return called


def further_reviews(panel: Panel, dossiers: Sequence[Dossier], loads: Mapping[PanelSeat, int]) -> dict[int, Standing]:
    """Return how some dossiers stand with a further review, by id, in a constant number of SELECTs. Nothing is done.

    `loads` is how many dossiers each seat in use has.
    """
    committee = _Committee(panel, dossiers, loads)
    return {dossier.id: committee.standing(dossier) for dossier in dossiers}


class _Committee:
    """What a further call depends on, read once: who reads what, who may not, and how much everybody has."""

    def __init__(
        self, panel: Panel, among: Sequence[Dossier] | None = None, loads: Mapping[PanelSeat, int] | None = None
    ) -> None:
        self.rules = panel.rulebook.rules
        self.arithmetic = Arithmetic(self.rules)
        self.sheets = queries.sheets_of(panel, among)
        self.conflicted = queries.conflicted_pairs(panel, among)
        if loads is None:
            self.seats, self.loads = queries.seats_of_panel(panel), queries.live_loads(panel)
        else:
            self.seats, self.loads = list(loads), {seat.id: count for seat, count in loads.items()}
        self.here = queries.readings_of(panel, among)

    def standing(self, dossier: Dossier) -> Standing:
        """Return whether one more reviewer is called for a dossier."""
        further = [
            one for one in self.here.get(dossier.id, []) if one.origin == AssignmentOrigin.FURTHER and one.stands
        ]
        if not examine(self.rules, self.sheets.get(dossier.id, []), self.arithmetic).calls_reviewer:
            return Standing.AGREED
        if not self.rules.discrepancy.further_reviewers:
            return Standing.NOT_FORESEEN
        if len(further) >= self.rules.discrepancy.further_reviewers:
            return Standing.CALLED
        return Standing.DUE if self._available(dossier) else Standing.NOBODY

    def call(self, dossier: Dossier) -> Assignment | None:
        """Call whoever fits a dossier best; None where nobody is due.

        Raises:
            NoReviewerAvailable.
        """
        standing = self.standing(dossier)
        if standing is Standing.NOBODY:
            raise NoReviewerAvailable(code=dossier.code)
        if standing is not Standing.DUE:
            return None
        seats, loads = self._available(dossier), self.loads
        affinity = keyword_affinity([words(dossier)], [seat.keywords for seat in seats])[0]
        best = min(range(len(seats)), key=lambda i: (-affinity[i], loads.get(seats[i].id, 0), seats[i].id))
        chosen = seats[best]
        assignment = propose(dossier, chosen, AssignmentOrigin.FURTHER)
        session().flush()
        reading = queries.Reading(chosen.id, chosen.institution_key, AssignmentOrigin.FURTHER, stands=True)
        self.here.setdefault(dossier.id, []).append(reading)
        loads[chosen.id] = loads.get(chosen.id, 0) + 1
        record("dossier.further_reviewer_called", "dossier", dossier.code, after={"seat": chosen.id})
        return assignment

    def _available(self, dossier: Dossier) -> list[PanelSeat]:
        here = self.here.get(dossier.id, [])
        called = {one.seat_id for one in here}
        institutions: set[str | None] = set()
        if self.rules.one_per_institution:
            institutions = {one.institution_key for one in here if one.stands} - {None}
        return [
            seat
            for seat in self.seats
            if seat.id not in called
            and (dossier.id, seat.id) not in self.conflicted
            and seat.institution_key not in institutions
            and self.loads.get(seat.id, 0) < self.rules.max_load
        ]
