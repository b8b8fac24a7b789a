"""Record that the site failed, and give back the time it took."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.moments import exact_moment
from grants.errors.calls import ReasonMissing
from grants.errors.outages import OutageBackwards, OutageKnown, OutageNotOver, OutageTooLong
from grants.models import Call, ServiceOutage
from grants.queries import outages as queries
from grants.rules.outages import new_closing
from grants.services.addenda import move_closing
from grants.services.course import bring_up_to_date

LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Extension:
    """A call that gets time back, and until when."""

    call: Call
    closes_at: datetime


def extensions_for(began: datetime, ended: datetime) -> list[Extension]:
    """Return which calls would get how much time back, without giving it.

    Raises:
        OutageBackwards, OutageNotOver, OutageTooLong, OutageKnown: nothing is given for such a failure.
    """
    moment = now()
    if ended <= began:
        raise OutageBackwards()
    if ended > moment:
        raise OutageNotOver()
    if moment - began > LONGEST:
        raise OutageTooLong(days=LONGEST.days)
    if queries.is_recorded(began, ended):
        raise OutageKnown()
    found = []
    for call in queries.calls_touched(began, ended):
        assert call.closes_at is not None
        closes_at = new_closing(call.closes_at, began, ended, moment)
        if closes_at is not None:
            found.append(Extension(call, closes_at))
    return found


def record_outage(began: datetime, ended: datetime, reason: str) -> list[Extension]:
    """Put a failure on the public record and move the closing of every call it took time from, each by its addendum.

    Raises:
        ReasonMissing, and what `extensions_for` raises: nothing is recorded.
    """
    said = reason.strip()
    if not said:
        raise ReasonMissing()
    extensions = extensions_for(began, ended)
    outage = ServiceOutage(
        began_at=began, ended_at=ended, reason=said, recorded_at=now(), recorded_by_id=actor().user_id
    )
    session().add(outage)
    session().flush()
    record("service.outage_recorded", "service_outage", outage.id, None, {"calls": [one.call.id for one in extensions]})
    for one in extensions:
        bring_up_to_date(one.call)
        told = f"{exact_moment(began)} – {exact_moment(ended)}: {said}"
        move_closing(one.call, one.closes_at, told)
    return extensions
