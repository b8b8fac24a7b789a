"""A committee meets, votes and signs its minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
    CREATE TRIGGER meeting_fixed_once_closed BEFORE UPDATE ON meeting WHEN OLD.state IN ('signed', 'cancelled') OR NEW.id <> OLD.id OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number
 OR NEW.starts_at <> OLD.starts_at OR NEW.place <> OLD.place OR NEW.quorum <> OLD.quorum
 OR COALESCE(NEW.chair_seat_id, 0) <> COALESCE(OLD.chair_seat_id, 0) OR NEW.chair_decides <> OLD.chair_decides
 OR COALESCE(NEW.corrects_id, 0) <> COALESCE(OLD.corrects_id, 0) OR NEW.convened_at <> OLD.convened_at
 OR (OLD.state = 'closed' AND (NEW.state <> 'signed' OR NEW.minutes <> OLD.minutes
 OR NEW.minutes_sha256 <> OLD.minutes_sha256 OR NEW.opened_at <> OLD.opened_at OR NEW.closed_at <> OLD.closed_at
 OR EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id AND a.present_at IS NOT NULL
 AND a.signed_at IS NULL)))
 OR (OLD.state <> 'closed' AND NEW.state = 'signed') BEGIN SELECT RAISE(ABORT, 'meeting: the minutes are fixed'); END
    """,
        """
    CREATE TRIGGER meeting_kept BEFORE DELETE ON meeting WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'meeting: it is kept'); END
    """,
        """
    CREATE TRIGGER meeting_member_called_in_time BEFORE INSERT ON meeting_member WHEN NOT (SELECT m.state FROM meeting m WHERE m.id = NEW.meeting_id) IN ('convened', 'open') OR NEW.signed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'meeting_member: the session is over'); END
    """,
        """
    CREATE TRIGGER meeting_member_signs_once BEFORE UPDATE ON meeting_member WHEN NEW.id <> OLD.id OR NEW.meeting_id <> OLD.meeting_id OR NEW.seat_id <> OLD.seat_id
 OR ((SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) IN ('convened', 'open') AND NEW.signed_at IS NOT NULL)
 OR (NOT (SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) IN ('convened', 'open') AND ((SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) <> 'closed' OR OLD.signed_at IS NOT NULL
 OR NEW.signed_at IS NULL OR OLD.present_at IS NULL OR NEW.present_at IS NULL OR NEW.present_at <> OLD.present_at
 OR (NEW.left_at IS NULL) <> (OLD.left_at IS NULL) OR NEW.left_at <> OLD.left_at
 OR NEW.signed_sha256 <> (SELECT m.minutes_sha256 FROM meeting m WHERE m.id = OLD.meeting_id))) BEGIN SELECT RAISE(ABORT, 'meeting_member: the minutes are fixed'); END
    """,
        """
    CREATE TRIGGER meeting_member_kept BEFORE DELETE ON meeting_member WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'meeting_member: kept'); END
    """,
        """
    CREATE TRIGGER meeting_point_added_in_time BEFORE INSERT ON meeting_point WHEN NOT (SELECT m.state FROM meeting m WHERE m.id = NEW.meeting_id) IN ('convened', 'open') OR NEW.opened_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'meeting_point: the session is over'); END
    """,
        """
    CREATE TRIGGER meeting_point_fixed_once_voted BEFORE UPDATE ON meeting_point WHEN NOT (SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) IN ('convened', 'open') OR OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id
 OR NEW.meeting_id <> OLD.meeting_id OR NEW.position <> OLD.position OR NEW.motion <> OLD.motion
 OR COALESCE(NEW.dossier_id, 0) <> COALESCE(OLD.dossier_id, 0)
 OR (OLD.opened_at IS NOT NULL AND (NEW.opened_at IS NULL OR NEW.opened_at <> OLD.opened_at)) BEGIN SELECT RAISE(ABORT, 'meeting_point: it was voted'); END
    """,
        """
    CREATE TRIGGER meeting_point_kept BEFORE DELETE ON meeting_point WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'meeting_point: kept'); END
    """,
        """
    CREATE TRIGGER meeting_vote_by_who_may BEFORE INSERT ON meeting_vote WHEN NOT EXISTS (SELECT 1 FROM meeting_point p JOIN meeting m ON m.id = p.meeting_id
 JOIN meeting_member a ON a.meeting_id = m.id AND a.seat_id = NEW.seat_id
 WHERE p.id = NEW.point_id AND m.state = 'open' AND p.opened_at IS NOT NULL AND p.closed_at IS NULL
 AND a.present_at IS NOT NULL AND a.left_at IS NULL
 AND (SELECT count(*) FROM meeting_member b WHERE b.meeting_id = m.id AND b.present_at IS NOT NULL
 AND b.left_at IS NULL) >= m.quorum
 AND NOT EXISTS (SELECT 1 FROM conflict_declaration c WHERE c.dossier_id = p.dossier_id
 AND c.seat_id = NEW.seat_id AND c.conflicted)) BEGIN SELECT RAISE(ABORT, 'meeting_vote: not theirs to cast'); END
    """,
        """
    CREATE TRIGGER meeting_vote_changed_by_who_may BEFORE UPDATE ON meeting_vote WHEN NEW.id <> OLD.id OR NEW.point_id <> OLD.point_id OR NEW.seat_id <> OLD.seat_id OR NOT EXISTS (SELECT 1 FROM meeting_point p JOIN meeting m ON m.id = p.meeting_id
 JOIN meeting_member a ON a.meeting_id = m.id AND a.seat_id = NEW.seat_id
 WHERE p.id = NEW.point_id AND m.state = 'open' AND p.opened_at IS NOT NULL AND p.closed_at IS NULL
 AND a.present_at IS NOT NULL AND a.left_at IS NULL
 AND (SELECT count(*) FROM meeting_member b WHERE b.meeting_id = m.id AND b.present_at IS NOT NULL
 AND b.left_at IS NULL) >= m.quorum
 AND NOT EXISTS (SELECT 1 FROM conflict_declaration c WHERE c.dossier_id = p.dossier_id
 AND c.seat_id = NEW.seat_id AND c.conflicted)) BEGIN SELECT RAISE(ABORT, 'meeting_vote: not theirs to cast'); END
    """,
        """
    CREATE TRIGGER meeting_vote_kept BEFORE DELETE ON meeting_vote WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'meeting_vote: kept'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION meeting_fixed_once_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state IN ('signed', 'cancelled') OR NEW.id <> OLD.id OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number
 OR NEW.starts_at <> OLD.starts_at OR NEW.place <> OLD.place OR NEW.quorum <> OLD.quorum
 OR COALESCE(NEW.chair_seat_id, 0) <> COALESCE(OLD.chair_seat_id, 0) OR NEW.chair_decides <> OLD.chair_decides
 OR COALESCE(NEW.corrects_id, 0) <> COALESCE(OLD.corrects_id, 0) OR NEW.convened_at <> OLD.convened_at
 OR (OLD.state = 'closed' AND (NEW.state <> 'signed' OR NEW.minutes <> OLD.minutes
 OR NEW.minutes_sha256 <> OLD.minutes_sha256 OR NEW.opened_at <> OLD.opened_at OR NEW.closed_at <> OLD.closed_at
 OR EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id AND a.present_at IS NOT NULL
 AND a.signed_at IS NULL)))
 OR (OLD.state <> 'closed' AND NEW.state = 'signed') THEN RAISE EXCEPTION 'meeting: the minutes are fixed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_fixed_once_closed BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_fixed_once_closed()
    """,
        """
    CREATE FUNCTION meeting_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'meeting: it is kept' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER meeting_kept BEFORE DELETE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_kept()
    """,
        """
    CREATE FUNCTION meeting_member_called_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (SELECT m.state FROM meeting m WHERE m.id = NEW.meeting_id) IN ('convened', 'open') OR NEW.signed_at IS NOT NULL THEN RAISE EXCEPTION 'meeting_member: the session is over' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_member_called_in_time BEFORE INSERT ON meeting_member FOR EACH ROW EXECUTE FUNCTION meeting_member_called_in_time()
    """,
        """
    CREATE FUNCTION meeting_member_signs_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.meeting_id <> OLD.meeting_id OR NEW.seat_id <> OLD.seat_id
 OR ((SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) IN ('convened', 'open') AND NEW.signed_at IS NOT NULL)
 OR (NOT (SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) IN ('convened', 'open') AND ((SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) <> 'closed' OR OLD.signed_at IS NOT NULL
 OR NEW.signed_at IS NULL OR OLD.present_at IS NULL OR NEW.present_at IS NULL OR NEW.present_at <> OLD.present_at
 OR (NEW.left_at IS NULL) <> (OLD.left_at IS NULL) OR NEW.left_at <> OLD.left_at
 OR NEW.signed_sha256 <> (SELECT m.minutes_sha256 FROM meeting m WHERE m.id = OLD.meeting_id))) THEN RAISE EXCEPTION 'meeting_member: the minutes are fixed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_member_signs_once BEFORE UPDATE ON meeting_member FOR EACH ROW EXECUTE FUNCTION meeting_member_signs_once()
    """,
        """
    CREATE FUNCTION meeting_member_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'meeting_member: kept' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER meeting_member_kept BEFORE DELETE ON meeting_member FOR EACH ROW EXECUTE FUNCTION meeting_member_kept()
    """,
        """
    CREATE FUNCTION meeting_point_added_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (SELECT m.state FROM meeting m WHERE m.id = NEW.meeting_id) IN ('convened', 'open') OR NEW.opened_at IS NOT NULL THEN RAISE EXCEPTION 'meeting_point: the session is over' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_point_added_in_time BEFORE INSERT ON meeting_point FOR EACH ROW EXECUTE FUNCTION meeting_point_added_in_time()
    """,
        """
    CREATE FUNCTION meeting_point_fixed_once_voted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (SELECT m.state FROM meeting m WHERE m.id = OLD.meeting_id) IN ('convened', 'open') OR OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id
 OR NEW.meeting_id <> OLD.meeting_id OR NEW.position <> OLD.position OR NEW.motion <> OLD.motion
 OR COALESCE(NEW.dossier_id, 0) <> COALESCE(OLD.dossier_id, 0)
 OR (OLD.opened_at IS NOT NULL AND (NEW.opened_at IS NULL OR NEW.opened_at <> OLD.opened_at)) THEN RAISE EXCEPTION 'meeting_point: it was voted' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_point_fixed_once_voted BEFORE UPDATE ON meeting_point FOR EACH ROW EXECUTE FUNCTION meeting_point_fixed_once_voted()
    """,
        """
    CREATE FUNCTION meeting_point_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'meeting_point: kept' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER meeting_point_kept BEFORE DELETE ON meeting_point FOR EACH ROW EXECUTE FUNCTION meeting_point_kept()
    """,
        """
    CREATE FUNCTION meeting_vote_by_who_may() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM meeting_point p JOIN meeting m ON m.id = p.meeting_id
 JOIN meeting_member a ON a.meeting_id = m.id AND a.seat_id = NEW.seat_id
 WHERE p.id = NEW.point_id AND m.state = 'open' AND p.opened_at IS NOT NULL AND p.closed_at IS NULL
 AND a.present_at IS NOT NULL AND a.left_at IS NULL
 AND (SELECT count(*) FROM meeting_member b WHERE b.meeting_id = m.id AND b.present_at IS NOT NULL
 AND b.left_at IS NULL) >= m.quorum
 AND NOT EXISTS (SELECT 1 FROM conflict_declaration c WHERE c.dossier_id = p.dossier_id
 AND c.seat_id = NEW.seat_id AND c.conflicted)) THEN RAISE EXCEPTION 'meeting_vote: not theirs to cast' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_vote_by_who_may BEFORE INSERT ON meeting_vote FOR EACH ROW EXECUTE FUNCTION meeting_vote_by_who_may()
    """,
        """
    CREATE FUNCTION meeting_vote_changed_by_who_may() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.point_id <> OLD.point_id OR NEW.seat_id <> OLD.seat_id OR NOT EXISTS (SELECT 1 FROM meeting_point p JOIN meeting m ON m.id = p.meeting_id
 JOIN meeting_member a ON a.meeting_id = m.id AND a.seat_id = NEW.seat_id
 WHERE p.id = NEW.point_id AND m.state = 'open' AND p.opened_at IS NOT NULL AND p.closed_at IS NULL
 AND a.present_at IS NOT NULL AND a.left_at IS NULL
 AND (SELECT count(*) FROM meeting_member b WHERE b.meeting_id = m.id AND b.present_at IS NOT NULL
 AND b.left_at IS NULL) >= m.quorum
 AND NOT EXISTS (SELECT 1 FROM conflict_declaration c WHERE c.dossier_id = p.dossier_id
 AND c.seat_id = NEW.seat_id AND c.conflicted)) THEN RAISE EXCEPTION 'meeting_vote: not theirs to cast' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER meeting_vote_changed_by_who_may BEFORE UPDATE ON meeting_vote FOR EACH ROW EXECUTE FUNCTION meeting_vote_changed_by_who_may()
    """,
        """
    CREATE FUNCTION meeting_vote_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'meeting_vote: kept' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER meeting_vote_kept BEFORE DELETE ON meeting_vote FOR EACH ROW EXECUTE FUNCTION meeting_vote_kept()
    """,
    ),
}
FUNCTIONS = {
    "meeting_fixed_once_closed": "meeting",
    "meeting_kept": "meeting",
    "meeting_member_called_in_time": "meeting_member",
    "meeting_member_signs_once": "meeting_member",
    "meeting_member_kept": "meeting_member",
    "meeting_point_added_in_time": "meeting_point",
    "meeting_point_fixed_once_voted": "meeting_point",
    "meeting_point_kept": "meeting_point",
    "meeting_vote_by_who_may": "meeting_vote",
    "meeting_vote_changed_by_who_may": "meeting_vote",
    "meeting_vote_kept": "meeting_vote",
}


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "convened",
                "open",
                "closed",
                "signed",
                "cancelled",
                name="meetingstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("chair_seat_id", sa.Integer(), nullable=True),
        sa.Column("chair_decides", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("minutes_sha256", sa.String(length=64), nullable=True),
        sa.Column("minutes_file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason IS NOT NULL)", name=op.f("ck_meeting_cancelled_has_reason")
        ),
        sa.CheckConstraint(
            "(state = 'signed') = (minutes_file_id IS NOT NULL)", name=op.f("ck_meeting_signed_has_file")
        ),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_meeting_signed_has_moment")),
        sa.CheckConstraint(
            "(state IN ('closed', 'signed')) = (minutes IS NOT NULL)", name=op.f("ck_meeting_closed_has_minutes")
        ),
        sa.CheckConstraint("(minutes IS NULL) = (closed_at IS NULL)", name=op.f("ck_meeting_minutes_have_moment")),
        sa.CheckConstraint("(minutes IS NULL) = (minutes_sha256 IS NULL)", name=op.f("ck_meeting_minutes_have_digest")),
        sa.CheckConstraint("quorum > 0", name=op.f("ck_meeting_quorum_positive")),
        sa.ForeignKeyConstraint(["chair_seat_id"], ["panel_seat.id"], name=op.f("fk_meeting_chair_seat_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["meeting.id"], name=op.f("fk_meeting_corrects_id")),
        sa.ForeignKeyConstraint(["minutes_file_id"], ["stored_file.id"], name=op.f("fk_meeting_minutes_file_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_meeting_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("panel_id", "number", name=op.f("uq_meeting_panel_id_number")),
    )
    op.create_index(op.f("ix_meeting_chair_seat_id"), "meeting", ["chair_seat_id"], unique=False)
    op.create_index(op.f("ix_meeting_corrects_id"), "meeting", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_meeting_minutes_file_id"), "meeting", ["minutes_file_id"], unique=False)
    op.create_table(
        "meeting_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("present_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_sha256 IS NULL)", name=op.f("ck_meeting_member_signature_whole")
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR present_at IS NOT NULL", name=op.f("ck_meeting_member_left_after_coming")
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR present_at IS NOT NULL", name=op.f("ck_meeting_member_signed_by_attending")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_member_meeting_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_meeting_member_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_member")),
        sa.UniqueConstraint("meeting_id", "seat_id", name=op.f("uq_meeting_member_meeting_id_seat_id")),
    )
    op.create_index(op.f("ix_meeting_member_seat_id"), "meeting_member", ["seat_id"], unique=False)
    op.create_table(
        "meeting_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("motion", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "carried",
                "rejected",
                "tied",
                name="motionoutcome_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("by_chair", sa.Boolean(), nullable=False),
        sa.Column("in_favour", sa.Integer(), nullable=True),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_meeting_point_closed_has_outcome")),
        sa.CheckConstraint(
            "closed_at IS NULL OR in_favour + against + abstained >= 0", name=op.f("ck_meeting_point_closed_has_counts")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR opened_at IS NOT NULL", name=op.f("ck_meeting_point_closed_after_opening")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_meeting_point_dossier_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_point_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_point")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_meeting_point_meeting_id_position")),
    )
    op.create_index(op.f("ix_meeting_point_dossier_id"), "meeting_point", ["dossier_id"], unique=False)
    op.create_table(
        "meeting_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "in_favour",
                "against",
                "abstained",
                name="votechoice_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["meeting_point.id"], name=op.f("fk_meeting_vote_point_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_meeting_vote_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_vote")),
        sa.UniqueConstraint("point_id", "seat_id", name=op.f("uq_meeting_vote_point_id_seat_id")),
    )
    op.create_index(op.f("ix_meeting_vote_seat_id"), "meeting_vote", ["seat_id"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in FUNCTIONS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("meeting_vote")
    op.drop_table("meeting_point")
    op.drop_table("meeting_member")
    op.drop_table("meeting")
