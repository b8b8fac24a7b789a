"""How a committee's reviews are going is worked out by a job and kept."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_summary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reviews >= 0", name=op.f("ck_course_summary_reviews_not_negative")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_course_summary_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_summary")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_course_summary_panel_id")),
    )


def downgrade() -> None:
    op.drop_table("course_summary")
