"""The minutes of a session: frozen when it ends, signed by everybody who attended, and from then on unchanged."""

import hashlib
import json
from datetime import datetime
from typing import Any

import rfc8785

from core.audit import record
from core.clock import now
from core.database import session
from core.files import store_generated
from core.language import current_language
from core.settings import setting
from scoring import queries
from scoring.documents.minutes import render_minutes
from scoring.errors.meetings import AlreadySigned, AnotherPointOpen, MeetingNotFound, MeetingOver, MinutesChanged
from scoring.models import Meeting, MeetingMember, PanelSeat
from scoring.services.meetings import require_going_on
from scoring.states import MEETING, MeetingState

FORMAT = "puente-minutes/1"
PURPOSE = "scoring.minutes"


def close_meeting(meeting: Meeting) -> Meeting:
    """End a session and freeze its minutes, by letters and codes: nobody's name is in them. Nobody came: nobody signs.

    Raises:
        AnotherPointOpen: a vote is going on. MeetingOver: it is not under way, or nobody attended.
    """
    held = require_going_on(meeting, MeetingState.OPEN)
    voted = next((one for one in held.points if one.is_open), None)
    if voted is not None:
        raise AnotherPointOpen(position=voted.position)
    if not held.attended:
        raise MeetingOver(state=MEETING.label(held.state))
    MEETING.check(held.state, MeetingState.CLOSED)
    closed_at = now()
    text = rfc8785.dumps(_content(held, closed_at))
    held.closed_at = closed_at
    held.minutes, held.minutes_sha256 = text.decode(), hashlib.sha256(text).hexdigest()
    held.state = MeetingState.CLOSED
    session().flush()
    record("meeting.closed", "meeting", held.id, after={"minutes": held.minutes_sha256})
    return held


def sign_minutes(meeting: Meeting, seat: PanelSeat, sha256: str) -> MeetingMember:
    """Sign the minutes one attended, having proved at the edge who one is. With the last signature nothing changes.

    Raises:
        MeetingNotFound: they did not attend. MinutesChanged: `sha256` is not of these minutes. AlreadySigned.
        MeetingOver: they are not to be signed.
    """
    held = queries.hold_meeting(meeting)
    member = next((one for one in held.attended if one.seat_id == seat.id), None)
    if member is None:
        raise MeetingNotFound()
    if member.signed_at is not None:
        raise AlreadySigned()
    if held.state is not MeetingState.CLOSED:
        raise MeetingOver(state=MEETING.label(held.state))
    if sha256 != held.minutes_sha256:
        raise MinutesChanged()
    member.signed_at, member.signed_sha256 = now(), sha256
    session().flush()
    record("meeting.minutes_signed_by", "meeting", held.id, after={"seat": seat.id, "minutes": sha256})
    if all(one.signed_at is not None for one in held.attended):
        _settle(held)
    return member


def minutes_pdf(meeting: Meeting) -> bytes:
    """Return the minutes as a PDF with the signatures they have so far."""
    signatures = [
        (one.seat.letter, one.signed_at)
        for one in sorted(meeting.attended, key=lambda one: one.id)
        if one.signed_at is not None
    ]
    return render_minutes(minutes_of(meeting), meeting.minutes_sha256 or "", signatures)


def minutes_of(meeting: Meeting) -> dict[str, Any]:
    """Return the frozen minutes.

    Raises:
        MeetingOver: the session has none yet.
    """
    if meeting.minutes is None:
        raise MeetingOver(state=MEETING.label(meeting.state))
    found: dict[str, Any] = json.loads(meeting.minutes)
    return found


def _settle(meeting: Meeting) -> None:
    MEETING.check(meeting.state, MeetingState.SIGNED)
    data = minutes_pdf(meeting)
    file = store_generated(data, f"acta-{meeting.panel_id}-{meeting.number}.pdf", "application/pdf", PURPOSE)
    session().flush()
    meeting.state, meeting.signed_at, meeting.minutes_file_id = MeetingState.SIGNED, now(), file.id
    session().flush()
    told = {"minutes": meeting.minutes_sha256, "pdf": file.sha256}
    record("meeting.signed", "meeting", meeting.id, after=told)


def _content(meeting: Meeting, closed_at: datetime) -> dict[str, Any]:
    recused = queries.recused_seats([point.dossier_id for point in meeting.points if point.dossier_id is not None])
    letters = {member.seat_id: member.seat.letter for member in meeting.members}
    corrected = meeting.corrects
    return {
        "format": FORMAT,
        "language": current_language(),
        "trust_name": setting("TRUST_NAME"),
        "panel": meeting.panel.title,
        "rulebook": meeting.panel.rulebook.sha256,
        "number": meeting.number,
        "starts_at": meeting.starts_at.isoformat(),
        "opened_at": meeting.opened_at.isoformat() if meeting.opened_at else None,
        "closed_at": closed_at.isoformat(),
        "place": meeting.place,
        "quorum": meeting.quorum,
        "chair": meeting.chair.letter if meeting.chair else None,
        "chair_decides": meeting.chair_decides,
        "corrects": {"number": corrected.number, "sha256": corrected.minutes_sha256} if corrected else None,
        "called": list(letters.values()),
        "attended": [
            {
                "letter": member.seat.letter,
                "from": member.present_at.isoformat(),
                "until": member.left_at.isoformat() if member.left_at else None,
            }
            for member in meeting.attended
            if member.present_at is not None
        ],
        "points": [
            {
                "position": point.position,
                "dossier": point.dossier.code if point.dossier else None,
                "motion": point.motion,
                "outcome": point.outcome,
                "by_chair": point.by_chair,
                "in_favour": point.in_favour,
                "against": point.against,
                "abstained": point.abstained,
                "votes": [
                    [letters[vote.seat_id], vote.choice]
                    for vote in point.votes
                    if (point.dossier_id, vote.seat_id) not in recused
                ],
                "recused": [letter for seat, letter in letters.items() if (point.dossier_id, seat) in recused],
            }
            for point in meeting.points
        ],
    }
