"""What went back of a gift gets a credit note beside its fiscal receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WHOLE = "(credits_id IS NULL) = (credit_cents IS NULL) AND (credits_id IS NULL) = (note_number IS NULL)"
KEPT = (
    "id, receipt_id, state, xml_file_id, dated, is_generic, attempts, last_error, uuid, stamped_at, livemode, "
    "cancel_code, cancelled_at, created_at"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_with_notes)
    else:
        op.drop_constraint(op.f("uq_fiscal_receipt_receipt_id"), "fiscal_receipt", type_="unique")
        op.add_column("fiscal_receipt", sa.Column("credits_id", sa.Integer(), nullable=True))
        op.add_column("fiscal_receipt", sa.Column("credit_cents", sa.BigInteger(), nullable=True))
        op.add_column("fiscal_receipt", sa.Column("note_number", sa.Integer(), nullable=True))
        op.create_foreign_key(
            "fk_fiscal_receipt_credits_id", "fiscal_receipt", "fiscal_receipt", ["credits_id"], ["id"]
        )
        op.create_unique_constraint(
            op.f("uq_fiscal_receipt_credits_id_note_number"), "fiscal_receipt", ["credits_id", "note_number"]
        )
        op.create_check_constraint(op.f("ck_fiscal_receipt_note_is_whole"), "fiscal_receipt", WHOLE)
        op.create_check_constraint(
            op.f("ck_fiscal_receipt_credit_positive"), "fiscal_receipt", "credit_cents IS NULL OR credit_cents > 0"
        )
    op.create_index(
        "uq_fiscal_receipt_of_receipt",
        "fiscal_receipt",
        ["receipt_id"],
        unique=True,
        sqlite_where=sa.text("credits_id IS NULL"),
        postgresql_where=sa.text("credits_id IS NULL"),
    )
    op.create_index("ix_fiscal_receipt_receipt", "fiscal_receipt", ["receipt_id", "id"])


def downgrade() -> None:
    op.execute("DELETE FROM fiscal_receipt WHERE credits_id IS NOT NULL")
    op.drop_index("ix_fiscal_receipt_receipt", table_name="fiscal_receipt")
    op.drop_index("uq_fiscal_receipt_of_receipt", table_name="fiscal_receipt")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_without_notes)
        return
    op.drop_constraint(op.f("ck_fiscal_receipt_credit_positive"), "fiscal_receipt", type_="check")
    op.drop_constraint(op.f("ck_fiscal_receipt_note_is_whole"), "fiscal_receipt", type_="check")
    op.drop_constraint(op.f("uq_fiscal_receipt_credits_id_note_number"), "fiscal_receipt", type_="unique")
    op.drop_constraint(op.f("fk_fiscal_receipt_credits_id"), "fiscal_receipt", type_="foreignkey")
    for name in ("note_number", "credit_cents", "credits_id"):
        op.drop_column("fiscal_receipt", name)
    op.create_unique_constraint(op.f("uq_fiscal_receipt_receipt_id"), "fiscal_receipt", ["receipt_id"])


def _rebuild(create) -> None:
    """SQLite changes no constraint of a table that stands: the rows move to a new one."""
    op.drop_index("ix_fiscal_receipt_state", table_name="fiscal_receipt")
    op.rename_table("fiscal_receipt", "fiscal_receipt_before")
    create()
    op.execute(f"INSERT INTO fiscal_receipt ({KEPT}) SELECT {KEPT} FROM fiscal_receipt_before ORDER BY id")
    op.drop_table("fiscal_receipt_before")
    op.create_index("ix_fiscal_receipt_state", "fiscal_receipt", ["state", "id"], unique=False)


def _with_notes() -> None:
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
        sa.Column("credits_id", sa.Integer(), nullable=True),
        sa.Column("credit_cents", sa.BigInteger(), nullable=True),
        sa.Column("note_number", sa.Integer(), nullable=True),
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
        sa.CheckConstraint(WHOLE, name=op.f("ck_fiscal_receipt_note_is_whole")),
        sa.CheckConstraint("credit_cents IS NULL OR credit_cents > 0", name=op.f("ck_fiscal_receipt_credit_positive")),
        sa.ForeignKeyConstraint(["credits_id"], ["fiscal_receipt.id"], name=op.f("fk_fiscal_receipt_credits_id")),
        sa.UniqueConstraint("credits_id", "note_number", name=op.f("uq_fiscal_receipt_credits_id_note_number")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_fiscal_receipt_receipt_id")),
        sa.ForeignKeyConstraint(["xml_file_id"], ["stored_file.id"], name=op.f("fk_fiscal_receipt_xml_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_receipt")),
        sa.UniqueConstraint("uuid", name=op.f("uq_fiscal_receipt_uuid")),
    )


def _without_notes() -> None:
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
