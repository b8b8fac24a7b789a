"""What is shared within a call says of which, so that the officers' list reads its own call's and nothing more."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0052"
branch_labels = None
depends_on = None

FILL = (
    "INSERT INTO application_alike (application_id, call_id, alike) SELECT b.application_id, a.call_id, b.alike "
    "FROM application_alike_before b JOIN application a ON a.id = b.application_id"
)


def upgrade() -> None:
    # Made anew: SQLite adds no column that must be filled in and point somewhere. It has a row for few applications.
    op.execute("CREATE TABLE application_alike_before AS SELECT * FROM application_alike")
    op.drop_table("application_alike")
    _table(sa.Column("call_id", sa.Integer(), nullable=False))
    op.execute(FILL)
    op.drop_table("application_alike_before")
    op.create_index("ix_application_alike_queue", "application_alike", ["call_id", "alike", "application_id"])


def downgrade() -> None:
    op.execute("CREATE TABLE application_alike_before AS SELECT application_id, alike FROM application_alike")
    op.drop_table("application_alike")
    _table()
    op.execute("INSERT INTO application_alike (application_id, alike) SELECT * FROM application_alike_before")
    op.drop_table("application_alike_before")


def _table(*more: sa.Column[int]) -> None:
    keys = [
        sa.ForeignKeyConstraint([column.name], ["grant_call.id"], name=op.f(f"fk_application_alike_{column.name}"))
        for column in more
    ]
    op.create_table(
        "application_alike",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        *more,
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_application_alike_application_id"),
        *keys,
        sa.PrimaryKeyConstraint("application_id", name="pk_application_alike"),
    )
