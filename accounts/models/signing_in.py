"""Everything that proves who is signing in: sessions, attempts, recovery codes and links sent by e-mail."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models.people import EMAIL_LENGTH, NAME_LENGTH, User
from core.database import Base, JsonType, UtcDateTime, enum_column

DEVICE_LENGTH = 200


class TokenPurpose(StrEnum):
    """What a link sent by e-mail is good for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    CHANGE_EMAIL = "change_email"


class AttemptKind(StrEnum):
    """What somebody failed at, or asked for, from an address."""

    PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "second_factor"
    LETTER = "letter"


class SessionEnd(StrEnum):
    """Why a session is over before its time."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    ACCOUNT_STOPPED = "account_stopped"


class UserSession(Base):
    """One signed-in browser. The cookie carries the token; only its hash is here."""

    __tablename__ = "user_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_for_a_reason"),
        Index("ix_user_session_user_id_ended_at", "user_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)  # whatever happens; idleness ends it sooner
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pending_totp_secret: Mapped[str | None] = mapped_column(String(64))  # shown, not yet confirmed with a code
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[SessionEnd | None] = mapped_column(enum_column(SessionEnd))
    device: Mapped[str] = mapped_column(String(DEVICE_LENGTH))
    address: Mapped[str] = mapped_column(String(45))

    user: Mapped[User] = relationship()


class SignInAttempt(Base):
    """A failed sign-in, or a request that sends a letter. Accounts that do not exist leave the same row."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account_key", "kind", "account_key", "at"),
        Index("ix_sign_in_attempt_address", "kind", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[AttemptKind] = mapped_column(enum_column(AttemptKind))
    account_key: Mapped[str] = mapped_column(String(64))  # SHA-256 of the address typed: no list of strangers
    address: Mapped[str] = mapped_column(String(45))
    forgiven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a success or a reset starts the count again


class RecoveryCode(Base):
    """A code that stands in for the authenticator once. Only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmailToken(Base):
    """A link sent by e-mail that proves the reader controls the address. Works once and not for long."""

    __tablename__ = "email_token"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("(purpose = 'change_email') = (new_email IS NOT NULL)", name="new_email_for_a_change"),
        CheckConstraint("purpose = 'verify_email' OR new_name IS NULL", name="new_name_for_a_confirmation"),
        CheckConstraint("new_password_hash IS NULL OR new_name IS NOT NULL", name="new_password_with_a_name"),
        Index("ix_email_token_user_id_purpose", "user_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    purpose: Mapped[TokenPurpose] = mapped_column(enum_column(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(String(64))
    new_email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    # What the registration that asked for this link typed: opening it makes them the account's.
    new_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    new_password_hash: Mapped[str | None] = mapped_column(String(200))
    new_answers: Mapped[dict[str, Any] | None] = mapped_column(JsonType)  # to the privacy notice shown with it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
