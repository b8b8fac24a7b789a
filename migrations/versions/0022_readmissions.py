"""What an appeal brings back after the results: its own result as an addendum, and a supplementary committee."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STANDS = "readmission: what was released stands"


def upgrade() -> None:
    op.add_column("panel", sa.Column("is_supplementary", sa.Boolean(), nullable=False, server_default=sa.text("FALSE")))
    op.create_table(
        "readmission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "admitted",
                "released",
                name="readmissionstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "awarded",
                "waitlisted",
                "not_selected",
                "ineligible",
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("by_merit", sa.Boolean(), nullable=False),
        sa.Column("dossier_code", sa.String(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("score_text", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name=op.f("ck_readmission_released_iff_state")
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (outcome IS NULL)", name=op.f("ck_readmission_released_has_outcome")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('waitlisted', 'not_selected')", name=op.f("ck_readmission_takes_no_money")
        ),
        sa.CheckConstraint(
            "by_merit = FALSE OR outcome = 'waitlisted'", name=op.f("ck_readmission_merit_waits_for_money")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_readmission_call_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_readmission_application_id")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_readmission_appeal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readmission")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_readmission_appeal_id")),
        sa.UniqueConstraint("application_id", name=op.f("uq_readmission_application_id")),
    )
    op.create_index("ix_readmission_call_id", "readmission", ["call_id", "id"])
    for verb in ("UPDATE", "DELETE"):
        name = f"readmission_stands_{verb.lower()}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON readmission WHEN OLD.state = 'released' "
                f"BEGIN SELECT RAISE(ABORT, '{STANDS}'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{STANDS}' USING ERRCODE = 'check_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON readmission FOR EACH ROW "
            f"WHEN (OLD.state = 'released') EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    for name in ("readmission_stands_update", "readmission_stands_delete"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON readmission")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_readmission_call_id", table_name="readmission")
    op.drop_table("readmission")
    op.drop_column("panel", "is_supplementary")
