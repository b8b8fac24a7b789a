"""Letters that are no part of a procedure can be ended by one click, and keep which privacy notice was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("unsubscribe_url", sa.String(length=500), nullable=True))
    op.add_column("call_subscription", sa.Column("notice_number", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("call_subscription", "notice_number")
    op.drop_column("outbox_message", "unsubscribe_url")
