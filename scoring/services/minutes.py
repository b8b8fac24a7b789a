"""The minutes of a session: frozen when it ends, signed by everybody who attended, and from then on unchanged."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import rfc8785

from core.audit import record
from core.clock import end_of_day, local, now
from core.database import session
from core.files import is_gone, read, store_generated
from core.language import current_language
from core.moments import exact_moment
from core.settings import setting
from scoring import queries
from scoring.documents.minutes import absent, attendance, render_minutes
from scoring.errors.meetings import (
    AlreadyObjected,
    AlreadySigned,
    AnotherPointOpen,
    MeetingNotFound,
    MeetingOver,
    MinutesChanged,
    NobodySigned,
    SigningGoesOn,
)
from scoring.models import Meeting, MeetingMember, MinutesObjection, PanelSeat
from scoring.rules.meetings import may_end_signing
from scoring.services.meetings import require_going_on
from scoring.services.phases import require_reason
from scoring.services.telling import Awaited, Waiting, tell
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
    to_sign = {member.seat: 1 for member in held.attended}
    tell(Waiting(Awaited.SIGNATURE, held.panel, to_sign, meeting_id=held.id))
    return held


def sign_minutes(meeting: Meeting, seat: PanelSeat, sha256: str) -> MeetingMember:
    """Sign the minutes one attended, having proved at the edge who one is. With the last signature nothing changes.

    Raises:
        MeetingNotFound: they did not attend. MinutesChanged: `sha256` is not of these minutes. AlreadySigned.
        MeetingOver: they are not to be signed.
    """
    held, member = _to_sign(meeting, seat)
    if sha256 != held.minutes_sha256:
        raise MinutesChanged()
    member.signed_at, member.signed_sha256 = now(), sha256
    session().flush()
    record("meeting.minutes_signed_by", "meeting", held.id, after={"seat": seat.id, "minutes": sha256})
    if not held.unsigned:
        _settle(held)
    return member


def object_to_minutes(meeting: Meeting, seat: PanelSeat, *, reason: str) -> MinutesObjection:
    """Say why one does not sign the minutes: they stay as they are, and nobody waits for that signature any more.

    The programme alone reads the reason: refusing or covering a name in it would answer a guess.

    Raises:
        MeetingNotFound: they did not attend. AlreadySigned, AlreadyObjected. MeetingOver: they are not to be signed.
        ReasonMissing.
    """
    reason = require_reason(reason)
    held, member = _to_sign(meeting, seat)
    if member.objection is not None:
        raise AlreadyObjected()
    objection = MinutesObjection(member=member, reason=reason, said_at=now())
    session().add(objection)
    session().flush()
    record("meeting.minutes_objected", "meeting", held.id, after={"seat": seat.id, "minutes": held.minutes_sha256})
    return objection


def _to_sign(meeting: Meeting, seat: PanelSeat) -> tuple[Meeting, MeetingMember]:
    held = queries.hold_meeting(meeting)
    member = next((one for one in held.attended if one.seat_id == seat.id), None)
    if member is None:
        raise MeetingNotFound()
    if member.signed_at is not None:
        raise AlreadySigned()
    if held.state is not MeetingState.CLOSED:
        raise MeetingOver(state=MEETING.label(held.state))
    return held, member


def signing_until(meeting: Meeting) -> datetime | None:
    """Return the last moment at which minutes wait for whoever has not signed; None before the session ends."""
    if meeting.closed_at is None:
        return None
    days = meeting.panel.rulebook.rules.signature_days
    return end_of_day(local(meeting.closed_at).date() + timedelta(days=days))


def end_signing(meeting: Meeting, *, reason: str) -> Meeting:
    """Let minutes stand without the signatures they lack: they say whose, and why. Those they have stay as they are.

    Raises:
        MeetingOver: they are not to be signed, or nobody is missing. NobodySigned. SigningGoesOn: the published days
        are not over, somebody missing did not say why, and more than one of three or more is missing. ReasonMissing.
    """
    reason = require_reason(reason)
    held = queries.hold_meeting(meeting)
    until = signing_until(held)
    if held.state is not MeetingState.CLOSED or until is None or not held.unsigned:
        raise MeetingOver(state=MEETING.label(held.state))
    attended, missing = len(held.attended), len(held.unsigned)
    if missing == attended:
        raise NobodySigned()
    is_over = now() > until or not held.awaited
    if not may_end_signing(attended, attended - missing, is_over=is_over):
        raise SigningGoesOn(until=exact_moment(until))
    told = {"missing": [one.seat.letter for one in held.unsigned], "reason": reason, "minutes": held.minutes_sha256}
    _settle(held, reason)
    record("meeting.signing_ended", "meeting", held.id, after=told)
    return held


def minutes_pdf(meeting: Meeting) -> bytes:
    """Return the minutes as a PDF with the signatures they have so far; the signed ones are the very file on record."""
    if meeting.minutes_file is not None and not is_gone(meeting.minutes_file):
        return read(meeting.minutes_file)
    return _pdf(meeting, meeting.unsigned_reason, meeting.signed_at)


def minutes_of(meeting: Meeting) -> dict[str, Any]:
    """Return the frozen minutes; `came` and `missing` say who attended and who did not in the reader's language.

    Raises:
        MeetingOver: the session has none yet.
    """
    if meeting.minutes is None:
        raise MeetingOver(state=MEETING.label(meeting.state))
    found: dict[str, Any] = json.loads(meeting.minutes)
    return found | {"came": attendance(found), "missing": absent(found)}


def _pdf(meeting: Meeting, unsigned_reason: str | None, ended_at: datetime | None) -> bytes:
    signatures = [
        (one.seat.letter, one.signed_at)
        for one in sorted(meeting.attended, key=lambda one: one.id)
        if one.signed_at is not None
    ]
    ended = (unsigned_reason, ended_at) if unsigned_reason is not None and ended_at is not None else None
    return render_minutes(minutes_of(meeting), meeting.minutes_sha256 or "", signatures, ended=ended)


def _settle(meeting: Meeting, unsigned_reason: str | None = None) -> None:
    MEETING.check(meeting.state, MeetingState.SIGNED)
    moment = now()
    data = _pdf(meeting, unsigned_reason, moment)
    file = store_generated(data, f"acta-{meeting.panel_id}-{meeting.number}.pdf", "application/pdf", PURPOSE)
    session().flush()
    meeting.state, meeting.signed_at, meeting.minutes_file_id = MeetingState.SIGNED, moment, file.id
    meeting.unsigned_reason = unsigned_reason
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
                "opened_at": point.opened_at.isoformat() if point.opened_at else None,
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
