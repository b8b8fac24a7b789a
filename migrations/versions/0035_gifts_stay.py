"""What was given, by whom and into which fund stays, whoever asks the database to change it."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution WHEN NEW.kind IS NOT OLD.kind OR NEW.form IS NOT OLD.form OR NEW.method IS NOT OLD.method OR NEW.fund_id IS NOT OLD.fund_id OR NEW.giver_user_id IS NOT OLD.giver_user_id OR NEW.giver_organisation_id IS NOT OLD.giver_organisation_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.idempotency_key IS NOT OLD.idempotency_key OR NEW.inputs_hash IS NOT OLD.inputs_hash OR NEW.created_at IS NOT OLD.created_at OR NEW.recorded_by IS NOT OLD.recorded_by OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable contribution: what was given, by whom and into which fund stays'); END
""",
        """
CREATE TRIGGER contribution_guard_delete BEFORE DELETE ON contribution BEGIN SELECT RAISE(ABORT, 'ledger: immutable contribution: what was given, by whom and into which fund stays'); END
""",
        """
CREATE TRIGGER contribution_guard_replace BEFORE INSERT ON contribution WHEN EXISTS (SELECT 1 FROM contribution WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key OR entry_id = NEW.entry_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable contribution: what was given, by whom and into which fund stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION contribution_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.form IS DISTINCT FROM OLD.form OR NEW.method IS DISTINCT FROM OLD.method OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.giver_user_id IS DISTINCT FROM OLD.giver_user_id OR NEW.giver_organisation_id IS DISTINCT FROM OLD.giver_organisation_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.idempotency_key IS DISTINCT FROM OLD.idempotency_key OR NEW.inputs_hash IS DISTINCT FROM OLD.inputs_hash OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.recorded_by IS DISTINCT FROM OLD.recorded_by OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id) THEN RAISE EXCEPTION 'ledger: immutable contribution: what was given, by whom and into which fund stays' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution FOR EACH ROW EXECUTE FUNCTION contribution_guard_update()
""",
        """
CREATE FUNCTION contribution_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable contribution: what was given, by whom and into which fund stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER contribution_guard_delete BEFORE DELETE ON contribution FOR EACH ROW EXECUTE FUNCTION contribution_guard_delete()
""",
    ),
}
NAMES = ("contribution_guard_update", "contribution_guard_delete", "contribution_guard_replace")


def upgrade() -> None:
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in NAMES:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in NAMES[:2]:
        op.execute(f"DROP TRIGGER {name} ON contribution")
        op.execute(f"DROP FUNCTION {name}()")
