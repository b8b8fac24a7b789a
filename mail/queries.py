"""Letters, looked up."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

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


LOST = (MessageState.FAILED, MessageState.BOUNCED)


def is_last() -> ColumnElement[bool]:
    """Return the condition that a letter was not sent again."""
    later = aliased(OutboxMessage)
    return ~exists().where(later.again_of_id == OutboxMessage.id)


def sent_again(letter: OutboxMessage) -> OutboxMessage | None:
    """Return the letter that repeats this one, if somebody sent it again."""
    return session().scalar(select(OutboxMessage).where(OutboxMessage.again_of_id == letter.id))


def sent_again_among(numbers: Sequence[int]) -> frozenset[int]:
    """Return those of these letters that were sent again."""
    repeated = select(OutboxMessage.again_of_id).where(OutboxMessage.again_of_id.in_(numbers))
    return frozenset(number for number in session().scalars(repeated.order_by(OutboxMessage.id)) if number is not None)


def by_message_id(message_id: str) -> OutboxMessage | None:
    """Return the letter that travels under this Message-ID, held until the transaction ends."""
    return session().scalar(select(OutboxMessage).where(OutboxMessage.message_id == message_id).with_for_update())


def messages_by_id(numbers: Sequence[int]) -> list[OutboxMessage]:
    """Return letters by number."""
    return list(
        session().scalars(select(OutboxMessage).where(OutboxMessage.id.in_(numbers)).order_by(OutboxMessage.id))
    )


def failed_count() -> int:
    """Count the letters that nobody will receive unless somebody acts."""
    return session().scalar(select(func.count()).where(OutboxMessage.state.in_(LOST), is_last())) or 0


def attached_files(letter: OutboxMessage) -> list[StoredFile]:
    """Return the files to enclose, in the order they were given."""
    found = session().scalars(select(StoredFile).where(StoredFile.id.in_(letter.attachments)).order_by(StoredFile.id))
    by_id = {stored.id: stored for stored in found}
    return [by_id[file_id] for file_id in letter.attachments if file_id in by_id]
