"""Declarations, assignments, reviews and scores. A submitted score changes only beside a row that says how and why."""

from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, append_only, enum_column
from scoring.models.dossiers import Dossier
from scoring.models.guards import refuse_when
from scoring.models.panels import PanelSeat
from scoring.models.readers import count_readers
from scoring.states import AssignmentState, ConflictKind, ReviewState


class DeclarationOrigin(StrEnum):
    """Who found out: the reviewer, or the computation over what is on file."""

    DECLARED = "declared"
    COMPUTED = "computed"


class AssignmentOrigin(StrEnum):
    """Why the reviewer was called: in time, because the others disagreed, or late, for who could not."""

    INITIAL = "initial"
    FURTHER = "further"
    REPLACEMENT = "replacement"


class ConflictDeclaration(Base):
    """A reviewer's word, or a computed fact, on a conflict with a dossier. Never changed, only added."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (CheckConstraint("conflicted = (kind IS NOT NULL)", name="conflict_has_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    conflicted: Mapped[bool]
    kind: Mapped[ConflictKind | None] = mapped_column(enum_column(ConflictKind))
    origin: Mapped[DeclarationOrigin] = mapped_column(enum_column(DeclarationOrigin))
    explanation: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)


append_only("conflict_declaration")


class Assignment(Base):
    """One reviewer's duty to one dossier."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("dossier_id", "seat_id"),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_has_moment"),
        CheckConstraint("submitted_at IS NULL OR state NOT IN ('proposed', 'accepted')", name="moment_is_submitted"),
        CheckConstraint("(state IN ('recused', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended_has_moment"),
        # What is counted of a committee, by person and by dossier, so that a chair's page reads no row.
        Index("ix_assignment_seat_id_state", "seat_id", "state"),
        Index("ix_assignment_dossier_id_state", "dossier_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seat.id"))
    state: Mapped[AssignmentState] = mapped_column(enum_column(AssignmentState), default=AssignmentState.PROPOSED)
    origin: Mapped[AssignmentOrigin] = mapped_column(enum_column(AssignmentOrigin))
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    dossier: Mapped[Dossier] = relationship()
    seat: Mapped[PanelSeat] = relationship()
    review: Mapped["Review | None"] = relationship(back_populates="assignment")


count_readers()


