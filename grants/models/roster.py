"""Who offered to review, and the lots by which committees are drawn from them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from core.database import Base, JsonType, UtcDateTime, enum_column
from grants.models.call import Call
from grants.states.roster import ROSTER, RosterState
from scoring.models.guards import refuse_when


class ReviewerProfile(Base):
    """A person's place on the roster. `code` stands for them wherever a lot is shown: nobody's name is public."""

    __tablename__ = "reviewer_profile"
    __table_args__ = (
        CheckConstraint("(state IN ('offered', 'left')) OR decided_at IS NOT NULL", name="decided_has_moment"),
        CheckConstraint("length(experience) > 0", name="experience_present"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[RosterState] = mapped_column(enum_column(RosterState), default=ROSTER.initial, index=True)
    axes: Mapped[list[int]] = mapped_column(JsonType)
    keywords: Mapped[list[str]] = mapped_column(JsonType)
    experience: Mapped[str] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[User] = relationship(foreign_keys=user_id)


class CommitteeDraw(Base):
    """The lot by which seats of a committee go to people of the roster: promised before, drawn after, as all lots.

    `places` is the order of the lot; `passed_over` says why somebody in it was not called. `secret` is public only
    once it is drawn.
    """

    __tablename__ = "committee_draw"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("(drawn_at IS NULL) = (randomness IS NULL)", name="drawn_has_randomness"),
        CheckConstraint("iterations >= 2", name="iterations_two"),
        CheckConstraint("seats >= 1", name="seats_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    number: Mapped[int]
    seats: Mapped[int]
    labels: Mapped[list[str]] = mapped_column(JsonType)
    randomness_source: Mapped[dict[str, str]] = mapped_column(JsonType)
    iterations: Mapped[int]
    commitment: Mapped[str] = mapped_column(String(64))
    secret: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    randomness: Mapped[str | None] = mapped_column(String(400))
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    places: Mapped[dict[str, int]] = mapped_column(JsonType, default=dict)
    called: Mapped[list[str]] = mapped_column(JsonType, default=list)
    passed_over: Mapped[dict[str, str]] = mapped_column(JsonType, default=dict)

    call: Mapped[Call] = relationship()

    @property
    def is_drawn(self) -> bool:
        """Whether the randomness came and the order stands."""
        return self.drawn_at is not None


# Once drawn only who was called, and who could not be, is still written.
_PROMISED = (
    "NEW.call_id <> OLD.call_id OR NEW.number <> OLD.number OR NEW.seats <> OLD.seats "
    "OR CAST(NEW.labels AS TEXT) <> CAST(OLD.labels AS TEXT) "
    "OR CAST(NEW.randomness_source AS TEXT) <> CAST(OLD.randomness_source AS TEXT) "
    "OR NEW.iterations <> OLD.iterations OR NEW.commitment <> OLD.commitment OR NEW.secret <> OLD.secret "
    "OR NEW.committed_at <> OLD.committed_at"
)
_DRAWN = (
    "OLD.drawn_at IS NOT NULL AND (NEW.drawn_at IS NULL OR NEW.drawn_at <> OLD.drawn_at "
    "OR NEW.randomness <> OLD.randomness OR CAST(NEW.places AS TEXT) <> CAST(OLD.places AS TEXT))"
)
refuse_when(
    "committee_draw",
    "committee_draw_fixed",
    verb="UPDATE",
    condition=f"{_PROMISED} OR {_DRAWN}",
    message="committee_draw: fixed once committed",
)
refuse_when(
    "committee_draw",
    "committee_draw_kept",
    verb="DELETE",
    condition="OLD.id = OLD.id",
    message="committee_draw: fixed once committed",
)
