"""What people are told about their data, version by version, and what each of them answered to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models.people import User
from core.database import Base, JsonType, UtcDateTime, enum_column, refuse_truncate, register_trigger
from core.language import N_


class NoticePlace(StrEnum):
    """Where somebody was shown a notice."""

    REGISTRATION = "registration"
    SIGN_IN = "sign_in"
    ACCOUNT = "account"
    APPLICATION = "application"
    ROSTER = "roster"
    GIVING = "giving"

    @property
    def asks(self) -> bool:
        """Whether the voluntary purposes were asked about here, and not only shown."""
        return self in (NoticePlace.REGISTRATION, NoticePlace.SIGN_IN, NoticePlace.ACCOUNT)


PLACE_LABELS: dict[NoticePlace, str] = {
    NoticePlace.REGISTRATION: N_("Al registrarte"),
    NoticePlace.SIGN_IN: N_("Al entrar"),
    NoticePlace.ACCOUNT: N_("En tu cuenta"),
    NoticePlace.APPLICATION: N_("Al empezar una solicitud"),
    NoticePlace.ROSTER: N_("Al proponerte para evaluar"),
    NoticePlace.GIVING: N_("Al aportar"),
}


class PrivacyNotice(Base):
    """One version of the privacy notice. A draft until it is published; from then on nobody changes or deletes it."""

    __tablename__ = "privacy_notice"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "(number IS NULL) = (published_at IS NULL) AND (number IS NULL) = (sha256 IS NULL)",
            name="published_is_numbered",
        ),
        CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name="sha256_length"),
        Index(
            "uq_privacy_notice_one_draft",
            "is_draft",
            unique=True,
            sqlite_where=text("number IS NULL"),
            postgresql_where=text("number IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    is_draft: Mapped[bool] = mapped_column(default=True)
    number: Mapped[int | None]
    content: Mapped[dict[str, Any]] = mapped_column(JsonType)  # accounts.rules.privacy says what it holds
    edition: Mapped[int] = mapped_column(default=0)  # how often the draft was saved: two who write see each other
    sha256: Mapped[str | None] = mapped_column(String(64))  # of the content's RFC 8785 form
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PrivacyAnswer(Base):
    """That somebody was shown a version, where and when, and what they then said to each voluntary purpose."""

    __tablename__ = "privacy_answer"
    __table_args__ = (
        CheckConstraint("user_id IS NOT NULL OR subject_id IS NOT NULL", name="about_somebody"),
        CheckConstraint("(subject IS NULL) = (subject_id IS NULL)", name="subject_whole"),
        Index("ix_privacy_answer_user_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey(PrivacyNotice.id))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # none: gave without an account
    subject: Mapped[str | None] = mapped_column(String(40))  # what was being sent, where there was something
    subject_id: Mapped[int | None]
    place: Mapped[NoticePlace] = mapped_column(enum_column(NoticePlace))
    purposes: Mapped[dict[str, bool]] = mapped_column(JsonType)  # only those that were asked
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    notice: Mapped[PrivacyNotice] = relationship()


def _refuse(table: str, verb: str, message: str, allowed: str = "") -> None:
    """Let the database refuse a verb on any row, always or unless `allowed` holds of the row as it was."""
    name, row = f"{table}_no_{verb.lower()}", "NEW" if verb == "UPDATE" else "OLD"
    stop = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; "
    when = f"WHEN NOT ({allowed}) " if allowed else ""
    body = f"IF NOT ({allowed}) THEN {stop}END IF; RETURN {row}; " if allowed else stop
    register_trigger(
        table,
        name,
        sqlite=f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql=f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}END $$\n--\n"
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


FROZEN, APPENDED = "privacy_notice: a published notice cannot change", "privacy_answer: rows are append-only"
# An answer is proof: it goes by the published schedule alone, once its account is closed.
CLOSED = "EXISTS (SELECT 1 FROM user_account WHERE user_account.id = OLD.user_id AND user_account.state = 'closed')"
_refuse("privacy_notice", "UPDATE", FROZEN, "OLD.number IS NULL")
_refuse("privacy_notice", "DELETE", FROZEN, "OLD.number IS NULL")
_refuse("privacy_answer", "UPDATE", APPENDED)
_refuse("privacy_answer", "DELETE", APPENDED, CLOSED)
refuse_truncate("privacy_notice")
refuse_truncate("privacy_answer")
