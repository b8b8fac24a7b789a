"""What was promised to calls, bound to awards and ordered of the bank stays as it was said."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER allocation_keeps_update BEFORE UPDATE ON allocation WHEN NEW.call_id IS NOT OLD.call_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.rank IS NOT OLD.rank OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.allocated_at IS NOT OLD.allocated_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of allocation says stays'); END
""",
        """
CREATE TRIGGER allocation_keeps_delete BEFORE DELETE ON allocation BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of allocation says stays'); END
""",
        """
CREATE TRIGGER allocation_keeps_insert BEFORE INSERT ON allocation WHEN EXISTS (SELECT 1 FROM allocation WHERE id = NEW.id OR (call_id = NEW.call_id AND fund_id = NEW.fund_id)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of allocation says stays'); END
""",
        """
CREATE TRIGGER commitment_keeps_update BEFORE UPDATE ON commitment WHEN NEW.award_id IS NOT OLD.award_id OR NEW.allocation_id IS NOT OLD.allocation_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.committed_on IS NOT OLD.committed_on BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of commitment says stays'); END
""",
        """
CREATE TRIGGER commitment_keeps_delete BEFORE DELETE ON commitment BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of commitment says stays'); END
""",
        """
CREATE TRIGGER commitment_keeps_insert BEFORE INSERT ON commitment WHEN EXISTS (SELECT 1 FROM commitment WHERE id = NEW.id OR (award_id = NEW.award_id AND allocation_id = NEW.allocation_id)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of commitment says stays'); END
""",
        """
CREATE TRIGGER payment_order_keeps_update BEFORE UPDATE ON payment_order WHEN NEW.award_id IS NOT OLD.award_id OR NEW.tranche_id IS NOT OLD.tranche_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.prepared_by_id IS NOT OLD.prepared_by_id OR NEW.prepared_at IS NOT OLD.prepared_at OR (OLD.authorised_by_id IS NOT NULL AND NEW.authorised_by_id IS NOT OLD.authorised_by_id) OR (OLD.authorised_at IS NOT NULL AND NEW.authorised_at IS NOT OLD.authorised_at) OR (OLD.paid_on IS NOT NULL AND NEW.paid_on IS NOT OLD.paid_on) OR (OLD.bank_reference IS NOT NULL AND NEW.bank_reference IS NOT OLD.bank_reference) OR (OLD.cancelled_reason IS NOT NULL AND NEW.cancelled_reason IS NOT OLD.cancelled_reason) OR (OLD.paid_on IS NOT NULL AND (NEW.state IS NOT OLD.state)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payment_order says stays'); END
""",
        """
CREATE TRIGGER payment_order_keeps_delete BEFORE DELETE ON payment_order BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payment_order says stays'); END
""",
        """
CREATE TRIGGER payment_order_keeps_insert BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM payment_order WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payment_order says stays'); END
""",
        """
CREATE TRIGGER payment_share_keeps_update BEFORE UPDATE ON payment_share WHEN NEW.order_id IS NOT OLD.order_id OR NEW.commitment_id IS NOT OLD.commitment_id OR NEW.amount_cents IS NOT OLD.amount_cents BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payment_share says stays'); END
""",
        """
CREATE TRIGGER payment_share_keeps_delete BEFORE DELETE ON payment_share BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payment_share says stays'); END
""",
        """
CREATE TRIGGER payment_share_keeps_insert BEFORE INSERT ON payment_share WHEN EXISTS (SELECT 1 FROM payment_share WHERE id = NEW.id OR (order_id = NEW.order_id AND commitment_id = NEW.commitment_id)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payment_share says stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION allocation_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of allocation says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER allocation_keeps_update BEFORE UPDATE ON allocation FOR EACH ROW WHEN (NEW.call_id IS DISTINCT FROM OLD.call_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.rank IS DISTINCT FROM OLD.rank OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.allocated_at IS DISTINCT FROM OLD.allocated_at) EXECUTE FUNCTION allocation_keeps_update()
""",
        """
CREATE FUNCTION allocation_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of allocation says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER allocation_keeps_delete BEFORE DELETE ON allocation FOR EACH ROW EXECUTE FUNCTION allocation_keeps_delete()
""",
        """
CREATE FUNCTION allocation_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable allocation cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER allocation_no_truncate BEFORE TRUNCATE ON allocation FOR EACH STATEMENT EXECUTE FUNCTION allocation_no_truncate()
""",
        """
CREATE FUNCTION commitment_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of commitment says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER commitment_keeps_update BEFORE UPDATE ON commitment FOR EACH ROW WHEN (NEW.award_id IS DISTINCT FROM OLD.award_id OR NEW.allocation_id IS DISTINCT FROM OLD.allocation_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.entry_id IS DISTINCT FROM OLD.entry_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.committed_on IS DISTINCT FROM OLD.committed_on) EXECUTE FUNCTION commitment_keeps_update()
""",
        """
CREATE FUNCTION commitment_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of commitment says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER commitment_keeps_delete BEFORE DELETE ON commitment FOR EACH ROW EXECUTE FUNCTION commitment_keeps_delete()
""",
        """
CREATE FUNCTION commitment_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable commitment cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER commitment_no_truncate BEFORE TRUNCATE ON commitment FOR EACH STATEMENT EXECUTE FUNCTION commitment_no_truncate()
""",
        """
CREATE FUNCTION payment_order_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of payment_order says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payment_order_keeps_update BEFORE UPDATE ON payment_order FOR EACH ROW WHEN (NEW.award_id IS DISTINCT FROM OLD.award_id OR NEW.tranche_id IS DISTINCT FROM OLD.tranche_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.prepared_by_id IS DISTINCT FROM OLD.prepared_by_id OR NEW.prepared_at IS DISTINCT FROM OLD.prepared_at OR (OLD.authorised_by_id IS NOT NULL AND NEW.authorised_by_id IS DISTINCT FROM OLD.authorised_by_id) OR (OLD.authorised_at IS NOT NULL AND NEW.authorised_at IS DISTINCT FROM OLD.authorised_at) OR (OLD.paid_on IS NOT NULL AND NEW.paid_on IS DISTINCT FROM OLD.paid_on) OR (OLD.bank_reference IS NOT NULL AND NEW.bank_reference IS DISTINCT FROM OLD.bank_reference) OR (OLD.cancelled_reason IS NOT NULL AND NEW.cancelled_reason IS DISTINCT FROM OLD.cancelled_reason) OR (OLD.paid_on IS NOT NULL AND (NEW.state IS DISTINCT FROM OLD.state))) EXECUTE FUNCTION payment_order_keeps_update()
""",
        """
CREATE FUNCTION payment_order_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of payment_order says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payment_order_keeps_delete BEFORE DELETE ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_keeps_delete()
""",
        """
CREATE FUNCTION payment_order_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable payment_order cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payment_order_no_truncate BEFORE TRUNCATE ON payment_order FOR EACH STATEMENT EXECUTE FUNCTION payment_order_no_truncate()
""",
        """
CREATE FUNCTION payment_share_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of payment_share says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payment_share_keeps_update BEFORE UPDATE ON payment_share FOR EACH ROW WHEN (NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.commitment_id IS DISTINCT FROM OLD.commitment_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents) EXECUTE FUNCTION payment_share_keeps_update()
""",
        """
CREATE FUNCTION payment_share_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of payment_share says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payment_share_keeps_delete BEFORE DELETE ON payment_share FOR EACH ROW EXECUTE FUNCTION payment_share_keeps_delete()
""",
        """
CREATE FUNCTION payment_share_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable payment_share cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payment_share_no_truncate BEFORE TRUNCATE ON payment_share FOR EACH STATEMENT EXECUTE FUNCTION payment_share_no_truncate()
""",
    ),
}
# Each trigger and its table; SQLite has no TRUNCATE, and PostgreSQL nothing that replaces a row.
NAMES = {
    "allocation_keeps_update": "allocation",
    "allocation_keeps_delete": "allocation",
    "allocation_keeps_insert": "allocation",
    "allocation_no_truncate": "allocation",
    "commitment_keeps_update": "commitment",
    "commitment_keeps_delete": "commitment",
    "commitment_keeps_insert": "commitment",
    "commitment_no_truncate": "commitment",
    "payment_order_keeps_update": "payment_order",
    "payment_order_keeps_delete": "payment_order",
    "payment_order_keeps_insert": "payment_order",
    "payment_order_no_truncate": "payment_order",
    "payment_share_keeps_update": "payment_share",
    "payment_share_keeps_delete": "payment_share",
    "payment_share_keeps_insert": "payment_share",
    "payment_share_no_truncate": "payment_share",
}


def upgrade() -> None:
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in NAMES:
            if not name.endswith("_no_truncate"):
                op.execute(f"DROP TRIGGER {name}")
        return
    for name, table in NAMES.items():
        if not name.endswith("_keeps_insert"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
