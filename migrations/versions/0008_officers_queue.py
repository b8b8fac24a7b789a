"""Officers keep filters by name, attend to applications, and act on many of them at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_saved_filter_name_present")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name_key", name=op.f("uq_saved_filter_user_id_name_key")),
    )
    op.create_index(
        "uq_saved_filter_one_default",
        "saved_filter",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "bulk_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assign",
                "eligible",
                "cure",
                "ineligible",
                "letters",
                name="bulkkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "running",
                "done",
                "undoing",
                "undone",
                "settled",
                name="bulkstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'prepared') = (started_at IS NULL)", name=op.f("ck_bulk_action_started_iff_beyond_prepared")
        ),
        sa.CheckConstraint(
            "state NOT IN ('done', 'undoing', 'undone') OR undo_until IS NOT NULL",
            name=op.f("ck_bulk_action_window_when_done"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_bulk_action_call_id")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["user_account.id"], name=op.f("fk_bulk_action_prepared_by_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["user_account.id"], name=op.f("fk_bulk_action_started_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user_account.id"], name=op.f("fk_bulk_action_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action")),
    )
    op.create_index("ix_bulk_action_call_id", "bulk_action", ["call_id", "id"], unique=False)
    op.create_table(
        "application_officer",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_officer_application_id")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["user_account.id"], name=op.f("fk_application_officer_officer_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_application_officer")),
    )
    op.create_index("ix_application_officer_officer_id", "application_officer", ["officer_id"], unique=False)
    op.create_table(
        "bulk_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulk_action_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "refused",
                "done",
                "kept",
                "undone",
                name="bulkrowstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("screening_id", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'kept') OR refusal IS NOT NULL", name=op.f("ck_bulk_row_refused_has_reason")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_bulk_row_application_id")),
        sa.ForeignKeyConstraint(["bulk_action_id"], ["bulk_action.id"], name=op.f("fk_bulk_row_bulk_action_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_row")),
        sa.UniqueConstraint("bulk_action_id", "application_id", name=op.f("uq_bulk_row_bulk_action_id_application_id")),
    )
    op.create_index("ix_bulk_row_application_id", "bulk_row", ["application_id"], unique=False)
    op.create_index(
        "ix_bulk_row_bulk_action_id_state", "bulk_row", ["bulk_action_id", "state", "application_id"], unique=False
    )


def downgrade() -> None:
    for table in ("bulk_row", "application_officer", "bulk_action", "saved_filter"):
        op.drop_table(table)
