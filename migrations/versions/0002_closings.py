"""Every closing of the books keeps its proof and its act; a closed month opens again when two people agree."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
    CREATE TRIGGER period_closing_guard_delete BEFORE DELETE ON period_closing BEGIN SELECT RAISE(ABORT, 'ledger: immutable a closing cannot be deleted'); END
    """,
        """
    CREATE TRIGGER period_closing_no_replace BEFORE INSERT ON period_closing WHEN EXISTS (SELECT 1 FROM period_closing WHERE id = NEW.id OR (reopening_id = NEW.reopening_id AND month = NEW.month)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable a closing cannot be deleted'); END
    """,
        """
    CREATE TRIGGER period_closing_guard_update BEFORE UPDATE ON period_closing BEGIN SELECT RAISE(ABORT, 'ledger: immutable a closing cannot be changed'); END
    """,
        """
    CREATE TRIGGER period_closing_guard_insert BEFORE INSERT ON period_closing WHEN NEW.action = 'reopened' AND NOT EXISTS (SELECT 1 FROM period_reopening r JOIN fiscal_period p ON p.id = r.period_id WHERE r.id = NEW.reopening_id AND r.state = 'granted' AND p.year = NEW.year AND (p.month = NEW.month OR NEW.month = 0)) BEGIN SELECT RAISE(ABORT, 'ledger: reopening two people must have agreed to it'); END
    """,
        """
    CREATE TRIGGER period_reopening_guard_delete BEFORE DELETE ON period_reopening BEGIN SELECT RAISE(ABORT, 'ledger: immutable what was asked cannot be deleted'); END
    """,
        """
    CREATE TRIGGER period_reopening_no_replace BEFORE INSERT ON period_reopening WHEN EXISTS (SELECT 1 FROM period_reopening WHERE id = NEW.id OR (period_id = NEW.period_id AND state = 'asked' AND NEW.state = 'asked')) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what was asked cannot be deleted'); END
    """,
        """
    CREATE TRIGGER period_reopening_guard_update BEFORE UPDATE ON period_reopening WHEN OLD.state <> 'asked' OR NEW.id <> OLD.id OR NEW.period_id <> OLD.period_id OR NEW.reason <> OLD.reason OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what was asked and decided stays'); END
    """,
        """
    CREATE TRIGGER period_reopening_guard_insert BEFORE INSERT ON period_reopening WHEN NEW.state <> 'asked' BEGIN SELECT RAISE(ABORT, 'ledger: reopening it starts as a question'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION period_closing_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable a closing cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER period_closing_guard_delete BEFORE DELETE ON period_closing FOR EACH ROW EXECUTE FUNCTION period_closing_guard_delete()
    """,
        """
    CREATE FUNCTION period_closing_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable a closing cannot be changed' USING ERRCODE = 'check_violation'; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER period_closing_guard_update BEFORE UPDATE ON period_closing FOR EACH ROW EXECUTE FUNCTION period_closing_guard_update()
    """,
        """
    CREATE FUNCTION period_closing_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.action = 'reopened' AND NOT EXISTS (SELECT 1 FROM period_reopening r JOIN fiscal_period p ON p.id = r.period_id WHERE r.id = NEW.reopening_id AND r.state = 'granted' AND p.year = NEW.year AND (p.month = NEW.month OR NEW.month = 0)) THEN RAISE EXCEPTION 'ledger: reopening two people must have agreed to it' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER period_closing_guard_insert BEFORE INSERT ON period_closing FOR EACH ROW EXECUTE FUNCTION period_closing_guard_insert()
    """,
        """
    CREATE FUNCTION period_reopening_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what was asked cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER period_reopening_guard_delete BEFORE DELETE ON period_reopening FOR EACH ROW EXECUTE FUNCTION period_reopening_guard_delete()
    """,
        """
    CREATE FUNCTION period_reopening_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'asked' OR NEW.id <> OLD.id OR NEW.period_id <> OLD.period_id OR NEW.reason <> OLD.reason OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_at <> OLD.asked_at THEN RAISE EXCEPTION 'ledger: immutable what was asked and decided stays' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER period_reopening_guard_update BEFORE UPDATE ON period_reopening FOR EACH ROW EXECUTE FUNCTION period_reopening_guard_update()
    """,
        """
    CREATE FUNCTION period_reopening_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state <> 'asked' THEN RAISE EXCEPTION 'ledger: reopening it starts as a question' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER period_reopening_guard_insert BEFORE INSERT ON period_reopening FOR EACH ROW EXECUTE FUNCTION period_reopening_guard_insert()
    """,
    ),
}
# What may happen to a closed month: nothing before, and from here on a reopening that its history tells of.
GUARD = {
    "sqlite": (
        """
    CREATE TRIGGER fiscal_period_guard_update BEFORE UPDATE ON fiscal_period WHEN OLD.state = 'closed' AND NOT (NEW.state = 'open' AND NEW.id = OLD.id AND NEW.year = OLD.year AND NEW.month = OLD.month AND COALESCE((SELECT action FROM period_closing WHERE period_id = OLD.id ORDER BY id DESC LIMIT 1), '') = 'reopened' AND NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'closed' AND (year > OLD.year OR (year = OLD.year AND month > OLD.month)))) BEGIN SELECT RAISE(ABORT, 'ledger: closed_period a closed period stays closed'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION fiscal_period_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'closed' AND NOT (NEW.state = 'open' AND NEW.id = OLD.id AND NEW.year = OLD.year AND NEW.month = OLD.month AND COALESCE((SELECT action FROM period_closing WHERE period_id = OLD.id ORDER BY id DESC LIMIT 1), '') = 'reopened' AND NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'closed' AND (year > OLD.year OR (year = OLD.year AND month > OLD.month)))) THEN RAISE EXCEPTION 'ledger: closed_period a closed period stays closed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fiscal_period_guard_update BEFORE UPDATE ON fiscal_period FOR EACH ROW EXECUTE FUNCTION fiscal_period_guard_update()
    """,
    ),
}
GUARD_BEFORE = {
    "sqlite": (
        """
    CREATE TRIGGER fiscal_period_guard_update BEFORE UPDATE ON fiscal_period WHEN OLD.state = 'closed' BEGIN SELECT RAISE(ABORT, 'ledger: closed_period a closed period stays closed'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION fiscal_period_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'closed' THEN RAISE EXCEPTION 'ledger: closed_period a closed period stays closed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fiscal_period_guard_update BEFORE UPDATE ON fiscal_period FOR EACH ROW EXECUTE FUNCTION fiscal_period_guard_update()
    """,
    ),
}
FUNCTIONS = (
    "period_closing_guard_delete",
    "period_closing_guard_update",
    "period_closing_guard_insert",
    "period_reopening_guard_delete",
    "period_reopening_guard_update",
    "period_reopening_guard_insert",
)


