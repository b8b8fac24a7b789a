"""What the public offers in kind is accepted by somebody of the trust, who says what it is worth, before it comes."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# The text of each trigger as it stood at this release; a test compares the schema with the models' own.
AFTER = {
    "sqlite": (
        """
CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution WHEN NEW.kind IS NOT OLD.kind OR NEW.form IS NOT OLD.form OR NEW.method IS NOT OLD.method OR NEW.fund_id IS NOT OLD.fund_id OR NEW.giver_user_id IS NOT OLD.giver_user_id OR NEW.giver_organisation_id IS NOT OLD.giver_organisation_id OR NEW.currency IS NOT OLD.currency OR NEW.idempotency_key IS NOT OLD.idempotency_key OR NEW.inputs_hash IS NOT OLD.inputs_hash OR NEW.created_at IS NOT OLD.created_at OR NEW.recorded_by IS NOT OLD.recorded_by OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id) OR (NEW.amount_cents IS NOT OLD.amount_cents AND (OLD.form <> 'in_kind' OR OLD.state <> 'offered' OR NEW.state <> 'offered' OR EXISTS (SELECT 1 FROM offer_acceptance a WHERE a.contribution_id = OLD.id))) OR (NEW.confirmed_by IS NOT NULL AND NEW.confirmed_by IS NOT OLD.confirmed_by AND EXISTS (SELECT 1 FROM offer_acceptance a WHERE a.contribution_id = OLD.id AND a.accepted_by_id = NEW.confirmed_by)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable contribution: what was given, by whom and into which fund stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION contribution_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.form IS DISTINCT FROM OLD.form OR NEW.method IS DISTINCT FROM OLD.method OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.giver_user_id IS DISTINCT FROM OLD.giver_user_id OR NEW.giver_organisation_id IS DISTINCT FROM OLD.giver_organisation_id OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.idempotency_key IS DISTINCT FROM OLD.idempotency_key OR NEW.inputs_hash IS DISTINCT FROM OLD.inputs_hash OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.recorded_by IS DISTINCT FROM OLD.recorded_by OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id) OR (NEW.amount_cents IS DISTINCT FROM OLD.amount_cents AND (OLD.form <> 'in_kind' OR OLD.state <> 'offered' OR NEW.state <> 'offered' OR EXISTS (SELECT 1 FROM offer_acceptance a WHERE a.contribution_id = OLD.id))) OR (NEW.confirmed_by IS NOT NULL AND NEW.confirmed_by IS DISTINCT FROM OLD.confirmed_by AND EXISTS (SELECT 1 FROM offer_acceptance a WHERE a.contribution_id = OLD.id AND a.accepted_by_id = NEW.confirmed_by)) THEN RAISE EXCEPTION 'ledger: immutable contribution: what was given, by whom and into which fund stays' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution FOR EACH ROW EXECUTE FUNCTION contribution_guard_update()
""",
    ),
}
BEFORE = {
    "sqlite": (
        """
CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution WHEN NEW.kind IS NOT OLD.kind OR NEW.form IS NOT OLD.form OR NEW.method IS NOT OLD.method OR NEW.fund_id IS NOT OLD.fund_id OR NEW.giver_user_id IS NOT OLD.giver_user_id OR NEW.giver_organisation_id IS NOT OLD.giver_organisation_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.idempotency_key IS NOT OLD.idempotency_key OR NEW.inputs_hash IS NOT OLD.inputs_hash OR NEW.created_at IS NOT OLD.created_at OR NEW.recorded_by IS NOT OLD.recorded_by OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable contribution: what was given, by whom and into which fund stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION contribution_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.form IS DISTINCT FROM OLD.form OR NEW.method IS DISTINCT FROM OLD.method OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.giver_user_id IS DISTINCT FROM OLD.giver_user_id OR NEW.giver_organisation_id IS DISTINCT FROM OLD.giver_organisation_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.idempotency_key IS DISTINCT FROM OLD.idempotency_key OR NEW.inputs_hash IS DISTINCT FROM OLD.inputs_hash OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.recorded_by IS DISTINCT FROM OLD.recorded_by OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id) THEN RAISE EXCEPTION 'ledger: immutable contribution: what was given, by whom and into which fund stays' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution FOR EACH ROW EXECUTE FUNCTION contribution_guard_update()
""",
    ),
}
KEEPING = {
    "sqlite": (
        """
