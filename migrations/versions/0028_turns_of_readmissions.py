"""Who shares place and score among those admitted on appeal takes turns by the call's rules, and is told which.

What was released before stands as it was, without a turn: it comes first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("readmission", sa.Column("turn", sa.Integer(), nullable=True))
    op.add_column("readmission", sa.Column("turn_rule", sa.String(length=80), nullable=True))
    columns = ["call_id", "position", "score_text", "turn"]
    op.create_index("uq_readmission_turn", "readmission", columns, unique=True)


def downgrade() -> None:
    op.drop_index("uq_readmission_turn", table_name="readmission")
    op.drop_column("readmission", "turn_rule")
    op.drop_column("readmission", "turn")
