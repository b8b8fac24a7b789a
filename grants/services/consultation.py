"""Put the draft rules of a call before the public, and answer what it says, in public."""

from datetime import datetime
from typing import Any

from accounts.models import User
from core.audit import record
from core.clock import local, now
from core.context import actor
from core.database import session
from grants.emails.consultation import write_answer
from grants.errors.calls import (
    AlreadyAnswered,
    ConsultationClosed,
    ConsultationIncomplete,
    ConsultationTooShort,
    TextOutOfBounds,
    VerifiedEmailNeeded,
)
from grants.models import Call, ConsultationComment
from grants.rules import deadlines
from grants.rules.publication import CONSULTED, CheckItem
from grants.services.course import move_call
from grants.services.publication import checklist
from grants.states.call import CALL_STATES, CallState, CommentVerdict

LONGEST_COMMENT = 4_000


def open_consultation(call: Call, closes_at: datetime) -> Call:
    """Publish the draft for comments until `closes_at`, and keep the text as it went out, to compare it later.

    Raises:
        IllegalTransition: the call is not a draft. ConsultationTooShort: `closes_at` is not in the future.
            ConsultationIncomplete: there is nothing yet to comment on; it names what is missing.
    """
    CALL_STATES.check(call.state, CallState.CONSULTATION)
    missing = missing_for_consultation(call)
    if missing:
        raise ConsultationIncomplete(missing=" ".join(item.text() for item in missing))
    if closes_at <= now():
        raise ConsultationTooShort()
    call.consultation_closes_at = closes_at
    call.consulted = consulted_content(call)
    return move_call(call, CallState.CONSULTATION)


def missing_for_consultation(call: Call) -> list[CheckItem]:
    """Return the lines of the checklist that keep a draft from being consulted on."""
    return [item for item in checklist(call) if item.id in CONSULTED and not item.done]


def consulted_content(call: Call) -> dict[str, Any]:
    """Return what of a call the public is asked about, as it stands."""
    return {
        "title": call.title,
        "summary": call.summary,
        "body": call.body,
        "scope": {
            "axes": call.axes,
            "regions": call.regions,
            "audience": call.audience,
            "direction": call.direction.value,
        },
        "form": call.form,
        "tariff": call.tariff,
        "eligibility": call.eligibility,
        "cap": {"cents": call.cap_per_award_cents, "currency": call.currency},
        "calendar": {
            "opens_at": _city(call.opens_at),
            "closes_at": _city(call.closes_at),
            "results_on": call.results_on.isoformat() if call.results_on else None,
            "appeal_days": call.appeal_days,
        },
        "rulebook": call.rulebook.sha256 if call.rulebook is not None else None,
    }


def _city(moment: datetime | None) -> str | None:
    return local(moment).replace(tzinfo=None).isoformat() if moment is not None else None


def comment_on_draft(call: Call, user: User, text: str) -> ConsultationComment:
    """Add a public comment, signed with the person's name as it is now.

    Raises:
        ConsultationClosed: not in consultation, or its time is over. VerifiedEmailNeeded: the address is not confirmed.
        TextOutOfBounds: empty or too long.
    """
    if not deadlines.consultation_is_open(call.state, call.consultation_closes_at, now()):
        raise ConsultationClosed()
    if user.email_verified_at is None:
        raise VerifiedEmailNeeded()
    comment = ConsultationComment(call=call, user_id=user.id, signed_as=user.name, text=_bounded(text), at=now())
    session().add(comment)
    session().flush()
    record("call.commented", "call", call.id, None, {"comment": comment.id})
    return comment


def answer_comment(comment: ConsultationComment, verdict: CommentVerdict | str, text: str) -> ConsultationComment:
    """Answer a comment in public, once, and write to whoever made it.

    Raises:
        AlreadyAnswered: the first answer stands. TextOutOfBounds: empty or too long.
    """
    if comment.verdict is not None:
        raise AlreadyAnswered()
    comment.verdict = CommentVerdict(verdict)
    comment.answer = _bounded(text)
    comment.answered_at = now()
    comment.answered_by_id = actor().user_id
    session().flush()
    record(
        "call.comment_answered",
        "call",
        comment.call_id,
        None,
        {"comment": comment.id, "verdict": comment.verdict.value},
    )
    write_answer(comment)
    return comment


def _bounded(text: str) -> str:
    said = text.strip()
    if not 1 <= len(said) <= LONGEST_COMMENT:
        raise TextOutOfBounds(most=LONGEST_COMMENT)
    return said
