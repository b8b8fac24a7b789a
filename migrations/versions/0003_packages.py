"""Sponsors' packages and what is owed in return, who offers in kind, and receipts in bulk."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt_bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("last_receipt_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stored_file_id IS NULL) = (expires_at IS NULL)", name=op.f("ck_receipt_bundle_ready_expires")
        ),
        sa.CheckConstraint(
            "cleared_at IS NULL OR stored_file_id IS NOT NULL", name=op.f("ck_receipt_bundle_cleared_was_ready")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_receipt_bundle_job_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_receipt_bundle_requested_by_id")
        ),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_receipt_bundle_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_bundle")),
    )
    op.create_index("ix_receipt_bundle_expires_at", "receipt_bundle", ["expires_at"], unique=False)
    op.create_index("ix_receipt_bundle_person", "receipt_bundle", ["requested_by_id", "id"], unique=False)
    op.create_table(
        "sponsor_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="packagestate_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_sponsor_package_closed_has_moment")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_sponsor_package_amount_positive")),
        sa.CheckConstraint(
            "closes_on IS NULL OR closes_on >= opens_on", name=op.f("ck_sponsor_package_dates_in_order")
        ),
        sa.CheckConstraint("places IS NULL OR places > 0", name=op.f("ck_sponsor_package_places_positive")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_sponsor_package_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor_package")),
    )
    op.create_table(
        "package_benefit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "due_rule",
            sa.Enum(
                "after_payment", "on_date", name="duerule_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("fair_value_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(due_rule = 'after_payment') = (due_days IS NOT NULL) AND (due_rule = 'on_date') = (due_on IS NOT NULL)",
            name=op.f("ck_package_benefit_due_as_its_rule"),
        ),
        sa.CheckConstraint("due_days IS NULL OR due_days >= 0", name=op.f("ck_package_benefit_days_not_negative")),
        sa.CheckConstraint("fair_value_cents >= 0", name=op.f("ck_package_benefit_value_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_package_benefit_quantity_positive")),
        sa.ForeignKeyConstraint(["package_id"], ["sponsor_package.id"], name=op.f("fk_package_benefit_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_benefit")),
    )
    op.create_index(op.f("ix_package_benefit_package_id"), "package_benefit", ["package_id"], unique=False)
    op.create_table(
        "offer_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_offer_contact_contribution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_contact")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_offer_contact_contribution_id")),
    )
    op.create_index("ix_offer_contact_email", "offer_contact", ["email", "offered_at"], unique=False)
    op.create_table(
        "promised_benefit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fair_value_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due", "delivered", name="benefitstate_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence_file_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_on IS NOT NULL) AND (state = 'delivered') = (recorded_at IS NOT NULL)",
            name=op.f("ck_promised_benefit_delivered_is_dated"),
        ),
        sa.CheckConstraint(
            "state = 'delivered' OR (note IS NULL AND evidence_file_id IS NULL)",
            name=op.f("ck_promised_benefit_due_is_bare"),
        ),
        sa.CheckConstraint("fair_value_cents >= 0", name=op.f("ck_promised_benefit_value_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_promised_benefit_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_promised_benefit_contribution_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_file_id"], ["stored_file.id"], name=op.f("fk_promised_benefit_evidence_file_id")
        ),
        sa.ForeignKeyConstraint(["package_id"], ["sponsor_package.id"], name=op.f("fk_promised_benefit_package_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_promised_benefit_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promised_benefit")),
    )
    op.create_index(op.f("ix_promised_benefit_contribution_id"), "promised_benefit", ["contribution_id"], unique=False)
    op.create_index("ix_promised_benefit_due", "promised_benefit", ["state", "due_on"], unique=False)
    op.create_table(
        "package_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "order_id IS NOT NULL OR contribution_id IS NOT NULL", name=op.f("ck_package_choice_chosen_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_package_choice_contribution_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["checkout_order.id"], name=op.f("fk_package_choice_order_id")),
        sa.ForeignKeyConstraint(["package_id"], ["sponsor_package.id"], name=op.f("fk_package_choice_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_choice")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_package_choice_contribution_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_package_choice_order_id")),
    )
    op.create_index("ix_package_choice_package_id", "package_choice", ["package_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_package_choice_package_id", table_name="package_choice")
    op.drop_table("package_choice")
    op.drop_index("ix_promised_benefit_due", table_name="promised_benefit")
    op.drop_index(op.f("ix_promised_benefit_contribution_id"), table_name="promised_benefit")
    op.drop_table("promised_benefit")
    op.drop_index("ix_offer_contact_email", table_name="offer_contact")
    op.drop_table("offer_contact")
    op.drop_index(op.f("ix_package_benefit_package_id"), table_name="package_benefit")
    op.drop_table("package_benefit")
    op.drop_table("sponsor_package")
    op.drop_index("ix_receipt_bundle_person", table_name="receipt_bundle")
    op.drop_index("ix_receipt_bundle_expires_at", table_name="receipt_bundle")
    op.drop_table("receipt_bundle")
