"""Tell the reviewers of a dossier that others commented on it: one letter for all of a quarter of an hour."""

from datetime import UTC, datetime, timedelta

from accounts import queries as people
from accounts.states import AccountState
from core.database import session
from core.jobs import enqueue
from grants.emails.reviewers import write_discussion
from scoring import queries
from scoring.models import DiscussionNote, Dossier
from scoring.services import when_note_written

TELL = "grants.tell_discussion"
STRETCH = timedelta(minutes=15)
SLACK = timedelta(minutes=1)  # a comment written in the last second is on record by then


@when_note_written
def plan_telling(note: DiscussionNote) -> None:
    """Plan one letter for the quarter of an hour in which a comment was written, or let through."""
    seconds = int(STRETCH.total_seconds())
    since = datetime.fromtimestamp(int((note.cleared_at or note.written_at).timestamp()) // seconds * seconds, UTC)
    until = since + STRETCH
    enqueue(
        TELL,
        {"dossier": note.dossier.code, "since": since.isoformat(), "until": until.isoformat()},
        run_after=until + SLACK,
        unique_key=f"{TELL}:{note.dossier_id}:{since.isoformat()}",
    )


def tell_readers(dossier: Dossier, since: datetime, until: datetime) -> int:
    """Write to every reviewer of a dossier who has something by others to read, and return to how many."""
    told = 0
    for reviewer_id, count in queries.readers_to_tell(dossier, since, until).items():
        person = people.user(reviewer_id)
        if person is not None and person.state is AccountState.ACTIVE:
            write_discussion(person, dossier, count)
            told += 1
    session().flush()
    return told
