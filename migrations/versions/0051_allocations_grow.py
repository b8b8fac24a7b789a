"""A fund may give a call more than it did at first, never less."""

from alembic import op

revision = "0051"
down_revision = "0053"
branch_labels = None
depends_on = None

# The text of the trigger as it stood at this release and before; a test compares the schema with the models' own.
STAYS = {
    "sqlite": "NEW.call_id IS NOT OLD.call_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.rank IS NOT OLD.rank",
    "postgresql": (
        "NEW.call_id IS DISTINCT FROM OLD.call_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id"
        " OR NEW.rank IS DISTINCT FROM OLD.rank"
    ),
}
REST = {
    "sqlite": "NEW.currency IS NOT OLD.currency OR NEW.allocated_at IS NOT OLD.allocated_at",
    "postgresql": "NEW.currency IS DISTINCT FROM OLD.currency OR NEW.allocated_at IS DISTINCT FROM OLD.allocated_at",
}
SAME_AMOUNT = {
    "sqlite": "NEW.amount_cents IS NOT OLD.amount_cents",
    "postgresql": "NEW.amount_cents IS DISTINCT FROM OLD.amount_cents",
}
NO_LESS = "NEW.amount_cents < OLD.amount_cents"


def _replace(condition: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER allocation_keeps_update" + ("" if sqlite else " ON allocation"))
    head = "CREATE TRIGGER allocation_keeps_update BEFORE UPDATE ON allocation"
    refusal = "BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of allocation says stays'); END"
    op.get_bind().exec_driver_sql(
        f"{head} WHEN {condition} {refusal}"
        if sqlite
        else f"{head} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION allocation_keeps_update()"
    )


def upgrade() -> None:
    """Let the amount grow."""
    engine = op.get_bind().dialect.name
    _replace(f"{STAYS[engine]} OR {REST[engine]} OR {NO_LESS}")


def downgrade() -> None:
    """Let it stand still again."""
    engine = op.get_bind().dialect.name
    _replace(f"{STAYS[engine]} OR {SAME_AMOUNT[engine]} OR {REST[engine]}")
