"""The officers' list is counted and ordered by an index that has all it asks for."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = (
    "call_id", "submitted_at", "state", "kind", "axis", "requested_cents", "folio", "applicant_user_id",
    "organisation_id", "id",
)  # fmt: skip


def upgrade() -> None:
    op.create_index("ix_application_queue", "application", list(COLUMNS))


def downgrade() -> None:
    op.drop_index("ix_application_queue", table_name="application")
