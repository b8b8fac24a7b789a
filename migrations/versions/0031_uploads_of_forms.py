"""Files of a cure and receipts of expenses arrive piece by piece too."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("partial_upload", "question_id", new_column_name="slot")
    op.add_column(
        "partial_upload", sa.Column("purpose", sa.String(length=20), nullable=False, server_default="application")
    )


def downgrade() -> None:
    op.execute("DELETE FROM partial_upload WHERE purpose <> 'application'")
    op.drop_column("partial_upload", "purpose")
    op.alter_column("partial_upload", "slot", new_column_name="question_id")
