"""An application with its attachments, and every content it was submitted with."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation, User
from core.database import Base, JsonType, UtcDateTime, append_only, enum_column
from core.files import StoredFile
from core.money import Money
from grants.models.call import Call
from grants.states.application import ApplicantKind, ApplicationState
from grants.states.call import Direction
from grants.states.companion import CompanionState


class Application(Base):
    """One application to one call.

    `answers`, `itinerary` and `budget` are the draft until it is submitted and what was submitted afterwards; edits
    made after submitting wait in `working_copy` until they are submitted too.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("folio"),
        CheckConstraint("(submitted_at IS NULL) = (folio IS NULL)", name="folio_iff_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (content_sha256 IS NULL)", name="hash_iff_submitted"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="beyond_draft_is_submitted"
        ),
        CheckConstraint("state <> 'draft' OR submitted_at IS NULL", name="draft_is_not_submitted"),
        CheckConstraint("(kind = 'organisation') = (organisation_id IS NOT NULL)", name="organisation_iff_kind"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_iff_state"),
        CheckConstraint("requested_cents >= 0", name="requested_not_negative"),
        Index(
            "uq_application_one_per_person",
            "call_id",
            "applicant_user_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index(
            "uq_application_one_per_organisation",
            "call_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn' AND organisation_id IS NOT NULL"),
            postgresql_where=text("state <> 'withdrawn' AND organisation_id IS NOT NULL"),
        ),
        Index("ix_application_call_id_state", "call_id", "state", "id"),
        Index("ix_application_applicant_user_id", "applicant_user_id"),
        Index("ix_application_itinerary_key", "itinerary_key"),
        Index(  # all that the officers' list filters and orders by, without the answers between
            "ix_application_queue",
            "call_id",
            "submitted_at",
            "state",
            "kind",
            "axis",
            "requested_cents",
            "folio",
            "applicant_user_id",
            "organisation_id",
            "id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    applicant_user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id), index=True)
    kind: Mapped[ApplicantKind] = mapped_column(enum_column(ApplicantKind))
    state: Mapped[ApplicationState] = mapped_column(enum_column(ApplicationState), default=ApplicationState.DRAFT)
    folio: Mapped[str | None] = mapped_column(String(30))

    answers: Mapped[dict[str, Any]] = mapped_column(JsonType)
    itinerary: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    budget: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    working_copy: Mapped[dict[str, Any] | None] = mapped_column(JsonType)
    edits: Mapped[dict[str, Any]] = mapped_column(JsonType)  # step → version and page that last changed it

    requested_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    axis: Mapped[int | None]
    region: Mapped[str | None] = mapped_column(String(60))
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    alcaldia: Mapped[str | None] = mapped_column(String(80))
    gender: Mapped[str | None] = mapped_column(String(20))
    first_time: Mapped[bool | None]

    version: Mapped[int] = mapped_column(default=1)
    submissions: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    itinerary_key: Mapped[str | None] = mapped_column(String(64))  # equal for the same cities and days
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship()
    applicant: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="application", order_by="Attachment.id")

    @property
    def requested(self) -> Money:
        """The amount asked for."""
        return Money(self.requested_cents, self.currency)

    @property
    def title(self) -> str:
        """The project's title as last saved, or an empty string: what whoever writes it sees while they can send it."""
        waiting = self.working_copy if self.state is ApplicationState.SUBMITTED else None
        return str((waiting or {}).get("answers", self.answers).get("title") or "")

    @property
    def sent_title(self) -> str:
        """The project's title as it was sent: what everybody else reads, whatever was typed since."""
        return str(self.answers.get("title") or "")

    @property
    def current_attachments(self) -> list["Attachment"]:
        """The files a next submission would carry."""
        return [attachment for attachment in self.attachments if attachment.detached_at is None]

    @property
    def submitted_attachments(self) -> list["Attachment"]:
        """The files of the last submission: what screening and reviewers work with."""
        return [attachment for attachment in self.attachments if attachment.in_submission]


class Attachment(Base):
    """A file answering one question. It joins the submission when the application is submitted."""

    __tablename__ = "application_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    question_id: Mapped[str] = mapped_column(String(60))
    blind_safe: Mapped[bool]
    in_submission: Mapped[bool] = mapped_column(default=False)
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime)
    detached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship(back_populates="attachments")
    stored_file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class ApplicationVersion(Base):
    """The canonical content of one submission, exactly as it was hashed. Never changed."""

    __tablename__ = "application_version"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)  # RFC 8785 text: the bytes that the hash is of
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    application: Mapped[Application] = relationship()


class CoApplicant(Base):
    """A person who travels with the applicant: named by them, part of it once they accept with their own account."""

    __tablename__ = "co_applicant"
    __table_args__ = (
        UniqueConstraint("application_id", "email"),
        UniqueConstraint("token_sha256"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_present"),
        CheckConstraint("(state = 'accepted') = (user_id IS NOT NULL)", name="accepted_by_somebody"),
        CheckConstraint("(state = 'invited') = (token_sha256 IS NOT NULL)", name="invited_has_link"),
        CheckConstraint("state <> 'invited' OR (email IS NOT NULL AND invited_at IS NOT NULL)", name="invited_whole"),
        Index("ix_co_applicant_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(Application.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    state: Mapped[CompanionState] = mapped_column(enum_column(CompanionState), default=CompanionState.NAMED)
    token_sha256: Mapped[str | None] = mapped_column(String(64))
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    application: Mapped[Application] = relationship()


append_only("application_version")
