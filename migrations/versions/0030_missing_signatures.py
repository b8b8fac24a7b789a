"""Minutes may stand without the signature of whoever never signs: they say whose is missing, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# The text of the trigger before and as it stood at this release; a test compares the schema with the models' own.
BEFORE = {
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
    ),
}
AFTER = {
    "sqlite": (
        """
CREATE TRIGGER meeting_fixed_once_closed BEFORE UPDATE ON meeting WHEN OLD.state IN ('signed', 'cancelled') OR NEW.id <> OLD.id OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number
 OR NEW.starts_at <> OLD.starts_at OR NEW.place <> OLD.place OR NEW.quorum <> OLD.quorum
 OR COALESCE(NEW.chair_seat_id, 0) <> COALESCE(OLD.chair_seat_id, 0) OR NEW.chair_decides <> OLD.chair_decides
 OR COALESCE(NEW.corrects_id, 0) <> COALESCE(OLD.corrects_id, 0) OR NEW.convened_at <> OLD.convened_at
 OR (OLD.state = 'closed' AND (NEW.state <> 'signed' OR NEW.minutes <> OLD.minutes
 OR NEW.minutes_sha256 <> OLD.minutes_sha256 OR NEW.opened_at <> OLD.opened_at OR NEW.closed_at <> OLD.closed_at
 OR (NEW.unsigned_reason IS NOT NULL) <> EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id AND a.present_at IS NOT NULL
 AND a.signed_at IS NULL) OR NOT EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id
 AND a.signed_at IS NOT NULL)))
 OR (OLD.state <> 'closed' AND (NEW.state = 'signed' OR NEW.unsigned_reason IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'meeting: the minutes are fixed'); END
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
 OR (NEW.unsigned_reason IS NOT NULL) <> EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id AND a.present_at IS NOT NULL
 AND a.signed_at IS NULL) OR NOT EXISTS (SELECT 1 FROM meeting_member a WHERE a.meeting_id = OLD.id
 AND a.signed_at IS NOT NULL)))
 OR (OLD.state <> 'closed' AND (NEW.state = 'signed' OR NEW.unsigned_reason IS NOT NULL)) THEN RAISE EXCEPTION 'meeting: the minutes are fixed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER meeting_fixed_once_closed BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_fixed_once_closed()
""",
    ),
}


def _take_out() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    name = "meeting_fixed_once_closed"
    op.execute(f"DROP TRIGGER {name} ON meeting" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute(f"DROP FUNCTION {name}()")


def _put(statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    _take_out()
    op.add_column("meeting", sa.Column("unsigned_reason", sa.Text(), nullable=True))
    _put(AFTER)


def downgrade() -> None:
    _take_out()
    op.drop_column("meeting", "unsigned_reason")
    _put(BEFORE)
