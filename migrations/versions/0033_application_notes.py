"""Staff keep notes on an application."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER application_note_stays BEFORE UPDATE ON application_note WHEN NEW.id <> OLD.id OR NEW.application_id <> OLD.application_id OR NEW.text <> OLD.text OR NEW.written_by_id <> OLD.written_by_id OR NEW.written_at <> OLD.written_at OR OLD.withdrawn_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'application_note: it stays as it was written'); END
""",
        """
CREATE TRIGGER application_note_kept BEFORE DELETE ON application_note WHEN NOT EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id) BEGIN SELECT RAISE(ABORT, 'application_note: kept until its application is destroyed'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION application_note_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.application_id <> OLD.application_id OR NEW.text <> OLD.text OR NEW.written_by_id <> OLD.written_by_id OR NEW.written_at <> OLD.written_at OR OLD.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'application_note: it stays as it was written' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER application_note_stays BEFORE UPDATE ON application_note FOR EACH ROW EXECUTE FUNCTION application_note_stays()
""",
        """
CREATE FUNCTION application_note_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id) THEN RAISE EXCEPTION 'application_note: kept until its application is destroyed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
""",
        """
CREATE TRIGGER application_note_kept BEFORE DELETE ON application_note FOR EACH ROW EXECUTE FUNCTION application_note_kept()
""",
    ),
}
FUNCTIONS = ("application_note_stays", "application_note_kept")


def upgrade() -> None:
    op.create_table(
        "application_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_application_note_text_present")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name=op.f("ck_application_note_withdrawn_has_reason")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NOT NULL OR withdrawn_by_id IS NULL", name=op.f("ck_application_note_withdrawn_by_when")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_note_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_application_note_written_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_application_note_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_note")),
    )
    op.create_index("ix_application_note_application_id", "application_note", ["application_id", "id"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in FUNCTIONS:
        op.execute(f"DROP TRIGGER {name} ON application_note" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("application_note")
