"""What a reviewer wrote reaches who applied once a person looked at it."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting",
                "released",
                name="feedbackstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("open_findings", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name=op.f("ck_feedback_text_released_has_moment")
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)", name=op.f("ck_feedback_text_released_by_a_person")
        ),
        sa.CheckConstraint(
            "state <> 'released' OR open_findings = 0", name=op.f("ck_feedback_text_released_has_no_findings")
        ),
        sa.CheckConstraint("open_findings >= 0", name=op.f("ck_feedback_text_open_findings_not_negative")),
        sa.CheckConstraint("version > 0", name=op.f("ck_feedback_text_version_positive")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_feedback_text_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_feedback_text_call_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["user_account.id"], name=op.f("fk_feedback_text_released_by_id")),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_feedback_text_score_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_text")),
        sa.UniqueConstraint("score_id", name=op.f("uq_feedback_text_score_id")),
    )
    op.create_index("ix_feedback_text_call_id_state", "feedback_text", ["call_id", "state", "open_findings", "id"])
    op.create_index("ix_feedback_text_application_id", "feedback_text", ["application_id", "id"])


def downgrade() -> None:
    op.drop_table("feedback_text")
