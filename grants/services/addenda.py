"""What changes in a published call: in public, numbered, with its reason."""

from datetime import datetime

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from grants.errors.calls import CallNotOpen, DeadlineOnlyExtends, ReasonMissing, TextOutOfBounds
from grants.models import Addendum, Call
from grants.rules import deadlines
from grants.services.course import bring_up_to_date, move_call, schedule_advances
from grants.states.call import CALL_STATES, CallState

LONGEST_REASON = 2_000


def extend_deadline(call: Call, closes_at: datetime, reason: str) -> Addendum:
    """Give everybody more time, in public and with the reason.

    Raises:
        DeadlineOnlyExtends: the new moment is not later. CallNotOpen: it is not published, or already in screening.
    """
    bring_up_to_date(call)
    if call.state not in (CallState.PUBLISHED, CallState.OPEN) or call.closes_at is None:
        raise CallNotOpen()
    old = call.closes_at
    if closes_at <= old or not deadlines.is_before_closing(closes_at, now()):
        raise DeadlineOnlyExtends()
    notice = _addendum(call, "extension", reason, old, closes_at)
    call.closes_at = closes_at
    session().flush()
    schedule_advances(call)
    record(
        "call.deadline_extended",
        "call",
        call.id,
        {"closes_at": old.isoformat()},
        {"closes_at": closes_at.isoformat(), "addendum": notice.number},
    )
    return notice


def cancel_call(call: Call, reason: str) -> Addendum:
    """Stop a call for good, in public and with the reason.

    Raises:
        IllegalTransition: it is over already. ReasonMissing: nobody said why.
    """
    bring_up_to_date(call)
    CALL_STATES.check(call.state, CallState.CANCELLED)
    notice = _addendum(call, "cancellation", reason, None, None)
    move_call(call, CallState.CANCELLED)
    return notice


def _addendum(call: Call, kind: str, reason: str, old: datetime | None, new: datetime | None) -> Addendum:
    said = reason.strip()
    if not said:
        raise ReasonMissing()
    if len(said) > LONGEST_REASON:
        raise TextOutOfBounds(most=LONGEST_REASON)
    number = len(call.addenda) + 1
    notice = Addendum(
        call=call,
        number=number,
        kind=kind,
        reason=said,
        old_closes_at=old,
        new_closes_at=new,
        at=now(),
        by_id=actor().user_id,
    )
    session().add(notice)
    session().flush()
    return notice
