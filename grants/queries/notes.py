"""What staff noted about an application."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.database import session
from grants.models.application import Application
from grants.models.note import ApplicationNote


def notes_of(application: Application) -> list[ApplicationNote]:
    """Return the notes on an application with who signed them, oldest first, the withdrawn ones as well."""
    query = (
        select(ApplicationNote)
        .options(joinedload(ApplicationNote.written_by), joinedload(ApplicationNote.withdrawn_by))
        .where(ApplicationNote.application_id == application.id)
        .order_by(ApplicationNote.id)
    )
    return list(session().scalars(query))


def note_on(application: Application, number: int) -> ApplicationNote | None:
    """Return a note by its number, if it is on that application."""
    return next((note for note in notes_of(application) if note.id == number), None)
