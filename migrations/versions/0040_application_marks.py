"""What belongs to one person alone in the answers of an application can be compared with others'."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_mark",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "curp",
                "rfc",
                "clabe",
                "phone",
                "tax_id",
                "name",
                "itinerary",
                "file",
                name="likenesskind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_mark_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "kind", "key", name=op.f("pk_application_mark")),
    )
    op.create_index("ix_application_mark_kind_key", "application_mark", ["kind", "key", "application_id"])


def downgrade() -> None:
    op.drop_table("application_mark")