CREATE TRIGGER offer_acceptance_keeps_update BEFORE UPDATE ON offer_acceptance WHEN NEW.contribution_id IS NOT OLD.contribution_id OR NEW.offered_cents IS NOT OLD.offered_cents OR NEW.valuation IS NOT OLD.valuation OR NEW.valuation_note IS NOT OLD.valuation_note OR NEW.evidence_file_id IS NOT OLD.evidence_file_id OR NEW.accepted_by_id IS NOT OLD.accepted_by_id OR NEW.accepted_at IS NOT OLD.accepted_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of offer_acceptance says stays'); END
""",
        """
CREATE TRIGGER offer_acceptance_keeps_delete BEFORE DELETE ON offer_acceptance BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of offer_acceptance says stays'); END
""",
        """
CREATE TRIGGER offer_acceptance_keeps_insert BEFORE INSERT ON offer_acceptance WHEN EXISTS (SELECT 1 FROM offer_acceptance WHERE id = NEW.id OR contribution_id = NEW.contribution_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of offer_acceptance says stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION offer_acceptance_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of offer_acceptance says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER offer_acceptance_keeps_update BEFORE UPDATE ON offer_acceptance FOR EACH ROW WHEN (NEW.contribution_id IS DISTINCT FROM OLD.contribution_id OR NEW.offered_cents IS DISTINCT FROM OLD.offered_cents OR NEW.valuation IS DISTINCT FROM OLD.valuation OR NEW.valuation_note IS DISTINCT FROM OLD.valuation_note OR NEW.evidence_file_id IS DISTINCT FROM OLD.evidence_file_id OR NEW.accepted_by_id IS DISTINCT FROM OLD.accepted_by_id OR NEW.accepted_at IS DISTINCT FROM OLD.accepted_at) EXECUTE FUNCTION offer_acceptance_keeps_update()
""",
        """
CREATE FUNCTION offer_acceptance_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of offer_acceptance says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER offer_acceptance_keeps_delete BEFORE DELETE ON offer_acceptance FOR EACH ROW EXECUTE FUNCTION offer_acceptance_keeps_delete()
""",
        """
CREATE FUNCTION offer_acceptance_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable offer_acceptance cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER offer_acceptance_no_truncate BEFORE TRUNCATE ON offer_acceptance FOR EACH STATEMENT EXECUTE FUNCTION offer_acceptance_no_truncate()
""",
    ),
}
FUNCTIONS = ("offer_acceptance_keeps_update", "offer_acceptance_keeps_delete", "offer_acceptance_no_truncate")
TECHNIQUES = ("invoice", "market_price", "appraisal", "published_rate")


def upgrade() -> None:
    op.create_table(
        "offer_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("offered_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "valuation",
            sa.Enum(
                *TECHNIQUES, name="valuationtechnique_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("valuation_note", sa.Text(), nullable=False),
        sa.Column("evidence_file_id", sa.Integer(), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_offer_acceptance_contribution_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_file_id"], ["stored_file.id"], name=op.f("fk_offer_acceptance_evidence_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["user_account.id"], name=op.f("fk_offer_acceptance_accepted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_acceptance")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_offer_acceptance_contribution_id")),
    )
    replace_guard(AFTER)
    for statement in KEEPING[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    replace_guard(BEFORE)
    op.drop_table("offer_acceptance")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")


def replace_guard(texts: dict[str, tuple[str, ...]]) -> None:
    """Put one text of the contribution's guard in the place of the other."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER contribution_guard_update")
    else:
        op.execute("DROP TRIGGER contribution_guard_update ON contribution")
        op.execute("DROP FUNCTION contribution_guard_update()")
    for statement in texts[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)
