"""Letters on their way out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, JsonType, UtcDateTime, enum_column
from mail.states import MessageState


class OutboxMessage(Base):
    """One letter to one address, kept from the transaction that caused it until after it was sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("message_id"),
        UniqueConstraint("again_of_id"),
        CheckConstraint("(state IN ('sent', 'bounced')) = (sent_at IS NOT NULL)", name="sent_has_a_time"),
        CheckConstraint("state NOT IN ('failed', 'bounced') OR last_error IS NOT NULL", name="failed_has_a_reason"),
        CheckConstraint("language IN ('es', 'en')", name="language_known"),
        Index("ix_outbox_message_recipient", "recipient", "about", "created_at"),
        Index("ix_outbox_message_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120))  # the same at every attempt, so that a repeat can be told
    to: Mapped[str] = mapped_column("recipient", String(254))
    subject: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[int]] = mapped_column(JsonType)  # ids of stored files
    about: Mapped[str] = mapped_column(String(80))  # what caused it: "accounts.password_reset"
    private: Mapped[bool] = mapped_column(default=False)  # the body holds a key and is blotted out once sent
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.QUEUED)
    last_error: Mapped[str | None] = mapped_column(String(500))  # of a letter sent: what delays it
    unsubscribe_url: Mapped[str | None] = mapped_column(String(500))  # of a letter that is no part of a procedure
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))  # the one it repeats, word by word
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
