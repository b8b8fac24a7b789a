"""A call, the comments made on its draft, and the public notices that extend it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, append_only, enum_column, register_trigger
from grants.states.call import CallState, CommentVerdict, Direction
from scoring.models import RulebookVersion

if TYPE_CHECKING:
    from grants.models.wording import LetterWording

SLUG_LENGTH = 80


class Call(Base):
    """One competition for support. What its rules are is frozen and hashed when it is published."""

    __tablename__ = "grant_call"
    __table_args__ = (
        CheckConstraint("length(slug) >= 3", name="slug_present"),
        CheckConstraint("budget_cents IS NULL OR budget_cents > 0", name="budget_positive"),
        CheckConstraint("cap_per_award_cents > 0", name="cap_positive"),
        CheckConstraint("opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("appeal_days BETWEEN 0 AND 90", name="appeal_days_sane"),
        CheckConstraint("(frozen_sha256 IS NULL) = (published_at IS NULL)", name="frozen_iff_published"),
        CheckConstraint(
            "state NOT IN ('draft', 'consultation') OR frozen_sha256 IS NULL", name="drafts_are_not_frozen"
        ),
        CheckConstraint(
            "state IN ('draft', 'consultation', 'cancelled') OR (frozen_sha256 IS NOT NULL AND rulebook_id IS NOT NULL"
            " AND budget_cents IS NOT NULL AND opens_at IS NOT NULL AND closes_at IS NOT NULL)",
            name="published_is_complete",
        ),
        Index("ix_grant_call_state_closes_at", "state", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JsonType)
    summary: Mapped[dict[str, str]] = mapped_column(JsonType)
    body: Mapped[dict[str, str]] = mapped_column(JsonType)
    axes: Mapped[list[int]] = mapped_column(JsonType)
    regions: Mapped[list[str]] = mapped_column(JsonType)
    audience: Mapped[list[str]] = mapped_column(JsonType)
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    state: Mapped[CallState] = mapped_column(enum_column(CallState), default=CallState.DRAFT)

    form: Mapped[dict[str, Any]] = mapped_column(JsonType)
    tariff: Mapped[dict[str, Any]] = mapped_column(JsonType)
    eligibility: Mapped[dict[str, Any]] = mapped_column(JsonType)

    consultation_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last second that counts
    results_on: Mapped[date | None]
    appeal_days: Mapped[int] = mapped_column(default=5)

    budget_cents: Mapped[int | None] = mapped_column(BigInteger)  # set by the treasury alone
    cap_per_award_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    rulebook_id: Mapped[int | None] = mapped_column(ForeignKey(RulebookVersion.id))

    consulted: Mapped[dict[str, Any] | None] = mapped_column(JsonType)  # the text as it went out to consultation
    frozen_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    rulebook: Mapped[RulebookVersion | None] = relationship()
    addenda: Mapped[list["Addendum"]] = relationship(back_populates="call", order_by="Addendum.number")
    wordings: Mapped[list["LetterWording"]] = relationship(back_populates="call", order_by="LetterWording.id")

    @property
    def is_public(self) -> bool:
        """Whether it ever went before the public: a draft did not, nor one cancelled before its consultation."""
        return self.consultation_closes_at is not None

    @property
    def sha256(self) -> str | None:
        """The fingerprint of the frozen rules; None while they may still change."""
        return self.frozen_sha256


class Addendum(Base):
    """A public notice on a published call: numbered, reasoned, never changed."""

    __tablename__ = "call_addendum"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("kind IN ('extension', 'correction', 'cancellation')", name="kind_known"),
        CheckConstraint(
            "(kind = 'correction') = (field IS NOT NULL AND field IN ('title', 'summary', 'body'))",
            name="correction_has_text",
        ),
        CheckConstraint("length(reason) > 0", name="reason_present"),
        CheckConstraint(
            "(kind = 'extension') = (old_closes_at IS NOT NULL AND new_closes_at IS NOT NULL)",
            name="extension_has_dates",
        ),
        CheckConstraint("kind <> 'extension' OR new_closes_at > old_closes_at", name="only_extends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    old_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    field: Mapped[str | None] = mapped_column(String(20))  # which text a correction corrects
    old_text: Mapped[dict[str, str] | None] = mapped_column(JsonType)
    new_text: Mapped[dict[str, str] | None] = mapped_column(JsonType)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    call: Mapped[Call] = relationship(back_populates="addenda")


class ConsultationComment(Base):
    """What a person with a verified e-mail said about a draft, and the public answer."""

    __tablename__ = "consultation_comment"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text_present"),
        CheckConstraint(
            "(verdict IS NULL) = (answer IS NULL) AND (verdict IS NULL) = (answered_at IS NULL)", name="answered_whole"
        ),
        Index("ix_consultation_comment_call_id", "call_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    signed_as: Mapped[str] = mapped_column(String(120))  # the name at the moment of signing in public
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verdict: Mapped[CommentVerdict | None] = mapped_column(enum_column(CommentVerdict))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    call: Mapped[Call] = relationship()


append_only("call_addendum")

_FROZEN = (
    "form, tariff, eligibility, rulebook_id, opens_at, results_on, cap_per_award_cents, frozen_sha256, published_at"
)

register_trigger(
    "grant_call",
    "grant_call_frozen",
    sqlite=f"CREATE TRIGGER grant_call_frozen BEFORE UPDATE OF {_FROZEN} ON grant_call "
    "WHEN OLD.frozen_sha256 IS NOT NULL BEGIN SELECT RAISE(ABORT, 'grant_call: published rules do not change'); END",
    postgresql="CREATE FUNCTION grant_call_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'grant_call: published rules do not change' USING ERRCODE = 'check_violation'; END $$\n--\n"
    f"CREATE TRIGGER grant_call_frozen BEFORE UPDATE OF {_FROZEN} ON grant_call FOR EACH ROW "
    "WHEN (OLD.frozen_sha256 IS NOT NULL) EXECUTE FUNCTION grant_call_frozen()",
)
register_trigger(
    "grant_call",
    "grant_call_only_extends",
    sqlite="CREATE TRIGGER grant_call_only_extends BEFORE UPDATE OF closes_at ON grant_call "
    "WHEN OLD.frozen_sha256 IS NOT NULL AND (NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at) "
    "BEGIN SELECT RAISE(ABORT, 'grant_call: a deadline is only extended'); END",
    postgresql="CREATE FUNCTION grant_call_only_extends() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'grant_call: a deadline is only extended' USING ERRCODE = 'check_violation'; END $$\n--\n"
    "CREATE TRIGGER grant_call_only_extends BEFORE UPDATE OF closes_at ON grant_call FOR EACH ROW "
    "WHEN (OLD.frozen_sha256 IS NOT NULL AND (NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at)) "
    "EXECUTE FUNCTION grant_call_only_extends()",
)
