"""People, their roles and their organisations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from accounts.states import AccountState
from core.database import Base, UtcDateTime, enum_column
from core.language import N_
from core.letters import fold_text
from core.roles import Role

NOBODY = "destruido.invalid"  # RFC 2606: no such domain will ever exist
NAME_LENGTH = 120
EMAIL_LENGTH = 254
ORGANISATION_NAME_LENGTH = 200


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
