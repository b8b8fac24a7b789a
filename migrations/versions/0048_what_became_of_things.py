"""What came in kind was used in a programme or sold for it: which, and the accounts that a sale needs."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

# The text of each trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER in_kind_outcome_keeps_update BEFORE UPDATE ON in_kind_outcome WHEN NEW.contribution_id IS NOT OLD.contribution_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.monetised IS NOT OLD.monetised OR NEW.programme_es IS NOT OLD.programme_es OR NEW.programme_en IS NOT OLD.programme_en BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of in_kind_outcome says stays'); END
""",
        """
CREATE TRIGGER in_kind_outcome_keeps_delete BEFORE DELETE ON in_kind_outcome BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of in_kind_outcome says stays'); END
""",
        """
CREATE TRIGGER in_kind_outcome_keeps_insert BEFORE INSERT ON in_kind_outcome WHEN EXISTS (SELECT 1 FROM in_kind_outcome WHERE id = NEW.id OR entry_id = NEW.entry_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of in_kind_outcome says stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION in_kind_outcome_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of in_kind_outcome says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER in_kind_outcome_keeps_update BEFORE UPDATE ON in_kind_outcome FOR EACH ROW WHEN (NEW.contribution_id IS DISTINCT FROM OLD.contribution_id OR NEW.entry_id IS DISTINCT FROM OLD.entry_id OR NEW.monetised IS DISTINCT FROM OLD.monetised OR NEW.programme_es IS DISTINCT FROM OLD.programme_es OR NEW.programme_en IS DISTINCT FROM OLD.programme_en) EXECUTE FUNCTION in_kind_outcome_keeps_update()
""",
        """
CREATE FUNCTION in_kind_outcome_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of in_kind_outcome says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER in_kind_outcome_keeps_delete BEFORE DELETE ON in_kind_outcome FOR EACH ROW EXECUTE FUNCTION in_kind_outcome_keeps_delete()
""",
        """
CREATE FUNCTION in_kind_outcome_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable in_kind_outcome cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER in_kind_outcome_no_truncate BEFORE TRUNCATE ON in_kind_outcome FOR EACH STATEMENT EXECUTE FUNCTION in_kind_outcome_no_truncate()
""",
    ),
}
FUNCTIONS = ("in_kind_outcome_keeps_update", "in_kind_outcome_keeps_delete", "in_kind_outcome_no_truncate")
ACCOUNTS = (
    ("4.3.1", "income", {"es": "Venta de lo recibido en especie", "en": "Sale of what came in kind"}),
    ("5.3.2", "expense", {"es": "Especie vendida, al valor de entrada", "en": "In-kind contributions sold, at entry value"}),
)
account = sa.table(
    "account",
    sa.column("code", sa.String),
    sa.column("kind", sa.String),
    sa.column("available_sign", sa.Integer),
    sa.column("name", sa.JSON),
)


def upgrade() -> None:
    op.create_table(
        "in_kind_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("monetised", sa.Boolean(), nullable=False),
        sa.Column("programme_es", sa.String(length=200), nullable=False),
        sa.Column("programme_en", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_in_kind_outcome_contribution_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_in_kind_outcome_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_kind_outcome")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_in_kind_outcome_entry_id")),
    )
    op.create_index(op.f("ix_in_kind_outcome_contribution_id"), "in_kind_outcome", ["contribution_id"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)
    known = set(op.get_bind().execute(sa.select(account.c.code).order_by(account.c.code)).scalars())
    if known:  # a new database gets its whole chart at once
        for code, kind, name in ACCOUNTS:
            if code not in known:
                row = {"code": code, "kind": kind, "available_sign": 0, "name": name}
                op.get_bind().execute(sa.insert(account).values(row))


def downgrade() -> None:
    # The two accounts stay: no account is ever deleted, and without entries they show nowhere.
    op.drop_table("in_kind_outcome")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
