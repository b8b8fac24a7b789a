"""Frozen rulebooks: what was promised, under the name of its hash."""

from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, JsonType, UtcDateTime, append_only
from scoring.rules.rulebook import Rulebook, read


class RulebookVersion(Base):
    """A rulebook as it was frozen for a call. Rows are never changed; a later version is another row."""

    __tablename__ = "rulebook_version"
    __table_args__ = (
        UniqueConstraint("call_key", "version"),
        UniqueConstraint("call_key", "sha256"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    document: Mapped[dict[str, Any]] = mapped_column(JsonType)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @cached_property
    def rules(self) -> Rulebook:
        """The document as values to compute with."""
        return read(self.document)


append_only("rulebook_version")
