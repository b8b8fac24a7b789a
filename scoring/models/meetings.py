"""Sessions of a committee: who was called and attended, what was voted, and minutes that nobody changes once signed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, append_only, enum_column
from core.files import StoredFile
from scoring.models.dossiers import Dossier
from scoring.models.guards import refuse_when
from scoring.models.panels import Panel, PanelSeat
from scoring.states import MeetingState, MotionOutcome, VoteChoice


class Meeting(Base):
    """A session, by its number in the committee. `minutes` is the text that is signed: canonical JSON, hashed as it is.

    `quorum` and `chair_decides` are the rulebook's, worked out when the session was called. `corrects` names the signed
    minutes that this session's correct. `unsigned_reason` says why signed minutes lack somebody's signature.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("panel_id", "number"),
        CheckConstraint("quorum > 0", name="quorum_positive"),
        CheckConstraint("(state IN ('closed', 'signed')) = (minutes IS NOT NULL)", name="closed_has_minutes"),
        CheckConstraint("(minutes IS NULL) = (minutes_sha256 IS NULL)", name="minutes_have_digest"),
        CheckConstraint("(minutes IS NULL) = (closed_at IS NULL)", name="minutes_have_moment"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_has_moment"),
        CheckConstraint("(state = 'signed') = (minutes_file_id IS NOT NULL)", name="signed_has_file"),
        CheckConstraint("(state = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    number: Mapped[int]
    state: Mapped[MeetingState] = mapped_column(enum_column(MeetingState), default=MeetingState.CONVENED)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(300))
    quorum: Mapped[int]
    chair_seat_id: Mapped[int | None] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    chair_decides: Mapped[bool]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    convened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_reason: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[str | None] = mapped_column(Text)
    minutes_sha256: Mapped[str | None] = mapped_column(String(64))
    unsigned_reason: Mapped[str | None] = mapped_column(Text)
    minutes_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)

    panel: Mapped[Panel] = relationship()
    chair: Mapped[PanelSeat | None] = relationship()
    corrects: Mapped["Meeting | None"] = relationship(remote_side=[id])
    minutes_file: Mapped[StoredFile | None] = relationship()
    members: Mapped[list["MeetingMember"]] = relationship(back_populates="meeting", order_by="MeetingMember.id")
    points: Mapped[list["MeetingPoint"]] = relationship(back_populates="meeting", order_by="MeetingPoint.position")

    @property
    def present(self) -> list["MeetingMember"]:
        """Who attends now."""
        return [member for member in self.members if member.is_present]

    @property
    def attended(self) -> list["MeetingMember"]:
        """Who attended at any time: they sign."""
        return [member for member in self.members if member.present_at is not None]

    @property
    def unsigned(self) -> list["MeetingMember"]:
        """Who attended and has not signed."""
        return [member for member in self.attended if member.signed_at is None]

    @property
    def awaited(self) -> list["MeetingMember"]:
        """Who attended, has not signed and has not said why they do not."""
        return [member for member in self.unsigned if member.objection is None]


