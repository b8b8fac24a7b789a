"""Give dossiers to reviewers, and end what cannot go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.assignment import Problem, assign, keyword_affinity
from scoring.errors import FurtherReviewNotCalled, NoReviewerAvailable
from scoring.models import Assignment, AssignmentOrigin, Dossier, Panel, PanelSeat
from scoring.rules.discrepancy import examine
from scoring.services.phases import BEFORE_RANKING, require_phase, require_reason
from scoring.states import ASSIGNMENT, REVIEW, AssignmentState, PanelState, ReviewState

ENDED = (AssignmentState.RECUSED, AssignmentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class AssignmentOutcome:
    """What an assignment round did: pairs (dossier code, letter), total and mean affinity, worst served, new loads."""

    pairs: tuple[tuple[str, str], ...]
    objective: int
    mean: float
    worst: tuple[str, int] | None
    loads: dict[str, int]


def assign_reviewers(panel: Panel) -> AssignmentOutcome:
    """Give every open dossier the reviewers it still lacks, with the greatest total affinity.

    What stands already counts for every rule and is kept, so that after a recusal only the gap is filled.

    Raises:
        AssignmentInfeasible: no assignment satisfies the rulebook; nothing is assigned.
    """
    require_phase(panel, PanelState.SETUP, PanelState.DECLARATIONS, PanelState.REVIEW)
    rules = panel.rulebook.rules
    dossiers, seats = queries.open_dossiers(panel), queries.seats_of_panel(panel)
    rows = {dossier.id: index for index, dossier in enumerate(dossiers)}
    columns = {seat.id: index for index, seat in enumerate(seats)}
    forbidden = {
        (rows[dossier_id], columns[seat_id])
        for dossier_id, seat_id in queries.conflicted_pairs(panel)
        if dossier_id in rows and seat_id in columns
    }
    fixed: list[tuple[int, int]] = []
    standing_elsewhere: dict[int, int] = {}
    for standing in queries.assignments_of_panel(panel):
        pair = (rows.get(standing.dossier_id, -1), columns.get(standing.seat_id, -1))
        if standing.state in ENDED and -1 not in pair:
            forbidden.add(pair)
        elif standing.state not in ENDED and -1 not in pair:
            fixed.append(pair)
        elif standing.state not in ENDED and pair[0] >= 0:
            standing_elsewhere[pair[0]] = standing_elsewhere.get(pair[0], 0) + 1
    solution = assign(
        Problem(
            dossiers=[dossier.code for dossier in dossiers],
            reviewers=[seat.letter for seat in seats],
            affinity=keyword_affinity([_words(dossier) for dossier in dossiers], [seat.keywords for seat in seats]),
            per_dossier=rules.reviews_per_application,
            max_load=rules.max_load,
            min_load=rules.min_load,
            forbidden=forbidden,
            institutions=[seat.institution_key for seat in seats],
            one_per_institution=rules.one_per_institution,
            fixed=fixed,
            already=standing_elsewhere,
        )
    )
    by_code = {dossier.code: dossier for dossier in dossiers}
    by_letter = {seat.letter: seat for seat in seats}
    for code, letter in solution.pairs:
        _propose(by_code[code], by_letter[letter], AssignmentOrigin.INITIAL)
    session().flush()
    record(
        "panel.reviewers_assigned",
        "panel",
        panel.id,
        after={"pairs": len(solution.pairs), "objective": solution.objective, "worst": solution.worst},
    )
    return AssignmentOutcome(solution.pairs, solution.objective, solution.mean, solution.worst, solution.loads)


def assign_further_reviewer(dossier: Dossier) -> Assignment:
    """Call one more reviewer where the others disagree as far as the rulebook says: best affinity, then least load.

    Raises:
        FurtherReviewNotCalled: they agree enough, or the rulebook's further reviewers are all called.
        NoReviewerAvailable: nobody without conflict, of another institution and with room is left.
    """
    panel = dossier.panel
    require_phase(panel, PanelState.REVIEW, PanelState.DISCUSSION)
    rules = panel.rulebook.rules
    everything = queries.assignments_of_panel(panel)
    here = [assignment for assignment in everything if assignment.dossier_id == dossier.id]
    further = [one for one in here if one.origin == AssignmentOrigin.FURTHER and one.state not in ENDED]
    sheets = [review.sheet() for review in queries.reviews_of_dossier(dossier)]
    if len(further) >= rules.discrepancy.further_reviewers or not examine(rules, sheets).calls_reviewer:
        raise FurtherReviewNotCalled(code=dossier.code)
    loads: dict[int, int] = {}
    for assignment in everything:
        if assignment.state not in ENDED:
            loads[assignment.seat_id] = loads.get(assignment.seat_id, 0) + 1
    seats = [seat for seat in _available(panel, dossier, here) if loads.get(seat.id, 0) < rules.max_load]
    if not seats:
        raise NoReviewerAvailable(code=dossier.code)
    affinity = keyword_affinity([_words(dossier)], [seat.keywords for seat in seats])[0]
    best = min(range(len(seats)), key=lambda index: (-affinity[index], loads.get(seats[index].id, 0), seats[index].id))
    assignment = _propose(dossier, seats[best], AssignmentOrigin.FURTHER)
    session().flush()
    record("dossier.further_reviewer_called", "dossier", dossier.code, after={"seat": seats[best].id})
    return assignment


def withdraw_assignment(assignment: Assignment, *, reason: str) -> Assignment:
    """Take an assignment back, for example from somebody who does not answer; its review no longer counts."""
    require_phase(assignment.dossier.panel, *BEFORE_RANKING)
    end_assignment(assignment, AssignmentState.WITHDRAWN, reason=require_reason(reason))
    session().flush()
    return assignment


def end_assignment(assignment: Assignment, state: AssignmentState, *, reason: str) -> None:
    """Recuse or withdraw, and set the review aside. The database keeps both."""
    before = assignment.state
    ASSIGNMENT.check(before, state)
    assignment.state = state
    assignment.ended_at = now()
    review = assignment.review
    if review is not None and review.state != ReviewState.SET_ASIDE:
        REVIEW.check(review.state, ReviewState.SET_ASIDE)
        review.state = ReviewState.SET_ASIDE
        review.set_aside_at = now()
        review.set_aside_reason = reason
    record("assignment.ended", "assignment", assignment.id, {"state": before}, {"state": state, "reason": reason})


def end_assignments_of_seat(seat: PanelSeat, *, reason: str) -> int:
    """Withdraw what a leaving reviewer had not submitted; return how many."""
    return _end(
        [one for one in queries.assignments_of_panel(seat.panel) if one.seat_id == seat.id], reason, submitted_too=False
    )


def end_assignments_of_dossier(dossier: Dossier, *, reason: str) -> int:
    """Withdraw every reviewer of a dossier that leaves; return how many."""
    standing = [one for one in queries.assignments_of_panel(dossier.panel) if one.dossier_id == dossier.id]
    return _end(standing, reason, submitted_too=True)


def _end(assignments: Sequence[Assignment], reason: str, *, submitted_too: bool) -> int:
    ended = 0
    for assignment in assignments:
        if assignment.state in ENDED or (assignment.state == AssignmentState.SUBMITTED and not submitted_too):
            continue
        end_assignment(assignment, AssignmentState.WITHDRAWN, reason=reason)
        ended += 1
    return ended


def _propose(dossier: Dossier, seat: PanelSeat, origin: AssignmentOrigin) -> Assignment:
    assignment = Assignment(
        dossier=dossier, seat=seat, state=AssignmentState.PROPOSED, origin=origin, assigned_at=now()
    )
    session().add(assignment)
    return assignment


def _available(panel: Panel, dossier: Dossier, here: Sequence[Assignment]) -> list[PanelSeat]:
    """Return the seats that may still read a dossier by conflicts and institutions."""
    conflicted = {seat_id for dossier_id, seat_id in queries.conflicted_pairs(panel) if dossier_id == dossier.id}
    called = {assignment.seat_id for assignment in here}
    institutions: set[str | None] = set()
    if panel.rulebook.rules.one_per_institution:
        institutions = {one.seat.institution_key for one in here if one.state not in ENDED} - {None}
    return [
        seat
        for seat in queries.seats_of_panel(panel)
        if seat.id not in conflicted | called and seat.institution_key not in institutions
    ]


def _words(dossier: Dossier) -> set[str]:
    return {*dossier.keywords, *([dossier.axis] if dossier.axis else [])}
