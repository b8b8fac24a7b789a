"""Lists of people in the order of their names begin at the first name, not with the sorting of all."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_user_account_name_folded", "user_account", ["name_folded", "id"])


def downgrade() -> None:
    op.drop_index("ix_user_account_name_folded", table_name="user_account")