class MeetingMember(Base):
    """Somebody called to a session, whether they came, and their signature of its minutes."""

    __tablename__ = "meeting_member"
    __table_args__ = (
        UniqueConstraint("meeting_id", "seat_id"),
        CheckConstraint("left_at IS NULL OR present_at IS NOT NULL", name="left_after_coming"),
        CheckConstraint("(signed_at IS NULL) = (signed_sha256 IS NULL)", name="signature_whole"),
        CheckConstraint("signed_at IS NULL OR present_at IS NOT NULL", name="signed_by_attending"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    present_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_sha256: Mapped[str | None] = mapped_column(String(64))

    meeting: Mapped[Meeting] = relationship(back_populates="members")
    seat: Mapped[PanelSeat] = relationship()
    objection: Mapped["MinutesObjection | None"] = relationship(back_populates="member")

    @property
    def is_present(self) -> bool:
        """True while they attend."""
        return self.present_at is not None and self.left_at is None


class MinutesObjection(Base):
    """Why somebody who attended does not sign the minutes. It stays on record, also where they sign later."""

    __tablename__ = "minutes_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_member_id: Mapped[int] = mapped_column(ForeignKey("meeting_member.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)

    member: Mapped[MeetingMember] = relationship(back_populates="objection")


class MeetingPoint(Base):
    """A point of the agenda: a motion, on a dossier by its code or on the committee's work, and what became of it."""

    __tablename__ = "meeting_point"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="closed_after_opening"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_has_outcome"),
        CheckConstraint("closed_at IS NULL OR in_favour + against + abstained >= 0", name="closed_has_counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    motion: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[MotionOutcome | None] = mapped_column(enum_column(MotionOutcome))
    by_chair: Mapped[bool] = mapped_column(default=False)
    in_favour: Mapped[int | None]
    against: Mapped[int | None]
    abstained: Mapped[int | None]

    meeting: Mapped[Meeting] = relationship(back_populates="points")
    dossier: Mapped[Dossier | None] = relationship()
    votes: Mapped[list["MeetingVote"]] = relationship(back_populates="point", order_by="MeetingVote.seat_id")

    @property
    def is_open(self) -> bool:
        """True while it is being voted."""
        return self.opened_at is not None and self.closed_at is None


class MeetingVote(Base):
    """A member's vote on a motion: theirs to change until the point closes."""

    __tablename__ = "meeting_vote"
    __table_args__ = (UniqueConstraint("point_id", "seat_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("meeting_point.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    choice: Mapped[VoteChoice] = mapped_column(enum_column(VoteChoice))
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)

    point: Mapped[MeetingPoint] = relationship(back_populates="votes")


STATE = "(SELECT m.state FROM meeting m WHERE m.id = {row}.meeting_id)"
GOING_ON = STATE + " IN ('convened', 'open')"
ALWAYS = "OLD.id IS NOT NULL"
SAME_MEETING = """NEW.id <> OLD.id OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number
 OR NEW.starts_at <> OLD.starts_at OR NEW.place <> OLD.place OR NEW.quorum <> OLD.quorum
 OR COALESCE(NEW.chair_seat_id, 0) <> COALESCE(OLD.chair_seat_id, 0) OR NEW.chair_decides <> OLD.chair_decides
 OR COALESCE(NEW.corrects_id, 0) <> COALESCE(OLD.corrects_id, 0) OR NEW.convened_at <> OLD.convened_at"""
UNSIGNED = """EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id AND a.present_at IS NOT NULL
 AND a.signed_at IS NULL)"""
SIGNED_BY_SOMEBODY = """EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id
 AND a.signed_at IS NOT NULL)"""
DIGEST = "(SELECT m.minutes_sha256 FROM meeting m WHERE m.id = OLD.meeting_id)"

refuse_when(
    "meeting",
    "meeting_fixed_once_closed",
    verb="UPDATE",
    condition=f"""OLD.state IN ('signed', 'cancelled') OR {SAME_MEETING}
 OR (OLD.state = 'closed' AND (NEW.state <> 'signed' OR NEW.minutes <> OLD.minutes
 OR NEW.minutes_sha256 <> OLD.minutes_sha256 OR NEW.opened_at <> OLD.opened_at OR NEW.closed_at <> OLD.closed_at
 OR (NEW.unsigned_reason IS NOT NULL) <> {UNSIGNED} OR NOT {SIGNED_BY_SOMEBODY}))
 OR (OLD.state <> 'closed' AND (NEW.state = 'signed' OR NEW.unsigned_reason IS NOT NULL))""",
    message="meeting: the minutes are fixed",
)
refuse_when("meeting", "meeting_kept", verb="DELETE", condition=ALWAYS, message="meeting: it is kept")
refuse_when(
    "meeting_member",
    "meeting_member_called_in_time",
    verb="INSERT",
    condition=f"NOT {GOING_ON.format(row='NEW')} OR NEW.signed_at IS NOT NULL",
    message="meeting_member: the session is over",
)
refuse_when(
    "meeting_member",
    "meeting_member_signs_once",
    verb="UPDATE",
    condition=f"""NEW.id <> OLD.id OR NEW.meeting_id <> OLD.meeting_id OR NEW.seat_id <> OLD.seat_id
 OR ({GOING_ON.format(row="OLD")} AND NEW.signed_at IS NOT NULL)
 OR (NOT {GOING_ON.format(row="OLD")} AND ({STATE.format(row="OLD")} <> 'closed' OR OLD.signed_at IS NOT NULL
 OR NEW.signed_at IS NULL OR OLD.present_at IS NULL OR NEW.present_at IS NULL OR NEW.present_at <> OLD.present_at
 OR (NEW.left_at IS NULL) <> (OLD.left_at IS NULL) OR NEW.left_at <> OLD.left_at
 OR NEW.signed_sha256 <> {DIGEST}))""",
    message="meeting_member: the minutes are fixed",
)
refuse_when("meeting_member", "meeting_member_kept", verb="DELETE", condition=ALWAYS, message="meeting_member: kept")
refuse_when(
    "meeting_point",
    "meeting_point_added_in_time",
    verb="INSERT",
    condition=f"NOT {GOING_ON.format(row='NEW')} OR NEW.opened_at IS NOT NULL",
    message="meeting_point: the session is over",
)
refuse_when(
    "meeting_point",
    "meeting_point_fixed_once_voted",
    verb="UPDATE",
    condition=f"""NOT {GOING_ON.format(row="OLD")} OR OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id
 OR NEW.meeting_id <> OLD.meeting_id OR NEW.position <> OLD.position OR NEW.motion <> OLD.motion
 OR COALESCE(NEW.dossier_id, 0) <> COALESCE(OLD.dossier_id, 0)
 OR (OLD.opened_at IS NOT NULL AND (NEW.opened_at IS NULL OR NEW.opened_at <> OLD.opened_at))""",
    message="meeting_point: it was voted",
)
refuse_when("meeting_point", "meeting_point_kept", verb="DELETE", condition=ALWAYS, message="meeting_point: kept")

# Who may vote, as the database sees it: the point is open, they attend, enough do, and no conflict is on record.
MAY_VOTE = """EXISTS (SELECT 1 FROM meeting_point p JOIN meeting m ON m.id = p.meeting_id
 JOIN meeting_member a ON a.meeting_id = m.id AND a.seat_id = NEW.seat_id
 WHERE p.id = NEW.point_id AND m.state = 'open' AND p.opened_at IS NOT NULL AND p.closed_at IS NULL
 AND a.present_at IS NOT NULL AND a.left_at IS NULL
 AND (SELECT count(*) FROM meeting_member b WHERE b.meeting_id = m.id AND b.present_at IS NOT NULL
 AND b.left_at IS NULL) >= m.quorum
 AND NOT EXISTS (SELECT 1 FROM conflict_declaration c WHERE c.dossier_id = p.dossier_id
 AND c.seat_id = NEW.seat_id AND c.conflicted))"""
refuse_when(
    "meeting_vote",
    "meeting_vote_by_who_may",
    verb="INSERT",
    condition=f"NOT {MAY_VOTE}",
    message="meeting_vote: not theirs to cast",
)
refuse_when(
    "meeting_vote",
    "meeting_vote_changed_by_who_may",
    verb="UPDATE",
    condition=f"NEW.id <> OLD.id OR NEW.point_id <> OLD.point_id OR NEW.seat_id <> OLD.seat_id OR NOT {MAY_VOTE}",
    message="meeting_vote: not theirs to cast",
)
refuse_when("meeting_vote", "meeting_vote_kept", verb="DELETE", condition=ALWAYS, message="meeting_vote: kept")
append_only("minutes_objection")
refuse_when(
    "minutes_objection",
    "minutes_objection_by_who_may_sign",
    verb="INSERT",
    condition="NOT EXISTS (SELECT 1 FROM meeting_member a JOIN meeting m ON m.id = a.meeting_id "
    "WHERE a.id = NEW.meeting_member_id AND m.state = 'closed' AND a.present_at IS NOT NULL AND a.signed_at IS NULL)",
    message="minutes_objection: not theirs to make",
)
