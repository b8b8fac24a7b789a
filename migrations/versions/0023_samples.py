"""Reviewers learn the scale on invented dossiers."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
    CREATE TRIGGER sample_reading_no_update BEFORE UPDATE ON sample_reading BEGIN SELECT RAISE(ABORT, 'sample_reading: rows are append-only'); END
    """,
        """
    CREATE TRIGGER sample_reading_no_delete BEFORE DELETE ON sample_reading BEGIN SELECT RAISE(ABORT, 'sample_reading: rows are append-only'); END
    """,
        """
    CREATE TRIGGER sample_dossier_only_retires BEFORE UPDATE ON sample_dossier WHEN OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL OR NEW.id <> OLD.id OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number OR NEW.heading <> OLD.heading OR NEW.summary <> OLD.summary OR NEW.body <> OLD.body OR NEW.agreed <> OLD.agreed OR NEW.written_at <> OLD.written_at BEGIN SELECT RAISE(ABORT, 'sample_dossier: it is retired, never rewritten'); END
    """,
        """
    CREATE TRIGGER sample_dossier_kept BEFORE DELETE ON sample_dossier WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'sample_dossier: kept'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION sample_reading_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sample_reading: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER sample_reading_no_update BEFORE UPDATE ON sample_reading FOR EACH ROW EXECUTE FUNCTION sample_reading_no_update()
    """,
        """
    CREATE FUNCTION sample_reading_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sample_reading: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER sample_reading_no_delete BEFORE DELETE ON sample_reading FOR EACH ROW EXECUTE FUNCTION sample_reading_no_delete()
    """,
        """
    CREATE FUNCTION sample_dossier_only_retires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL OR NEW.id <> OLD.id OR NEW.panel_id <> OLD.panel_id OR NEW.number <> OLD.number OR NEW.heading <> OLD.heading OR NEW.summary <> OLD.summary OR NEW.body <> OLD.body OR NEW.agreed <> OLD.agreed OR NEW.written_at <> OLD.written_at THEN RAISE EXCEPTION 'sample_dossier: it is retired, never rewritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER sample_dossier_only_retires BEFORE UPDATE ON sample_dossier FOR EACH ROW EXECUTE FUNCTION sample_dossier_only_retires()
    """,
        """
    CREATE FUNCTION sample_dossier_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'sample_dossier: kept' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER sample_dossier_kept BEFORE DELETE ON sample_dossier FOR EACH ROW EXECUTE FUNCTION sample_dossier_kept()
    """,
    ),
}
FUNCTIONS = {
    "sample_reading_no_update": "sample_reading",
    "sample_reading_no_delete": "sample_reading",
    "sample_dossier_only_retires": "sample_dossier",
    "sample_dossier_kept": "sample_dossier",
}


def upgrade() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_calibration_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_calibration_panel_id")),
    )
    op.create_table(
        "sample_dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_sample_dossier_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_dossier")),
        sa.UniqueConstraint("panel_id", "number", name=op.f("uq_sample_dossier_panel_id_number")),
    )
    op.create_table(
        "sample_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample_dossier.id"], name=op.f("fk_sample_reading_sample_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_sample_reading_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_reading")),
        sa.UniqueConstraint("sample_id", "seat_id", name=op.f("uq_sample_reading_sample_id_seat_id")),
    )
    op.create_index(op.f("ix_sample_reading_seat_id"), "sample_reading", ["seat_id"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in FUNCTIONS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("sample_reading")
    op.drop_table("sample_dossier")
    op.drop_table("calibration")
