"""What a virus scanner said of an upload, when, and which one."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stored_file", sa.Column("scanned_by", sa.String(length=80), nullable=True))
    op.add_column("stored_file", sa.Column("virus", sa.String(length=80), nullable=True))


def downgrade() -> None:
    for name in ("virus", "scanned_by", "scanned_at"):
        op.drop_column("stored_file", name)
