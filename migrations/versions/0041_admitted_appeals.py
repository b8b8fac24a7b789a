"""Whether an appeal is heard is decided before whether it is right, and on record."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

MESSAGE = "appeal_admission: rows are append-only"


def upgrade() -> None:
    op.create_table(
        "appeal_admission",
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_admission_appeal_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_appeal_admission_decided_by_id")),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_admission")),
    )
    for verb in ("update", "delete"):
        name = f"appeal_admission_no_{verb}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON appeal_admission "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON appeal_admission "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def downgrade() -> None:
    op.drop_table("appeal_admission")
    if op.get_bind().dialect.name == "postgresql":
        for verb in ("update", "delete"):
            op.execute(f"DROP FUNCTION appeal_admission_no_{verb}()")
