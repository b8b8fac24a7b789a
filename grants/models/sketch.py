"""What somebody writes before they have an account. The browser holds the key; the database only its hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, JsonType, UtcDateTime
from grants.models.call import Call


class Sketch(Base):
    """The beginning of an application to one call, in one browser. It becomes part of a draft, or is forgotten."""

    __tablename__ = "sketch"
    __table_args__ = (
        UniqueConstraint("token_sha256", "call_id"),
        CheckConstraint("length(token_sha256) = 64", name="token_sha256_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, Any]] = mapped_column(JsonType)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    call: Mapped[Call] = relationship()
