"""Who attended a session may say why they do not sign its minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0051"
branch_labels = None
depends_on = None

FUNCTIONS = ("minutes_objection_no_update", "minutes_objection_no_delete", "minutes_objection_by_who_may_sign")
# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER minutes_objection_no_update BEFORE UPDATE ON minutes_objection BEGIN SELECT RAISE(ABORT, 'minutes_objection: rows are append-only'); END
""",
        """
CREATE TRIGGER minutes_objection_no_delete BEFORE DELETE ON minutes_objection BEGIN SELECT RAISE(ABORT, 'minutes_objection: rows are append-only'); END
""",
        """
CREATE TRIGGER minutes_objection_by_who_may_sign BEFORE INSERT ON minutes_objection WHEN NOT EXISTS (SELECT 1 FROM meeting_member a JOIN meeting m ON m.id = a.meeting_id WHERE a.id = NEW.meeting_member_id AND m.state = 'closed' AND a.present_at IS NOT NULL AND a.signed_at IS NULL) BEGIN SELECT RAISE(ABORT, 'minutes_objection: not theirs to make'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION minutes_objection_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'minutes_objection: rows are append-only' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER minutes_objection_no_update BEFORE UPDATE ON minutes_objection FOR EACH ROW EXECUTE FUNCTION minutes_objection_no_update()
""",
        """
CREATE FUNCTION minutes_objection_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'minutes_objection: rows are append-only' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER minutes_objection_no_delete BEFORE DELETE ON minutes_objection FOR EACH ROW EXECUTE FUNCTION minutes_objection_no_delete()
""",
        """
CREATE FUNCTION minutes_objection_by_who_may_sign() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM meeting_member a JOIN meeting m ON m.id = a.meeting_id WHERE a.id = NEW.meeting_member_id AND m.state = 'closed' AND a.present_at IS NOT NULL AND a.signed_at IS NULL) THEN RAISE EXCEPTION 'minutes_objection: not theirs to make' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER minutes_objection_by_who_may_sign BEFORE INSERT ON minutes_objection FOR EACH ROW EXECUTE FUNCTION minutes_objection_by_who_may_sign()
""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "minutes_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_member_id"], ["meeting_member.id"], name=op.f("fk_minutes_objection_meeting_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_objection")),
        sa.UniqueConstraint("meeting_member_id", name=op.f("uq_minutes_objection_meeting_member_id")),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in FUNCTIONS:
        op.execute(f"DROP TRIGGER {name} ON minutes_objection" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("minutes_objection")
