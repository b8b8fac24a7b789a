"""People ask to have a datum corrected that they sent."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER data_correction_stays BEFORE UPDATE ON data_correction WHEN NEW.id <> OLD.id OR NEW.application_id <> OLD.application_id OR NEW.question_id <> OLD.question_id OR NEW.asked <> OLD.asked OR NEW.asked_at <> OLD.asked_at OR OLD.state <> 'asked' BEGIN SELECT RAISE(ABORT, 'data_correction: it stays as it was asked and answered'); END
""",
        """
CREATE TRIGGER data_correction_kept BEFORE DELETE ON data_correction WHEN NOT EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id) BEGIN SELECT RAISE(ABORT, 'data_correction: kept until its application is destroyed'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION data_correction_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.application_id <> OLD.application_id OR NEW.question_id <> OLD.question_id OR NEW.asked <> OLD.asked OR NEW.asked_at <> OLD.asked_at OR OLD.state <> 'asked' THEN RAISE EXCEPTION 'data_correction: it stays as it was asked and answered' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER data_correction_stays BEFORE UPDATE ON data_correction FOR EACH ROW EXECUTE FUNCTION data_correction_stays()
""",
        """
CREATE FUNCTION data_correction_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id) THEN RAISE EXCEPTION 'data_correction: kept until its application is destroyed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
""",
        """
CREATE TRIGGER data_correction_kept BEFORE DELETE ON data_correction FOR EACH ROW EXECUTE FUNCTION data_correction_kept()
""",
    ),
}
FUNCTIONS = ("data_correction_stays", "data_correction_kept")


def upgrade() -> None:
    op.create_table(
        "data_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=60), nullable=False),
        sa.Column("asked", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "corrected", "refused", name="correctionstate_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("length(asked) > 0", name=op.f("ck_data_correction_asked_present")),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_data_correction_decided_iff_state")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_data_correction_decided_by_a_person")
        ),
        sa.CheckConstraint("state <> 'refused' OR length(reason) > 0", name=op.f("ck_data_correction_refusal_has_reason")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_data_correction_application_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_data_correction_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_data_correction_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_correction")),
    )
    op.create_index("ix_data_correction_application_id", "data_correction", ["application_id", "id"])
    op.create_index("ix_data_correction_state", "data_correction", ["state", "id"])
    op.create_index(
        "uq_data_correction_one_open",
        "data_correction",
        ["application_id", "question_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in FUNCTIONS:
        op.execute(f"DROP TRIGGER {name} ON data_correction" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("data_correction")
