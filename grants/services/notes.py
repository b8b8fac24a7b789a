"""Write a note for colleagues on an application, and withdraw one."""

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from grants.errors.awards import ReasonMissing
from grants.models.application import Application
from grants.models.note import ApplicationNote
from grants.queries.applications import hold
from grants.queries.notes import notes_of
from grants.services.impartiality import ensure_impartial


def write_note(application: Application, text: str) -> ApplicationNote:
    """Add a note, signed and dated. A second click finds the one just written.

    Raises:
        ReasonMissing: it is empty. OwnCase: whoever writes has a stake in the application.
    """
    ensure_impartial(application)
    if not text.strip():
        raise ReasonMissing()
    hold(application)
    person = actor().user_id
    last = next(reversed(notes_of(application)), None)
    if last is not None and (last.text, last.written_by_id, last.withdrawn_at) == (text.strip(), person, None):
        return last
    note = ApplicationNote(
        application_id=application.id, text=text.strip(), written_by_id=person or 0, written_at=now()
    )
    session().add(note)
    session().flush()
    record("note.written", "application", application.id, None, {"note": note.id})
    return note


def withdraw_note(note: ApplicationNote, reason: str) -> None:
    """Say that a note no longer holds, and why. Its words stay; one withdrawn before stays as it is.

    Raises:
        ReasonMissing: it does not say why. OwnCase: whoever withdraws has a stake in the application.
    """
    ensure_impartial(note.application)
    if not reason.strip():
        raise ReasonMissing()
    hold(note.application)  # two at once: the second sees that it is withdrawn
    session().refresh(note)
    if note.withdrawn_at is not None:
        return
    note.withdrawn_at, note.withdrawn_by_id, note.withdrawn_reason = now(), actor().user_id, reason.strip()
    session().flush()
    record("note.withdrawn", "application", note.application_id, None, {"note": note.id})