class Review(Base):
    """One reviewer's judgement of one dossier: a draft until submitted, then fixed.

    `version` counts the saves and `edition` names the page that saved last, so that two windows never overwrite each
    other unseen. `believes_known` is whether the reviewer thought to know whose dossier it was; None when not said.
    `note` is for the reviewer alone: nothing else loads it, and it is emptied when the review stops counting.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("state <> 'draft' OR (submitted_at IS NULL AND set_aside_at IS NULL)", name="draft_is_open"),
        CheckConstraint(
            "state <> 'submitted' OR (submitted_at IS NOT NULL AND set_aside_at IS NULL)", name="submitted_has_moment"
        ),
        CheckConstraint("(state = 'set_aside') = (set_aside_at IS NOT NULL)", name="set_aside_has_moment"),
        CheckConstraint("(set_aside_at IS NULL) = (set_aside_reason IS NULL)", name="set_aside_has_reason"),
        CheckConstraint("state <> 'draft' OR believes_known IS NULL", name="guess_comes_last"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    state: Mapped[ReviewState] = mapped_column(enum_column(ReviewState), default=ReviewState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    edition: Mapped[str] = mapped_column(String(40), default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_reason: Mapped[str | None] = mapped_column(Text)
    believes_known: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)

    assignment: Mapped[Assignment] = relationship(back_populates="review")
    scores: Mapped[list["Score"]] = relationship(back_populates="review", order_by="Score.id")

    def sheet(self) -> dict[str, Fraction]:
        """Return the scores given so far, by criterion."""
        return {score.criterion: score.value for score in self.scores if score.value is not None}


class ReviewerQuestion(Base):
    """What a reviewer asks the programme about a dossier, by letter and code, and the answer."""

    __tablename__ = "reviewer_question"
    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_moment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assignment: Mapped[Assignment] = relationship()


class Score(Base):
    """A criterion's score as an exact fraction, with the reviewer's reasons. A draft may lack either."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion"),
        CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name="fraction_whole"),
        CheckConstraint("denominator > 0", name="denominator_positive"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    criterion: Mapped[str] = mapped_column(String(40))
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    justification: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    review: Mapped[Review] = relationship(back_populates="scores")
    changes: Mapped[list["ScoreChange"]] = relationship(back_populates="score", order_by="ScoreChange.version")

    @property
    def value(self) -> Fraction | None:
        """The score, exact; None where the draft has none yet."""
        return (
            None if self.numerator is None or self.denominator is None else Fraction(self.numerator, self.denominator)
        )


class ScoreChange(Base):
    """What a submitted score was, what it became and why. Written before the change, or the change is refused."""

    __tablename__ = "score_change"
    __table_args__ = (
        UniqueConstraint("score_id", "version"),
        CheckConstraint("denominator > 0 AND previous_denominator > 0", name="denominators_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"))
    version: Mapped[int]
    previous_numerator: Mapped[int] = mapped_column(BigInteger)
    previous_denominator: Mapped[int] = mapped_column(BigInteger)
    previous_justification: Mapped[str] = mapped_column(Text)
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    justification: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    score: Mapped[Score] = relationship(back_populates="changes")

    @property
    def previous_value(self) -> Fraction:
        """The score before, exact."""
        return Fraction(self.previous_numerator, self.previous_denominator)

    @property
    def value(self) -> Fraction:
        """The score after, exact."""
        return Fraction(self.numerator, self.denominator)


append_only("score_change")


REVIEW_IS_DRAFT = "(SELECT state FROM review WHERE id = {row}.review_id) = 'draft'"
REVIEW_IS_SET_ASIDE = "(SELECT state FROM review WHERE id = OLD.review_id) = 'set_aside'"
CHANGE_ON_RECORD = """EXISTS (SELECT 1 FROM score_change c WHERE c.score_id = OLD.id AND c.version = NEW.version
 AND c.previous_numerator = OLD.numerator AND c.previous_denominator = OLD.denominator
 AND c.previous_justification = OLD.justification
 AND c.numerator = NEW.numerator AND c.denominator = NEW.denominator AND c.justification = NEW.justification)"""

refuse_when(
    "review",
    "review_fixed_once_submitted",
    verb="UPDATE",
    condition="OLD.state <> 'draft' AND (OLD.state = 'set_aside' OR NEW.state <> 'set_aside' "
    "OR NEW.assignment_id <> OLD.assignment_id OR NEW.submitted_at <> OLD.submitted_at OR NEW.submitted_at IS NULL "
    "OR NEW.id <> OLD.id)",
    message="review: fixed once submitted",
)
# What counts is settled when the order is computed, until the deliberation opens again; it does not after the lot.
refuse_when(
    "review",
    "review_settled_by_the_order",
    verb="UPDATE",
    condition="NEW.state <> OLD.state AND (SELECT panel.state FROM assignment JOIN dossier "
    "ON dossier.id = assignment.dossier_id JOIN panel ON panel.id = dossier.panel_id "
    "WHERE assignment.id = NEW.assignment_id) IN ('ranked', 'released')",
    message="review: the order is computed",
)
refuse_when(
    "score_change",
    "score_change_in_deliberation",
    verb="INSERT",
    condition="NOT EXISTS (SELECT 1 FROM score JOIN review ON review.id = score.review_id JOIN assignment "
    "ON assignment.id = review.assignment_id JOIN dossier ON dossier.id = assignment.dossier_id JOIN panel "
    "ON panel.id = dossier.panel_id WHERE score.id = NEW.score_id AND panel.state = 'discussion' AND NOT EXISTS "
    "(SELECT 1 FROM draw WHERE draw.panel_id = panel.id AND draw.drawn_at IS NOT NULL))",
    message="score_change: only in the deliberation, before the lot",
)
refuse_when(
    "review",
    "review_kept_once_submitted",
    verb="DELETE",
    condition="OLD.state <> 'draft'",
    message="review: fixed once submitted",
)
refuse_when(
    "score",
    "score_added_to_drafts_only",
    verb="INSERT",
    condition=f"NOT {REVIEW_IS_DRAFT.format(row='NEW')}",
    message="score: the review is fixed",
)
refuse_when(
    "score",
    "score_kept_once_submitted",
    verb="DELETE",
    condition=f"NOT {REVIEW_IS_DRAFT.format(row='OLD')}",
    message="score: the review is fixed",
)
refuse_when(
    "score",
    "score_changed_on_record_only",
    verb="UPDATE",
    condition=f"NEW.review_id <> OLD.review_id OR NOT {REVIEW_IS_DRAFT.format(row='OLD')} AND (NEW.id <> OLD.id "
    f"OR NEW.criterion <> OLD.criterion OR NEW.version <> OLD.version + 1 OR {REVIEW_IS_SET_ASIDE} "
    f"OR NOT {CHANGE_ON_RECORD})",
    message="score: the review is fixed",
)
