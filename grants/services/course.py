"""A call's way through its states: by the clock, step by step, or forward to where an act needs it."""

from datetime import timedelta

from core.audit import record
from core.clock import now
from core.context import SYSTEM, acting_as
from core.database import session
from core.jobs import enqueue
from grants.models import Call
from grants.queries import calls as queries
from grants.services.forgetting import NIGHTLY, plan_nightly
from grants.states.call import CALL_STATES, COURSE, CallState


def move_call(call: Call, target: CallState) -> Call:
    """Take the next step of a call's life.

    Raises:
        IllegalTransition: the table has no such step; both ends are named.
    """
    CALL_STATES.check(call.state, target)
    before = call.state
    call.state = target
    session().flush()
    record("call.moved", "call", call.id, {"state": before.value}, {"state": target.value})
    if target in (CallState.CLOSED, CallState.FINAL, CallState.CANCELLED):
        plan_nightly(NIGHTLY)  # from now on something may fall due
    return call


def bring_up_to_date(call: Call) -> Call:
    """Record what the clock already says: that the call has opened, or closed."""
    target = queries.state_now(call)
    with acting_as(SYSTEM):  # whoever happened to look at it did not open or close it
        if target is CallState.CLOSED and call.state is CallState.PUBLISHED:
            move_call(call, CallState.OPEN)
        if target is not call.state:
            move_call(call, target)
    return call


def advance_calls() -> int:
    """Open and close every call whose moment has come; return how many moved."""
    due = queries.calls_to_advance(now())
    for call in due:
        bring_up_to_date(call)
    return len(due)


def schedule_advances(call: Call) -> None:
    """Ask the worker to look at the call's state when it opens and right after its last second."""
    over = None if call.closes_at is None else call.closes_at + timedelta(seconds=1)
    for moment in (call.opens_at, over):
        if moment is not None and moment >= now():
            stamp = moment.isoformat()
            enqueue("grants.advance_calls", run_after=moment, unique_key=f"grants.advance_calls:{call.id}:{stamp}")


def bring_to(call: Call, target: CallState) -> None:
    """Move a closed call along its course until it stands at `target`; one already there or beyond is left alone.

    Raises:
        IllegalTransition: the call still takes applications, or is cancelled.
    """
    bring_up_to_date(call)
    if call.state is CallState.CANCELLED or COURSE.index(call.state) < COURSE.index(CallState.CLOSED):
        move_call(call, target)  # refuses, naming both ends
    while COURSE.index(call.state) < COURSE.index(target):
        move_call(call, COURSE[COURSE.index(call.state) + 1])
