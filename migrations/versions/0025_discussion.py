"""Reviewers discuss a dossier by letter."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
    CREATE TRIGGER discussion_note_by_who_may BEFORE INSERT ON discussion_note WHEN NOT (EXISTS (SELECT 1 FROM assignment a WHERE a.dossier_id = NEW.dossier_id AND a.seat_id = NEW.seat_id
 AND a.state = 'submitted') AND NOT EXISTS (SELECT 1 FROM conflict_declaration c
 WHERE c.dossier_id = NEW.dossier_id AND c.seat_id = NEW.seat_id AND c.conflicted)) OR NEW.struck_at IS NOT NULL OR NEW.covered_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'discussion_note: not theirs to write'); END
    """,
        """
    CREATE TRIGGER discussion_note_stays BEFORE UPDATE ON discussion_note WHEN NEW.id <> OLD.id OR NEW.dossier_id <> OLD.dossier_id OR NEW.seat_id <> OLD.seat_id OR NEW.text <> OLD.text OR NEW.written_at <> OLD.written_at OR NEW.phase <> OLD.phase OR (OLD.struck_at IS NOT NULL AND (NEW.struck_at IS NULL OR NEW.struck_at <> OLD.struck_at)) OR (OLD.covered_at IS NOT NULL AND (NEW.covered_at IS NULL OR NEW.covered_at <> OLD.covered_at OR NEW.covered_reason <> OLD.covered_reason)) BEGIN SELECT RAISE(ABORT, 'discussion_note: it stays as it was written'); END
    """,
        """
    CREATE TRIGGER discussion_note_kept BEFORE DELETE ON discussion_note WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'discussion_note: kept'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION discussion_note_by_who_may() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (EXISTS (SELECT 1 FROM assignment a WHERE a.dossier_id = NEW.dossier_id AND a.seat_id = NEW.seat_id
 AND a.state = 'submitted') AND NOT EXISTS (SELECT 1 FROM conflict_declaration c
 WHERE c.dossier_id = NEW.dossier_id AND c.seat_id = NEW.seat_id AND c.conflicted)) OR NEW.struck_at IS NOT NULL OR NEW.covered_at IS NOT NULL THEN RAISE EXCEPTION 'discussion_note: not theirs to write' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER discussion_note_by_who_may BEFORE INSERT ON discussion_note FOR EACH ROW EXECUTE FUNCTION discussion_note_by_who_may()
    """,
        """
    CREATE FUNCTION discussion_note_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.dossier_id <> OLD.dossier_id OR NEW.seat_id <> OLD.seat_id OR NEW.text <> OLD.text OR NEW.written_at <> OLD.written_at OR NEW.phase <> OLD.phase OR (OLD.struck_at IS NOT NULL AND (NEW.struck_at IS NULL OR NEW.struck_at <> OLD.struck_at)) OR (OLD.covered_at IS NOT NULL AND (NEW.covered_at IS NULL OR NEW.covered_at <> OLD.covered_at OR NEW.covered_reason <> OLD.covered_reason)) THEN RAISE EXCEPTION 'discussion_note: it stays as it was written' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER discussion_note_stays BEFORE UPDATE ON discussion_note FOR EACH ROW EXECUTE FUNCTION discussion_note_stays()
    """,
        """
    CREATE FUNCTION discussion_note_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'discussion_note: kept' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER discussion_note_kept BEFORE DELETE ON discussion_note FOR EACH ROW EXECUTE FUNCTION discussion_note_kept()
    """,
    ),
}
FUNCTIONS = {
    "discussion_note_by_who_may": "discussion_note",
    "discussion_note_stays": "discussion_note",
    "discussion_note_kept": "discussion_note",
}


def upgrade() -> None:
    op.create_table(
        "discussion_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "setup",
                "declarations",
                "review",
                "discussion",
                "ranked",
                "released",
                "cancelled",
                name="panelstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covered_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("phase = 'discussion'", name=op.f("ck_discussion_note_in_deliberation")),
        sa.CheckConstraint(
            "(covered_at IS NULL) = (covered_reason IS NULL)", name=op.f("ck_discussion_note_covered_has_reason")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_discussion_note_dossier_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_discussion_note_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_note")),
    )
    op.create_index(op.f("ix_discussion_note_dossier_id"), "discussion_note", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_discussion_note_seat_id"), "discussion_note", ["seat_id"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in FUNCTIONS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("discussion_note")
