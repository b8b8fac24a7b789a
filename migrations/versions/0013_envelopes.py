"""A dossier tells its region, as it tells its axis: the budget of a call may be divided by either."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("region", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("dossier", "region")
