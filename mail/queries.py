"""Letters, looked up."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select

from core.database import session
from core.files import StoredFile
from core.listing import like_pattern
from mail.models import OutboxMessage
from mail.states import MessageState


def message(message_id: int) -> OutboxMessage | None:
    """Return one letter."""
    return session().get(OutboxMessage, message_id)


def messages(*, state: MessageState | None = None, search: str = "") -> Select[OutboxMessage]:
    """Return the SELECT of letters, newest first, for a list page."""
    query = select(OutboxMessage).order_by(OutboxMessage.id.desc())
    if state is not None:
        query = query.where(OutboxMessage.state == state)
    if search:
        query = query.where(OutboxMessage.to.like(like_pattern(search.casefold()), escape="\\"))
    return query


def letters_since(address: str, about: str, since: datetime) -> int:
    """Count the letters about one matter that went to `address` at or after `since`."""
    query = select(func.count()).where(
        OutboxMessage.to == address, OutboxMessage.about == about, OutboxMessage.created_at >= since
    )
    return session().scalar(query) or 0


def letters_about(address: str, text: str) -> list[OutboxMessage]:
    """Return the letters to an address that speak of something and wait for nothing any more."""
    query = select(OutboxMessage).where(
        OutboxMessage.to == address,
        OutboxMessage.state != MessageState.QUEUED,
        or_(
            *(
                column.like(like_pattern(text), escape="\\")
                for column in (OutboxMessage.body_text, OutboxMessage.subject)
            )
        ),
    )
    return list(session().scalars(query.order_by(OutboxMessage.id)))


def failed_count() -> int:
    """Count the letters that nobody will receive unless somebody acts."""
    return session().scalar(select(func.count()).where(OutboxMessage.state == MessageState.FAILED)) or 0


def attached_files(letter: OutboxMessage) -> list[StoredFile]:
    """Return the files to enclose, in the order they were given."""
    found = session().scalars(select(StoredFile).where(StoredFile.id.in_(letter.attachments)).order_by(StoredFile.id))
    by_id = {stored.id: stored for stored in found}
    return [by_id[file_id] for file_id in letter.attachments if file_id in by_id]
