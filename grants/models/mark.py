"""What in an application's answers belongs to one person alone: compared with others', and read by nobody."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, enum_column
from grants.models.application import Application
from grants.rules.likeness import LikenessKind


class ApplicationMark(Base):
    """The fingerprint of a CURP, a tax number, a bank account or a telephone that was sent with an application."""

    __tablename__ = "application_mark"
    __table_args__ = (Index("ix_application_mark_kind_key", "kind", "key", "application_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), primary_key=True)
    kind: Mapped[LikenessKind] = mapped_column(enum_column(LikenessKind), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    said: Mapped[str] = mapped_column(String(10))  # its last signs
