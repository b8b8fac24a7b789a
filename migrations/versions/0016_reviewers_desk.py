"""Reviewers write notes for themselves and ask the programme about a dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "reviewer_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_reviewer_question_answered_has_moment")
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_reviewer_question_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_question")),
    )
    op.create_index(op.f("ix_reviewer_question_assignment_id"), "reviewer_question", ["assignment_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reviewer_question_assignment_id"), table_name="reviewer_question")
    op.drop_table("reviewer_question")
    op.drop_column("review", "note")
