"""Call one more reviewer where the others disagree as far as the rulebook says."""

from core.audit import record
from core.database import session
from scoring import queries
from scoring.assignment import keyword_affinity
from scoring.errors import FurtherReviewNotCalled, NoReviewerAvailable
from scoring.models import Assignment, AssignmentOrigin, Dossier, Panel, PanelSeat
from scoring.rules.discrepancy import examine
from scoring.services.assignments import ENDED, propose, words
from scoring.services.outside_knowledge import ask_for_conflicts
from scoring.services.phases import require_phase
from scoring.states import PanelState


def assign_further_reviewer(dossier: Dossier) -> Assignment:
    """Call one more reviewer for one dossier: best affinity, then least load.

    Raises:
        FurtherReviewNotCalled: they agree enough, or the rulebook's further reviewers are all called.
        NoReviewerAvailable: nobody without conflict, of another institution and with room is left.
    """
    assignment = _Committee(dossier.panel).call(dossier)
    if assignment is None:
        raise FurtherReviewNotCalled(code=dossier.code)
    return assignment


def assign_further_reviewers(panel: Panel) -> list[Assignment]:
    """Do the same for every dossier of a panel, in order of code, with a constant number of SELECTs.

    Raises:
        NoReviewerAvailable: a dossier has nobody left; the transaction should be rolled back. WrongPhase.
    """
    committee = _Committee(panel)
    calls = [committee.call(dossier) for dossier in queries.open_dossiers(panel)]
    return [assignment for assignment in calls if assignment is not None]


class _Committee:
    """What a further call depends on, read once: who reads what, who may not, and how much everybody has."""

    def __init__(self, panel: Panel) -> None:
        require_phase(panel, PanelState.REVIEW, PanelState.DISCUSSION)
        ask_for_conflicts(panel)
        self.rules = panel.rulebook.rules
        self.reviews = queries.submitted_reviews(panel)
        self.conflicted = queries.conflicted_pairs(panel)
        self.seats = queries.seats_of_panel(panel)
        self.here: dict[int, list[Assignment]] = {}
        self.loads: dict[int, int] = {}
        for assignment in queries.assignments_of_panel(panel):
            self._note(assignment)

    def _note(self, assignment: Assignment) -> None:
        self.here.setdefault(assignment.dossier.id, []).append(assignment)
        if assignment.state not in ENDED:
            self.loads[assignment.seat.id] = self.loads.get(assignment.seat.id, 0) + 1

    def call(self, dossier: Dossier) -> Assignment | None:
        here = self.here.get(dossier.id, [])
        further = [one for one in here if one.origin == AssignmentOrigin.FURTHER and one.state not in ENDED]
        sheets = [review.sheet() for review in self.reviews.get(dossier.id, [])]
        if len(further) >= self.rules.discrepancy.further_reviewers or not examine(self.rules, sheets).calls_reviewer:
            return None
        seats = self._available(dossier, here)
        if not seats:
            raise NoReviewerAvailable(code=dossier.code)
        affinity = keyword_affinity([words(dossier)], [seat.keywords for seat in seats])[0]
        loads = self.loads
        best = min(range(len(seats)), key=lambda i: (-affinity[i], loads.get(seats[i].id, 0), seats[i].id))
        assignment = propose(dossier, seats[best], AssignmentOrigin.FURTHER)
        session().flush()
        self._note(assignment)
        record("dossier.further_reviewer_called", "dossier", dossier.code, after={"seat": seats[best].id})
        return assignment

    def _available(self, dossier: Dossier, here: list[Assignment]) -> list[PanelSeat]:
        called = {assignment.seat.id for assignment in here}
        institutions: set[str | None] = set()
        if self.rules.one_per_institution:
            institutions = {one.seat.institution_key for one in here if one.state not in ENDED} - {None}
        return [
            seat
            for seat in self.seats
            if seat.id not in called
            and (dossier.id, seat.id) not in self.conflicted
            and seat.institution_key not in institutions
            and self.loads.get(seat.id, 0) < self.rules.max_load
        ]
