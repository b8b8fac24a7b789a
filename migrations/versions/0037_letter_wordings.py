"""A call may have its own text for each letter."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('es', 'en')", name=op.f("ck_letter_wording_language_known")),
        sa.CheckConstraint("length(subject) > 0 AND length(body) > 0", name=op.f("ck_letter_wording_text_present")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_letter_wording_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint("call_id", "kind", "language", name=op.f("uq_letter_wording_call_id_kind_language")),
    )


def downgrade() -> None:
    op.drop_table("letter_wording")
