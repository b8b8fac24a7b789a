"""Which letters of the outbox are about which application: what became of them is for officers to see."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, UtcDateTime
from grants.models.application import Application
from grants.models.determination import Letter
from mail.models import OutboxMessage

LONGEST_REASON = 1_000


class ApplicationMail(Base):
    """One e-mail to whoever applied. Sent again, it says by whom and why; `told_at`: an officer heard it is lost."""

    __tablename__ = "application_mail"
    __table_args__ = (
        CheckConstraint("reason IS NOT NULL OR sent_by_id IS NULL", name="again_has_reason"),
        Index("ix_application_mail_application_id", "application_id", "outbox_message_id"),
    )

    outbox_message_id: Mapped[int] = mapped_column(ForeignKey(OutboxMessage.id), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey(Letter.id))
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    message: Mapped[OutboxMessage] = relationship()
    application: Mapped[Application] = relationship()
    letter: Mapped[Letter | None] = relationship()
    sent_by: Mapped[User | None] = relationship()