def upgrade() -> None:
    op.create_table(
        "period_reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                "withdrawn",
                name="reopeningstate_known",
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
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_period_reopening_decided_has_moment")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_period_reopening_reason_given")),
        sa.CheckConstraint(
            "state <> 'granted' OR (decided_by_id IS NOT NULL AND decided_by_id <> asked_by_id)",
            name=op.f("ck_period_reopening_two_people"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_period_reopening_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_period_reopening_decided_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["fiscal_period.id"], name=op.f("fk_period_reopening_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_reopening")),
    )
    op.create_index(op.f("ix_period_reopening_period_id"), "period_reopening", ["period_id"], unique=False)
    op.create_index(
        "uq_period_reopening_waiting",
        "period_reopening",
        ["period_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    _create_closing()
    bind = op.get_bind()
    # Months closed before their history was kept: the proof moves into it. No entry has come into them since.
    bind.execute(
        sa.text(
            "INSERT INTO period_closing (year, month, period_id, action, at, by_id, sums, sha256, last_number) "
            "SELECT p.year, p.month, p.id, 'closed', p.closed_at, p.closed_by, "
            + _json(bind, "sums")
            + ", "
            + _text(bind, "sha256")
            + ", COALESCE((SELECT MAX(e.number) FROM journal_entry e WHERE e.fiscal_year = p.year AND "
            + _month_of(bind)
            + " = p.month), 0) FROM fiscal_period p WHERE p.state = 'closed' ORDER BY p.year, p.month"
        )
    )
    for statement in TRIGGERS[bind.dialect.name]:
        bind.exec_driver_sql(statement)
    _replace_guard(GUARD)


def _create_closing() -> None:
    op.create_table(
        "period_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "closed", "reopened", name="closingaction_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("sums", sa.JSON(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("act_sha256", sa.String(length=64), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("reopening_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(act_sha256 IS NULL) = (stored_file_id IS NULL)", name=op.f("ck_period_closing_act_has_file")
        ),
        sa.CheckConstraint(
            "(action = 'reopened') = (reopening_id IS NOT NULL)", name=op.f("ck_period_closing_reopened_by_decision")
        ),
        sa.CheckConstraint("(month = 0) = (period_id IS NULL)", name=op.f("ck_period_closing_month_has_period")),
        sa.CheckConstraint(
            "action <> 'closed' OR (sha256 IS NOT NULL AND last_number IS NOT NULL)",
            name=op.f("ck_period_closing_closed_proved"),
        ),
        sa.CheckConstraint("month BETWEEN 0 AND 12", name=op.f("ck_period_closing_month_real")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_period_closing_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["fiscal_period.id"], name=op.f("fk_period_closing_period_id")),
        sa.ForeignKeyConstraint(["reopening_id"], ["period_reopening.id"], name=op.f("fk_period_closing_reopening_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_period_closing_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_closing")),
        sa.UniqueConstraint("reopening_id", "month", name=op.f("uq_period_closing_reopening_id_month")),
    )
    op.create_index(op.f("ix_period_closing_period_id"), "period_closing", ["period_id"], unique=False)
    op.create_index("ix_period_closing_year_month", "period_closing", ["year", "month", "id"], unique=False)


def downgrade() -> None:
    _replace_guard(GUARD_BEFORE)
    op.drop_index("ix_period_closing_year_month", table_name="period_closing")
    op.drop_index(op.f("ix_period_closing_period_id"), table_name="period_closing")
    op.drop_table("period_closing")
    op.drop_index(
        "uq_period_reopening_waiting",
        table_name="period_reopening",
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.drop_index(op.f("ix_period_reopening_period_id"), table_name="period_reopening")
    op.drop_table("period_reopening")
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for function in FUNCTIONS:
            bind.exec_driver_sql(f"DROP FUNCTION {function}()")


def _replace_guard(guard: dict[str, tuple[str, ...]]) -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP TRIGGER fiscal_period_guard_update ON fiscal_period")
        bind.exec_driver_sql("DROP FUNCTION fiscal_period_guard_update()")
    else:
        bind.exec_driver_sql("DROP TRIGGER fiscal_period_guard_update")
    for statement in guard[bind.dialect.name]:
        bind.exec_driver_sql(statement)


def _json(bind: sa.Connection, key: str) -> str:
    return f"p.proof -> '{key}'" if bind.dialect.name == "postgresql" else f"json_extract(p.proof, '$.{key}')"


def _text(bind: sa.Connection, key: str) -> str:
    return f"p.proof ->> '{key}'" if bind.dialect.name == "postgresql" else f"json_extract(p.proof, '$.{key}')"


def _month_of(bind: sa.Connection) -> str:
    if bind.dialect.name == "postgresql":
        return "EXTRACT(MONTH FROM e.entry_date)"
    return "CAST(strftime('%m', e.entry_date) AS INTEGER)"
