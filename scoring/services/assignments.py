"""Give dossiers to reviewers, and end what cannot go on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.audit import record
from core.clock import now
from core.database import session
from core.jobs import enqueue
from scoring import queries
from scoring.assignment import Problem, Solution, assign, keyword_affinity
from scoring.errors import AssignmentInfeasible, MinimumLoadUnreachable
from scoring.models import Assignment, AssignmentOrigin, Dossier, Panel, PanelSeat
from scoring.services.outside_knowledge import ask_for_conflicts
from scoring.services.phases import BEFORE_RANKING, hold_phase, is_window_over, keep_phase, require_reason
from scoring.services.telling import Awaited, Waiting, tell
from scoring.states import ASSIGNMENT, REVIEW, AssignmentState, PanelState, ReviewState

ENDED = (AssignmentState.RECUSED, AssignmentState.WITHDRAWN)
AT_WORK = (PanelState.DECLARATIONS, PanelState.REVIEW, PanelState.DISCUSSION)


@dataclass(frozen=True, slots=True)
class AssignmentOutcome:
    """What an assignment round did: pairs (dossier code, letter), total and mean affinity, worst served, new loads."""

    pairs: tuple[tuple[str, str], ...]
    objective: int
    mean: float
    worst: tuple[str, int] | None
    loads: dict[str, int]


def assign_reviewers(panel: Panel, *, leave_gaps: bool = False) -> AssignmentOutcome:
    """Give every open dossier the reviewers it still lacks, with the greatest total affinity.

    What stands already counts for every rule and is kept, so that after a recusal only the gap is filled. Who is
    called once the window is over, or in the deliberation, takes a place that nobody else can fill any more and
    scores in the deliberation. With `leave_gaps`, as many readings are given as can be.

    Raises:
        AssignmentInfeasible: no assignment satisfies the rulebook; nothing is assigned.
    """
    hold_phase(panel, *BEFORE_RANKING)
    ask_for_conflicts(panel)
    dossiers, seats = queries.open_dossiers(panel), queries.seats_of_panel(panel)
    problem = _problem(panel, dossiers, seats)
    solution = assign(replace(problem, min_load=0), leave_gaps=True) if leave_gaps else _solved(problem)
    by_code = {dossier.code: dossier for dossier in dossiers}
    by_letter = {seat.letter: seat for seat in seats}
    late = panel.state == PanelState.DISCUSSION or is_window_over(panel)
    for code, letter in solution.pairs:
        propose(by_code[code], by_letter[letter], AssignmentOrigin.REPLACEMENT if late else AssignmentOrigin.INITIAL)
    session().flush()
    record(
        "panel.reviewers_assigned",
        "panel",
        panel.id,
        after={"pairs": len(solution.pairs), "objective": solution.objective, "worst": solution.worst},
    )
    if panel.state in AT_WORK:
        given = Counter(by_letter[letter] for _code, letter in solution.pairs)
        tell(Waiting(Awaited.READING, panel, given))
    return AssignmentOutcome(solution.pairs, solution.objective, solution.mean, solution.worst, solution.loads)


def fill_gaps(panel: Panel) -> bool:
    """Give away by the same rule what a recusal left without a reader; return whether nothing is left open.

    What cannot be given away stays for the programme, which sees it first among the committee's dossiers; it keeps no
    other gap open.
    """
    queries.hold_panel(panel)
    if panel.state not in AT_WORK or not queries.count_short(panel):
        return True
    try:
        assign_reviewers(panel)
    except AssignmentInfeasible:
        assign_reviewers(panel, leave_gaps=True)
    return not queries.count_short(panel)


def _solved(problem: Problem) -> Solution:
    """Return the best assignment. Once some stand, a gap that leaves no room for the least load is filled all the same.

    A recusal takes a dossier from somebody who cannot get it back, and one gap is not enough for everybody's least.
    """
    try:
        return assign(problem)
    except MinimumLoadUnreachable:
        if not problem.fixed:
            raise
        return assign(replace(problem, min_load=0))


def _problem(panel: Panel, dossiers: Sequence[Dossier], seats: Sequence[PanelSeat]) -> Problem:
    """Return what is left to assign: what stands counts, also when who read it has left since."""
    rules = panel.rulebook.rules
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
        row, column = rows.get(standing.dossier_id), columns.get(standing.seat_id)
        if row is None:
            continue
        if column is not None and standing.state in ENDED:
            forbidden.add((row, column))
        elif column is not None:
            fixed.append((row, column))
        elif standing.state not in ENDED:
            standing_elsewhere[row] = standing_elsewhere.get(row, 0) + 1
            if rules.one_per_institution and (key := standing.seat.institution_key) is not None:
                forbidden |= {(row, columns[seat.id]) for seat in seats if seat.institution_key == key}
    return Problem(
        dossiers=[dossier.code for dossier in dossiers],
        reviewers=[seat.letter for seat in seats],
        affinity=keyword_affinity([words(dossier) for dossier in dossiers], [seat.keywords for seat in seats]),
        per_dossier=rules.reviews_per_application,
        max_load=rules.max_load,
        min_load=0 if panel.is_supplementary else rules.min_load,
        forbidden=forbidden,
        institutions=[seat.institution_key for seat in seats],
        one_per_institution=rules.one_per_institution,
        fixed=fixed,
        already=standing_elsewhere,
    )


def withdraw_assignment(assignment: Assignment, *, reason: str) -> Assignment:
    """Take an assignment back, for example from somebody who does not answer; its review no longer counts."""
    keep_phase(assignment.dossier.panel, *BEFORE_RANKING)
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
        review.note = ""
    record("assignment.ended", "assignment", assignment.id, {"state": before}, {"state": state, "reason": reason})
    panel = assignment.dossier.panel
    if state is AssignmentState.RECUSED and panel.state in AT_WORK:
        enqueue(queries.FILL_GAPS, {"panel_id": panel.id}, unique_key=f"{queries.FILL_GAPS}:{assignment.id}")


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


def propose(dossier: Dossier, seat: PanelSeat, origin: AssignmentOrigin) -> Assignment:
    """Give a dossier to a seat; whether that is allowed is the caller's business."""
    assignment = Assignment(
        dossier=dossier, seat=seat, state=AssignmentState.PROPOSED, origin=origin, assigned_at=now()
    )
    session().add(assignment)
    return assignment


def words(dossier: Dossier) -> set[str]:
    """Return what a dossier is about: its keywords and its axis."""
    return {*dossier.keywords, *([dossier.axis] if dossier.axis else [])}
