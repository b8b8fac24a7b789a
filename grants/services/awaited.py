"""Write to members of a committee for whom something waits: a reading, the deliberation, an answer, a signature."""

from accounts import queries as people
from accounts.states import AccountState
from core.audit import events_of
from core.database import session
from grants.emails.awaited import write_answer, write_deliberation, write_further_readings, write_signature
from grants.services.reminders import BEGINS
from scoring.models import Panel
from scoring.services import Awaited, Waiting, when_awaited


@when_awaited
def write_to_awaited(waiting: Waiting) -> int:
    """Write one letter to each member for whom something waits, and return to how many.

    Who is given dossiers before the committee's first letter is told by that one.
    """
    if waiting.what is Awaited.READING and not _has_begun(waiting.panel):
        return 0
    told = 0
    for seat, count in waiting.seats.items():
        person = people.user(seat.reviewer_id)
        if person is None or person.state is not AccountState.ACTIVE or seat.left_at is not None:
            continue
        match waiting.what:
            case Awaited.READING:
                write_further_readings(person, waiting.panel, count)
            case Awaited.DELIBERATION:
                write_deliberation(person, waiting.panel, count)
            case Awaited.ANSWER:
                write_answer(person, waiting.code)
            case Awaited.SIGNATURE:
                write_signature(person, waiting.panel, waiting.meeting_id)
        told += 1
    session().flush()
    return told


def _has_begun(panel: Panel) -> bool:
    events = events_of("panel", panel.id)
    return any(one.action == "panel.reviewers_reminded" and (one.after or {})["when"] == BEGINS for one in events)
