"""Applications that came on paper remember the register and the row they were read from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_paper_import_sha256_length")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_paper_import_call_id")),
        sa.ForeignKeyConstraint(["imported_by_id"], ["user_account.id"], name=op.f("fk_paper_import_imported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_import")),
    )
    op.create_index(op.f("ix_paper_import_call_id"), "paper_import", ["call_id"], unique=False)
    op.create_table(
        "paper_application",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_paper_application_fingerprint_length")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_paper_application_application_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_paper_application_call_id")),
        sa.ForeignKeyConstraint(["import_id"], ["paper_import.id"], name=op.f("fk_paper_application_import_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_paper_application")),
        sa.UniqueConstraint("call_id", "fingerprint", name=op.f("uq_paper_application_call_id_fingerprint")),
    )
    op.create_index("ix_paper_application_import_id", "paper_application", ["import_id", "row_number"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_paper_application_import_id", table_name="paper_application")
    op.drop_table("paper_application")
    op.drop_index(op.f("ix_paper_import_call_id"), table_name="paper_import")
    op.drop_table("paper_import")
