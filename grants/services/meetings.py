"""Sessions of a committee: write to whom is called, and notice a text that tells whose dossier it is."""

from accounts import queries as people
from accounts.states import AccountState
from core.database import session
from core.files import store_generated
from core.settings import setting
from grants.documents.feeds import invitation
from grants.emails.reviewers import write_meeting
from grants.queries.determinations import application_of_code
from grants.queries.screening import behind
from grants.rules.detector import Detector, Piece
from grants.services.dossiers import identity_of
from scoring.models import Dossier, Meeting
from scoring.services import finds_names, when_meeting_called

PURPOSE = "grants.invitation"


@when_meeting_called
def write_to_members(meeting: Meeting) -> int:
    """Write to everybody called that a session is held or called off, with an entry for their calendar."""
    host = setting("PUBLIC_URL").rstrip("/").rpartition("/")[2]
    told = 0
    for member in meeting.members:
        person = people.user(member.seat.reviewer_id)
        if person is None or person.state is not AccountState.ACTIVE:
            continue
        entry = invitation(meeting, language=person.language, host=host)
        file = store_generated(entry, f"sesion-{meeting.number}.ics", "text/calendar", PURPOSE)
        session().flush()
        write_meeting(person, meeting, file)
        told += 1
    return told


@finds_names
def name_in_text(dossier: Dossier, text: str) -> str | None:
    """Return the first trace of the applicant in a text about their dossier, by the search that blinds dossiers."""
    application = application_of_code(dossier.code)
    if application is None:
        return None
    identity = identity_of(application, behind([application])[application.id])
    findings = Detector(identity).find([Piece("text", text)])
    return findings[0].matched if findings else None
