"""What in an application may be another's too: kept when it is sent, compared with others', and read by nobody."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, enum_column
from grants.models.application import Application
from grants.models.call import Call
from grants.rules.likeness import LikenessKind


class ApplicationMark(Base):
    """The fingerprint of a person, a name, a number, an account, a journey or a file of an application that stands."""

    __tablename__ = "application_mark"
    __table_args__ = (Index("ix_application_mark_key", "key", "kind", "call_id", "application_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), primary_key=True)
    kind: Mapped[LikenessKind] = mapped_column(enum_column(LikenessKind), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))  # its application's
    said: Mapped[str] = mapped_column(String(10))  # its last signs, of what was answered; else empty


class SharedMark(Base):
    """A mark that another application has too, and of which call that one is.

    Kept on both sides, in the transaction that keeps or drops a mark: see grants/services/marks.py. What is shared
    within one call stands in `ApplicationAlike` too, which the officers' list reads faster.
    """

    __tablename__ = "shared_mark"
    __table_args__ = (
        Index("ix_shared_mark_queue", "call_id", "other_call_id", "kind", "application_id"),
        Index("ix_shared_mark_key", "key", "other_call_id"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), primary_key=True)
    kind: Mapped[LikenessKind] = mapped_column(enum_column(LikenessKind), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    other_call_id: Mapped[int] = mapped_column(ForeignKey(Call.id), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))  # its application's


class ApplicationAlike(Base):
    """What an application shares with another one of its own call, as one number of `rules.likeness.BITS`.

    Apart from the application, whose row somebody may hold who is sending it: who shares something with it writes here.
    """

    __tablename__ = "application_alike"
    __table_args__ = (Index("ix_application_alike_queue", "call_id", "alike", "application_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))  # its application's
    alike: Mapped[int]
