"""A fund ends when two people agree and nothing is left in it; from then on no entry touches it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
    CREATE TRIGGER fund_guard_close BEFORE UPDATE ON fund WHEN (OLD.state = 'closed' AND NEW.state <> 'closed') OR (OLD.state = 'open' AND NEW.state = 'closed' AND (NOT EXISTS (SELECT 1 FROM fund_closing WHERE fund_id = OLD.id AND state = 'granted') OR EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code WHERE b.fund_id = OLD.id AND b.balance_cents <> 0 AND (a.kind IN ('asset', 'liability') OR a.available_sign <> 0)))) BEGIN SELECT RAISE(ABORT, 'ledger: closed_fund two people close a fund that holds nothing, and nobody opens it again'); END
    """,
        """
    CREATE TRIGGER journal_entry_guard_closed_fund BEFORE UPDATE ON journal_entry WHEN OLD.state = 'draft' AND NEW.state = 'posted' AND EXISTS (SELECT 1 FROM posting p JOIN fund f ON f.id = p.fund_id WHERE p.entry_id = NEW.id AND f.state = 'closed') BEGIN SELECT RAISE(ABORT, 'ledger: closed_fund the fund is closed'); END
    """,
        """
    CREATE TRIGGER fund_closing_guard_delete BEFORE DELETE ON fund_closing BEGIN SELECT RAISE(ABORT, 'ledger: immutable what was asked cannot be deleted'); END
    """,
        """
    CREATE TRIGGER fund_closing_no_replace BEFORE INSERT ON fund_closing WHEN EXISTS (SELECT 1 FROM fund_closing WHERE id = NEW.id OR (fund_id = NEW.fund_id AND state IN ('asked', 'granted') AND NEW.state IN ('asked', 'granted'))) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what was asked cannot be deleted'); END
    """,
        """
    CREATE TRIGGER fund_closing_guard_update BEFORE UPDATE ON fund_closing WHEN OLD.state <> 'asked' OR NEW.id <> OLD.id OR NEW.fund_id <> OLD.fund_id OR NEW.reason <> OLD.reason OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at OR COALESCE(NEW.target_fund_id, 0) <> COALESCE(OLD.target_fund_id, 0) OR COALESCE(NEW.consent_file_id, 0) <> COALESCE(OLD.consent_file_id, 0) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what was asked and decided stays'); END
    """,
        """
    CREATE TRIGGER fund_closing_guard_insert BEFORE INSERT ON fund_closing WHEN NEW.state <> 'asked' BEGIN SELECT RAISE(ABORT, 'ledger: closed_fund it starts as a question'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION fund_guard_close() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (OLD.state = 'closed' AND NEW.state <> 'closed') OR (OLD.state = 'open' AND NEW.state = 'closed' AND (NOT EXISTS (SELECT 1 FROM fund_closing WHERE fund_id = OLD.id AND state = 'granted') OR EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code WHERE b.fund_id = OLD.id AND b.balance_cents <> 0 AND (a.kind IN ('asset', 'liability') OR a.available_sign <> 0)))) THEN RAISE EXCEPTION 'ledger: closed_fund two people close a fund that holds nothing, and nobody opens it again' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fund_guard_close BEFORE UPDATE ON fund FOR EACH ROW EXECUTE FUNCTION fund_guard_close()
    """,
        """
    CREATE FUNCTION journal_entry_guard_closed_fund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'draft' AND NEW.state = 'posted' AND EXISTS (SELECT 1 FROM posting p JOIN fund f ON f.id = p.fund_id WHERE p.entry_id = NEW.id AND f.state = 'closed') THEN RAISE EXCEPTION 'ledger: closed_fund the fund is closed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER journal_entry_guard_closed_fund BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_guard_closed_fund()
    """,
        """
    CREATE FUNCTION fund_closing_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what was asked cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER fund_closing_guard_delete BEFORE DELETE ON fund_closing FOR EACH ROW EXECUTE FUNCTION fund_closing_guard_delete()
    """,
        """
    CREATE FUNCTION fund_closing_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'asked' OR NEW.id <> OLD.id OR NEW.fund_id <> OLD.fund_id OR NEW.reason <> OLD.reason OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at OR COALESCE(NEW.target_fund_id, 0) <> COALESCE(OLD.target_fund_id, 0) OR COALESCE(NEW.consent_file_id, 0) <> COALESCE(OLD.consent_file_id, 0) THEN RAISE EXCEPTION 'ledger: immutable what was asked and decided stays' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fund_closing_guard_update BEFORE UPDATE ON fund_closing FOR EACH ROW EXECUTE FUNCTION fund_closing_guard_update()
    """,
        """
    CREATE FUNCTION fund_closing_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state <> 'asked' THEN RAISE EXCEPTION 'ledger: closed_fund it starts as a question' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fund_closing_guard_insert BEFORE INSERT ON fund_closing FOR EACH ROW EXECUTE FUNCTION fund_closing_guard_insert()
    """,
    ),
}
FUNCTIONS = {
    "fund_guard_close": "fund",
    "journal_entry_guard_closed_fund": "journal_entry",
    "fund_closing_guard_delete": "fund_closing",
    "fund_closing_guard_update": "fund_closing",
    "fund_closing_guard_insert": "fund_closing",
}
WAITING = "state IN ('asked', 'granted')"


def upgrade() -> None:
    op.create_table(
        "fund_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("target_fund_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("consent_file_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                "withdrawn",
                name="fundclosingstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state <> 'granted' OR (decided_by_id IS NOT NULL AND decided_by_id <> asked_by_id)",
            name=op.f("ck_fund_closing_two_people"),
        ),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_fund_closing_decided_has_moment")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_fund_closing_reason_given")),
        sa.CheckConstraint(
            "target_fund_id IS NULL OR target_fund_id <> fund_id", name=op.f("ck_fund_closing_elsewhere")
        ),
        sa.CheckConstraint(
            "entry_id IS NULL OR (state = 'granted' AND target_fund_id IS NOT NULL)",
            name=op.f("ck_fund_closing_entry_granted"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_closing_fund_id")),
        sa.ForeignKeyConstraint(["target_fund_id"], ["fund.id"], name=op.f("fk_fund_closing_target_fund_id")),
        sa.ForeignKeyConstraint(["consent_file_id"], ["stored_file.id"], name=op.f("fk_fund_closing_consent_file_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_fund_closing_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_fund_closing_decided_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_fund_closing_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_closing")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_fund_closing_entry_id")),
    )
    op.create_index(
        "uq_fund_closing_waiting",
        "fund_closing",
        ["fund_id"],
        unique=True,
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    op.create_index("ix_fund_closing_fund", "fund_closing", ["fund_id", "id"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in FUNCTIONS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("fund_closing")
