"""When a call takes applications, to the second, on the server's clock."""

from datetime import datetime

from grants.states.call import CallState


def is_before_closing(closes_at: datetime, moment: datetime) -> bool:
    """Return whether `moment` still counts: the whole second `closes_at` does, the next one does not."""
    return moment.replace(microsecond=0) <= closes_at


def effective_state(
    state: CallState, opens_at: datetime | None, closes_at: datetime | None, moment: datetime
) -> CallState:
    """Return the state a call is in by the clock, whether or not the job that moves it has run."""
    if state not in (CallState.PUBLISHED, CallState.OPEN) or opens_at is None or closes_at is None:
        return state
    if not is_before_closing(closes_at, moment):
        return CallState.CLOSED
    return CallState.OPEN if moment >= opens_at else CallState.PUBLISHED


def accepts_applications(
    state: CallState, opens_at: datetime | None, closes_at: datetime | None, moment: datetime
) -> bool:
    """Return whether an application may be sent at `moment`."""
    return effective_state(state, opens_at, closes_at, moment) is CallState.OPEN


def consultation_is_open(state: CallState, closes_at: datetime | None, moment: datetime) -> bool:
    """Return whether a draft takes comments at `moment`."""
    return state is CallState.CONSULTATION and closes_at is not None and is_before_closing(closes_at, moment)
