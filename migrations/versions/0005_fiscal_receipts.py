"""Fiscal receipts, and the tax data a giver hands us for one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fiscal_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "stamped",
                "cancelled",
                name="fiscalstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("xml_file_id", sa.Integer(), nullable=True),
        sa.Column("dated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_generic", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("uuid", sa.String(length=36), nullable=True),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column(
            "cancel_code",
            sa.Enum("02", "03", name="cancelcode_known", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'draft' OR uuid IS NULL", name=op.f("ck_fiscal_receipt_draft_has_no_uuid")),
        sa.CheckConstraint("state <> 'stamped' OR uuid IS NOT NULL", name=op.f("ck_fiscal_receipt_stamped_has_uuid")),
        sa.CheckConstraint("(uuid IS NULL) = (stamped_at IS NULL)", name=op.f("ck_fiscal_receipt_stamp_has_moment")),
        sa.CheckConstraint("uuid IS NULL OR xml_file_id IS NOT NULL", name=op.f("ck_fiscal_receipt_stamped_has_file")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_fiscal_receipt_cancelled_has_moment")
        ),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR cancel_code IS NOT NULL", name=op.f("ck_fiscal_receipt_cancelled_has_code")
        ),
        sa.CheckConstraint("(xml_file_id IS NULL) = (dated IS NULL)", name=op.f("ck_fiscal_receipt_file_is_dated")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_fiscal_receipt_attempts_not_negative")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_fiscal_receipt_receipt_id")),
        sa.ForeignKeyConstraint(["xml_file_id"], ["stored_file.id"], name=op.f("fk_fiscal_receipt_xml_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_receipt")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_fiscal_receipt_receipt_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_fiscal_receipt_uuid")),
    )
    op.create_index("ix_fiscal_receipt_state", "fiscal_receipt", ["state", "id"], unique=False)
    op.create_table(
        "invoice_details",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("rfc", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=254), nullable=False),
        sa.Column("regime", sa.String(length=3), nullable=False),
        sa.Column("postal_code", sa.String(length=5), nullable=False),
        sa.Column("use", sa.String(length=4), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(order_id IS NULL) <> (contribution_id IS NULL)", name=op.f("ck_invoice_details_of_one_gift")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_invoice_details_contribution_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["checkout_order.id"], name=op.f("fk_invoice_details_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_details")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_invoice_details_contribution_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoice_details_order_id")),
    )
    op.create_index("ix_invoice_details_given_at", "invoice_details", ["given_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_invoice_details_given_at", table_name="invoice_details")
    op.drop_table("invoice_details")
    op.drop_index("ix_fiscal_receipt_state", table_name="fiscal_receipt")
    op.drop_table("fiscal_receipt")
