"""Call a session of a committee, register who comes, and put points on its agenda."""

from collections.abc import Callable
from datetime import datetime

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors.meetings import (
    MeetingInThePast,
    MeetingNotFound,
    MeetingOver,
    MotionMissing,
    MotionNamesSomebody,
    NobodyToCall,
    PlaceMissing,
)
from scoring.models import Dossier, Meeting, MeetingMember, MeetingPoint, Panel, PanelSeat
from scoring.services.outside_knowledge import name_told
from scoring.services.phases import BEFORE_RANKING, require_phase, require_reason
from scoring.states import MEETING, MeetingState, PanelState

Told = Callable[[Meeting], object]
LONGEST_PLACE = 300
SHORTEST_MOTION, LONGEST_MOTION = 10, 1_000
_after_calling: list[Told] = []


def when_meeting_called(act: Told) -> Told:
    """Have `act(meeting)` called, in the same transaction, whenever a session is called or called off."""
    if act not in _after_calling:
        _after_calling.append(act)
    return act


def convene_meeting(
    panel: Panel, *, starts_at: datetime, place: str, chair: PanelSeat | None = None, corrects: Meeting | None = None
) -> Meeting:
    """Call everybody who sits in a committee to a session. The quorum is the rulebook's share of those called.

    With `corrects`, its minutes correct the signed ones of an earlier session, which stay as they are.

    Raises:
        WrongPhase: the committee is over and there is nothing to correct. NobodyToCall, PlaceMissing, MeetingInThePast.
        MeetingOver: the minutes to correct are not signed.
    """
    if corrects is None:
        require_phase(panel, *BEFORE_RANKING, PanelState.RANKED)
    elif corrects.state is not MeetingState.SIGNED:
        raise MeetingOver(state=MEETING.label(corrects.state))
    place = place.strip()
    if not 0 < len(place) <= LONGEST_PLACE:
        raise PlaceMissing()
    if starts_at < now():
        raise MeetingInThePast()
    earlier = queries.hold_panel(panel)
    seats = queries.seats_of_panel(panel)
    if not seats:
        raise NobodyToCall()
    rules = panel.rulebook.rules
    meeting = Meeting(
        panel=panel,
        number=earlier + 1,
        state=MeetingState.CONVENED,
        starts_at=starts_at,
        place=place,
        quorum=rules.quorum(len(seats)),
        chair=chair,
        chair_decides=rules.chair_breaks_ties and chair is not None,
        corrects=corrects,
        convened_at=now(),
    )
    session().add(meeting)
    session().flush()
    session().add_all(MeetingMember(meeting=meeting, seat=seat) for seat in seats)
    session().flush()
    record("meeting.convened", "meeting", meeting.id, after={"panel": panel.id, "called": len(seats)})
    _tell(meeting)
    return meeting


def cancel_meeting(meeting: Meeting, *, reason: str) -> Meeting:
    """Call off a session that has not begun.

    Raises:
        IllegalTransition: it has. ReasonMissing.
    """
    meeting = _move(meeting, MeetingState.CANCELLED, cancelled_reason=require_reason(reason))
    _tell(meeting)
    return meeting


def open_meeting(meeting: Meeting) -> Meeting:
    """Begin a session. Nothing can be voted until enough members are there."""
    return _move(meeting, MeetingState.OPEN, opened_at=now())


def register_attendance(meeting: Meeting, seat: PanelSeat) -> MeetingMember:
    """Note that a member is there; once is enough.

    Raises:
        MeetingOver: the session is not under way. MeetingNotFound: they were not called, or left the committee.
    """
    member = _member(meeting, seat)
    if not member.is_present:
        member.present_at, member.left_at = member.present_at or now(), None
        session().flush()
        record("meeting.attended", "meeting", meeting.id, after={"seat": seat.id})
    return member


def register_leaving(meeting: Meeting, seat: PanelSeat) -> MeetingMember:
    """Note that a member left before the end; from then on they do not count for the quorum."""
    member = _member(meeting, seat)
    if member.is_present:
        member.left_at = now()
        session().flush()
        record("meeting.left", "meeting", meeting.id, after={"seat": seat.id})
    return member


def add_point(meeting: Meeting, motion: str, dossier: Dossier | None = None) -> MeetingPoint:
    """Put a motion on the agenda, on a dossier by its code or on the committee's work.

    Raises:
        MeetingOver: the session has ended. MotionMissing. MotionNamesSomebody: it tells whose dossier it is.
    """
    meeting = require_going_on(meeting, MeetingState.CONVENED, MeetingState.OPEN)
    motion = motion.strip()
    if not SHORTEST_MOTION <= len(motion) <= LONGEST_MOTION:
        raise MotionMissing()
    if dossier is not None and (found := name_told(dossier, motion)):
        raise MotionNamesSomebody(found=found)
    point = MeetingPoint(meeting=meeting, position=len(meeting.points) + 1, dossier=dossier, motion=motion)
    session().add(point)
    session().flush()
    told = {"position": point.position, "dossier": dossier.code if dossier is not None else None}
    record("meeting.point_added", "meeting", meeting.id, after=told)
    return point


def require_going_on(meeting: Meeting, *states: MeetingState) -> Meeting:
    """Return the session held for this transaction, or refuse unless it is in one of `states`."""
    held = queries.hold_meeting(meeting)
    if held.state not in states:
        raise MeetingOver(state=MEETING.label(held.state))
    return held


def _member(meeting: Meeting, seat: PanelSeat) -> MeetingMember:
    held = require_going_on(meeting, MeetingState.OPEN)
    member = next((one for one in held.members if one.seat_id == seat.id), None)
    if member is None or seat.left_at is not None:
        raise MeetingNotFound()
    return member


def _move(meeting: Meeting, to: MeetingState, **facts: object) -> Meeting:
    held = queries.hold_meeting(meeting)
    before = held.state
    MEETING.check(before, to)
    held.state = to
    for name, value in facts.items():
        setattr(held, name, value)
    session().flush()
    record(f"meeting.{to}", "meeting", held.id, {"state": before}, {"state": to})
    return held


def _tell(meeting: Meeting) -> None:
    for act in _after_calling:
        act(meeting)
