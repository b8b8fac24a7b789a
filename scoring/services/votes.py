"""Vote a session's points one by one. A vote decides what the committee does next; it never changes a score."""

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors.meetings import (
    AnotherPointOpen,
    ChoiceUnknown,
    MeetingNotFound,
    NoQuorum,
    NotAttending,
    PointClosed,
    RecusedFromPoint,
)
from scoring.models import Meeting, MeetingPoint, MeetingVote, PanelSeat
from scoring.rules.meetings import verdict
from scoring.services.meetings import require_going_on
from scoring.services.phases import require_phase
from scoring.states import MeetingState, PanelState, VoteChoice


def open_point(meeting: Meeting, position: int) -> MeetingPoint:
    """Put a point to the vote. A dossier's only in the deliberation, when every review of it is in.

    Raises:
        NoQuorum: what is missing is said. AnotherPointOpen, PointClosed, WrongPhase, MeetingOver, MeetingNotFound.
    """
    held, point = _point(meeting, position)
    if point.opened_at is not None:
        raise PointClosed()
    voted = next((one for one in held.points if one.is_open), None)
    if voted is not None:
        raise AnotherPointOpen(position=voted.position)
    if point.dossier_id is not None:
        require_phase(held.panel, PanelState.DISCUSSION)
    require_quorum(held)
    point.opened_at = now()
    session().flush()
    record("meeting.point_opened", "meeting", held.id, after={"position": position, "present": len(held.present)})
    return point


def cast_vote(meeting: Meeting, position: int, seat: PanelSeat, choice: str) -> MeetingVote:
    """Vote, or change one's vote while the point is open.

    Raises:
        RecusedFromPoint: a conflict with the dossier is on record. NotAttending, NoQuorum, PointClosed, ChoiceUnknown.
    """
    if choice not in list(VoteChoice):
        raise ChoiceUnknown()
    held, point = _point(meeting, position)
    if not point.is_open:
        raise PointClosed()
    if point.dossier is not None and queries.is_in_conflict(seat, point.dossier):
        raise RecusedFromPoint()
    if seat.id not in [member.seat_id for member in held.present]:
        raise NotAttending()
    require_quorum(held)
    vote = next((one for one in point.votes if one.seat_id == seat.id), None)
    if vote is None:
        vote = MeetingVote(point=point, seat_id=seat.id)
        session().add(vote)
    vote.choice, vote.cast_at = VoteChoice(choice), now()
    session().flush()
    record("meeting.voted", "meeting", held.id, after={"position": position, "seat": seat.id, "choice": choice})
    return vote


def close_point(meeting: Meeting, position: int) -> MeetingPoint:
    """End the vote of a point and put on record what the majority decided.

    Who turned out to have a conflict after voting does not count.

    Raises:
        NoQuorum: too few are left; the point stays open. PointClosed, MeetingOver, MeetingNotFound.
    """
    held, point = _point(meeting, position)
    if not point.is_open:
        raise PointClosed()
    require_quorum(held)
    recused = queries.recused_seats([point.dossier_id] if point.dossier_id is not None else [])
    counted = {vote.seat_id: vote.choice for vote in point.votes if (point.dossier_id, vote.seat_id) not in recused}
    chair = counted.get(held.chair_seat_id or 0) if held.chair_decides else None
    found = verdict(list(counted.values()), chair=chair)
    point.closed_at, point.outcome, point.by_chair = now(), found.outcome, found.by_chair
    point.in_favour, point.against, point.abstained = found.in_favour, found.against, found.abstained
    session().flush()
    counts = {"in_favour": found.in_favour, "against": found.against, "abstained": found.abstained}
    record("meeting.point_closed", "meeting", held.id, None, {"position": position, "outcome": found.outcome, **counts})
    return point


def require_quorum(meeting: Meeting) -> None:
    """Refuse while fewer attend than the quorum, and say how many are missing."""
    present = len(meeting.present)
    if present < meeting.quorum:
        raise NoQuorum(needed=meeting.quorum, present=present)


def _point(meeting: Meeting, position: int) -> tuple[Meeting, MeetingPoint]:
    held = require_going_on(meeting, MeetingState.OPEN)
    point = next((one for one in held.points if one.position == position), None)
    if point is None:
        raise MeetingNotFound()
    return held, point
