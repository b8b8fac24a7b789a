"""A call's own text of a letter, where it does not use ours."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from grants.models.call import Call


class LetterWording(Base):
    """What a letter of a call says in one language, with data named in braces. Letters already sent keep their own."""

    __tablename__ = "letter_wording"
    __table_args__ = (
        UniqueConstraint("call_id", "kind", "language"),
        CheckConstraint("language IN ('es', 'en')", name="language_known"),
        CheckConstraint("length(subject) > 0 AND length(body) > 0", name="text_present"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)

    call: Mapped[Call] = relationship(back_populates="wordings")
