"""Names of people are kept folded too: lists of thousands are sorted and searched without folding each row."""

import sqlalchemy as sa
from alembic import op

from core.folding import fold_text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BATCH = 1_000


def upgrade() -> None:
    op.add_column("user_account", sa.Column("name_folded", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    people = connection.execute(sa.text("SELECT id, name FROM user_account ORDER BY id")).all()
    fold = sa.text("UPDATE user_account SET name_folded = :folded WHERE id = :number")
    for start in range(0, len(people), BATCH):
        rows = [{"number": one.id, "folded": fold_text(one.name)} for one in people[start : start + BATCH]]
        connection.execute(fold, rows)


def downgrade() -> None:
    op.drop_column("user_account", "name_folded")
