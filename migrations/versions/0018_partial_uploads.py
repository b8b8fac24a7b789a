"""Files arrive piece by piece and go on where a broken line left them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partial_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_partial_upload_size_positive")),
        sa.CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name=op.f("ck_partial_upload_received_within")),
        sa.CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name=op.f("ck_partial_upload_sha256_length")),
        sa.CheckConstraint(
            "attachment_id IS NULL OR received_bytes = size_bytes", name=op.f("ck_partial_upload_attached_is_whole")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_partial_upload_application_id")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["application_attachment.id"], name=op.f("fk_partial_upload_attachment_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_partial_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_upload")),
    )
    op.create_index("ix_partial_upload_application_id", "partial_upload", ["application_id", "user_id"])
    op.create_index("ix_partial_upload_user_id", "partial_upload", ["user_id"])
    op.create_index("ix_partial_upload_touched_at", "partial_upload", ["touched_at"])


def downgrade() -> None:
    for name in ("touched_at", "user_id", "application_id"):
        op.drop_index(f"ix_partial_upload_{name}", table_name="partial_upload")
    op.drop_table("partial_upload")
