"""The site's failures are on record, and stay there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MESSAGE = "service_outage: rows are append-only"


def upgrade() -> None:
    op.create_table(
        "service_outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_service_outage_ends_after_it_began")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_service_outage_reason_present")),
        sa.CheckConstraint("recorded_at >= ended_at", name=op.f("ck_service_outage_recorded_when_over")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_service_outage_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_outage")),
    )
    for verb in ("UPDATE", "DELETE"):
        name = f"service_outage_no_{verb.lower()}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON service_outage BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation'; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON service_outage FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    op.drop_table("service_outage")
    if op.get_bind().dialect.name == "postgresql":
        for verb in ("update", "delete"):
            op.execute(f"DROP FUNCTION service_outage_no_{verb}()")
