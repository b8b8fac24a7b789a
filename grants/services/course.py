"""Bring a call forward to where an act of its own course needs it."""

from grants.models.call import Call
from grants.services.calls import bring_up_to_date, move_call
from grants.states.call import COURSE, CallState


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
