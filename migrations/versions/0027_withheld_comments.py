"""A comment that tells whose dossier it is waits for the programme, and nobody is told that it does."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER discussion_note_withheld BEFORE UPDATE ON discussion_note WHEN (NEW.withheld_at IS NULL) <> (OLD.withheld_at IS NULL) OR NEW.withheld_at <> OLD.withheld_at OR (NEW.cleared_at IS NOT NULL AND NEW.withheld_at IS NULL) OR (OLD.cleared_at IS NOT NULL AND (NEW.cleared_at IS NULL OR NEW.cleared_at <> OLD.cleared_at)) BEGIN SELECT RAISE(ABORT, 'discussion_note: what was withheld stays on record'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION discussion_note_withheld() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW.withheld_at IS NULL) <> (OLD.withheld_at IS NULL) OR NEW.withheld_at <> OLD.withheld_at OR (NEW.cleared_at IS NOT NULL AND NEW.withheld_at IS NULL) OR (OLD.cleared_at IS NOT NULL AND (NEW.cleared_at IS NULL OR NEW.cleared_at <> OLD.cleared_at)) THEN RAISE EXCEPTION 'discussion_note: what was withheld stays on record' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER discussion_note_withheld BEFORE UPDATE ON discussion_note FOR EACH ROW EXECUTE FUNCTION discussion_note_withheld()
""",
    ),
}


def upgrade() -> None:
    op.add_column("discussion_note", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("discussion_note", sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    name = "discussion_note_withheld"
    op.execute(f"DROP TRIGGER {name} ON discussion_note" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("discussion_note", "cleared_at")
    op.drop_column("discussion_note", "withheld_at")
