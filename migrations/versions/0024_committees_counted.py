"""What is counted of a committee stands in indexes."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BY_SEAT, BY_DOSSIER = "ix_assignment_seat_id_state", "ix_assignment_dossier_id_state"
DOSSIER = "ix_dossier_panel_id_code_withdrawn_at_cleared_at"


def upgrade() -> None:
    """Put what is counted into the indexes by seat, by dossier and by panel."""
    op.create_index(BY_SEAT, "assignment", ["seat_id", "state"])
    op.drop_index("ix_assignment_seat_id", "assignment")
    op.create_index(BY_DOSSIER, "assignment", ["dossier_id", "state"])
    op.create_index(DOSSIER, "dossier", ["panel_id", "code", "withdrawn_at", "cleared_at"])
    op.drop_index("ix_dossier_panel_id", "dossier")


def downgrade() -> None:
    """Go back to the keys alone."""
    op.create_index("ix_dossier_panel_id", "dossier", ["panel_id"])
    op.drop_index(DOSSIER, "dossier")
    op.drop_index(BY_DOSSIER, "assignment")
    op.create_index("ix_assignment_seat_id", "assignment", ["seat_id"])
    op.drop_index(BY_SEAT, "assignment")
