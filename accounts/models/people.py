"""People, their roles and organisations, and everything that proves who is signing in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from accounts.states import AccountState
from core.database import Base, JsonType, UtcDateTime, enum_column
from core.language import N_
from core.letters import fold_text
from core.roles import Role

NOBODY = "destruido.invalid"  # RFC 2606: no such domain will ever exist
NAME_LENGTH = 120
EMAIL_LENGTH = 254
ORGANISATION_NAME_LENGTH = 200
DEVICE_LENGTH = 200


class OrganisationKind(StrEnum):
    """What sort of body an organisation is."""

    COMPANY = "company"
    FOUNDATION = "foundation"
    PUBLIC_BODY = "public_body"
    CIVIL_SOCIETY = "civil_society"
    COLLECTIVE = "collective"
    UNIVERSITY = "university"
    PERSON = "person"


class MemberRole(StrEnum):
    """What a member may do in an organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


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


ORGANISATION_KIND_LABELS: dict[OrganisationKind, str] = {
    OrganisationKind.COMPANY: N_("Empresa"),
    OrganisationKind.FOUNDATION: N_("Fundación"),
    OrganisationKind.PUBLIC_BODY: N_("Organismo público"),
    OrganisationKind.CIVIL_SOCIETY: N_("Organización de la sociedad civil"),
    OrganisationKind.COLLECTIVE: N_("Colectivo"),
    OrganisationKind.UNIVERSITY: N_("Universidad"),
    OrganisationKind.PERSON: N_("Persona con actividad propia"),
}

MEMBER_ROLE_LABELS: dict[MemberRole, str] = {
    MemberRole.OWNER: N_("Responsable"),
    MemberRole.EDITOR: N_("Puede editar"),
    MemberRole.VIEWER: N_("Solo consulta"),
}


class User(Base):
    """A person with an account. `email` is kept casefolded, so that one person cannot register twice by typing."""

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email_casefolded"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_present"),
        CheckConstraint("language IN ('es', 'en')", name="language_known"),
        CheckConstraint("state <> 'active' OR email_verified_at IS NOT NULL", name="active_is_verified"),
        CheckConstraint("state <> 'unverified' OR email_verified_at IS NULL", name="unverified_is_not_verified"),
        CheckConstraint("totp_last_step IS NULL OR totp_secret IS NOT NULL", name="step_needs_secret"),
        Index("ix_user_account_name_folded", "name_folded", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_folded: Mapped[str] = mapped_column(Text, default="", server_default="")  # what lists look for and sort by
    language: Mapped[str] = mapped_column(String(2), default="es")
    state: Mapped[AccountState] = mapped_column(enum_column(AccountState), default=AccountState.UNVERIFIED)
    password_hash: Mapped[str | None] = mapped_column(String(200))  # none: can only come in after a reset
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_last_step: Mapped[int | None]  # the last half minute whose code was accepted: a code works once
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", order_by="RoleGrant.role", cascade="all, delete-orphan"
    )

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        self.name_folded = fold_text(name) or ""
        return name

    @property
    def roles(self) -> frozenset[Role]:
        """The roles granted, whether or not a second factor has made them effective."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_nobody(self) -> bool:
        """True when the row stands for people whose data was destroyed."""
        return self.email.endswith(f"@{NOBODY}")

    @property
    def has_second_factor(self) -> bool:
        """True once an authenticator application has been enrolled."""
        return self.totp_secret is not None


class RoleGrant(Base):
    """A role a person holds now; the audit events keep who gave and took it when."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    role: Mapped[Role] = mapped_column(enum_column(Role), index=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])


class Organisation(Base):
    """A body that applies, gives or reviews through its members."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_present"),
        CheckConstraint("length(country) = 2 AND country = upper(country)", name="country_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(ORGANISATION_NAME_LENGTH), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind))
    tax_id: Mapped[str | None] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))
    public_name_allowed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="organisation", order_by="Membership.id", cascade="all, delete-orphan"
    )


class Membership(Base):
    """One person's place in one organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    member_role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship()


class Invitation(Base):
    """An offer of membership sent by e-mail. Whoever holds the link and that address may accept it once."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_ending"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_by_somebody"),
        Index(
            "uq_invitation_open",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    member_role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole))
    token_hash: Mapped[str] = mapped_column(String(64))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


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
