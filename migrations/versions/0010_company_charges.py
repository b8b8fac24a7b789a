"""What the payment company takes of its own accord is kept until two people post it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.String(length=200), nullable=False),
        sa.Column("told_in_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "told",
                "explained",
                "posted",
                name="chargestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("explained_by_id", sa.Integer(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=True),
        sa.Column("fund_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("payout_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'told') = (reason IS NULL)", name=op.f("ck_company_charge_explained_has_reason")),
        sa.CheckConstraint(
            "(reason IS NULL) = (explained_by_id IS NULL)", name=op.f("ck_company_charge_explained_by_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'posted') = (entry_id IS NOT NULL) AND (state = 'posted') = (posted_by_id IS NOT NULL) "
            "AND (state = 'posted') = (fund_id IS NOT NULL)",
            name=op.f("ck_company_charge_posted_has_entry"),
        ),
        sa.CheckConstraint(
            "posted_by_id IS NULL OR posted_by_id <> explained_by_id", name=op.f("ck_company_charge_two_people")
        ),
        sa.ForeignKeyConstraint(["told_in_id"], ["payout.id"], name=op.f("fk_company_charge_told_in_id")),
        sa.ForeignKeyConstraint(
            ["explained_by_id"], ["user_account.id"], name=op.f("fk_company_charge_explained_by_id")
        ),
        sa.ForeignKeyConstraint(["posted_by_id"], ["user_account.id"], name=op.f("fk_company_charge_posted_by_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_company_charge_fund_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_company_charge_entry_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_company_charge_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_charge")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_company_charge_transaction_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_company_charge_entry_id")),
    )
    op.create_index("ix_company_charge_told_in", "company_charge", ["told_in_id", "id"])
    op.create_index("ix_company_charge_payout", "company_charge", ["payout_id", "id"])
    op.create_index("ix_company_charge_state", "company_charge", ["state", "id"])


def downgrade() -> None:
    op.drop_table("company_charge")
