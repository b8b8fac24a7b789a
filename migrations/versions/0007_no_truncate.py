"""Nobody empties a table of the books whole: PostgreSQL's TRUNCATE asks no trigger of any row."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "audit_event", "account", "fund", "fiscal_period", "journal_entry", "posting", "account_balance", "receipt",
)  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # it has no such statement
    for table in TABLES:
        name = f"{table}_no_truncate"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION 'ledger: immutable {table} cannot be emptied' USING ERRCODE = 'check_violation'; "
            "END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.execute(f"DROP FUNCTION {table}_no_truncate()")
