"""What has had its time is destroyed: a register without the data, holds, and sealed texts that may be emptied then."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GONE = "EXISTS (SELECT 1 FROM destruction WHERE destruction.application_id = OLD.application_id)"
EMPTIED = {
    "application_version": (
        "NEW.id = OLD.id AND NEW.application_id = OLD.application_id AND NEW.number = OLD.number "
        "AND NEW.sha256 = OLD.sha256 AND NEW.submitted_at = OLD.submitted_at AND NEW.content = ''"
    ),
    "screening": (
        "NEW.id = OLD.id AND NEW.application_id = OLD.application_id AND NEW.verdict = OLD.verdict "
        "AND NEW.decided_at = OLD.decided_at AND NEW.note = '—'"
    ),
}


def refuse(table: str, verb: str, condition: str = "") -> None:
    """Let a table refuse a verb, always or unless `condition` holds."""
    name, message = f"{table}_no_{verb.lower()}", f"{table}: rows are append-only"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN NOT ({condition}) " if condition else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    raised = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"
    body = f"IF NOT ({condition}) THEN {raised} END IF; RETURN NEW;" if condition else raised
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def allow(table: str, verb: str) -> None:
    """Take a refusal away."""
    name = f"{table}_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")


def upgrade() -> None:
    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_reason IS NULL)", name=op.f("ck_retention_hold_lifted_has_reason")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_retention_hold_reason_present")),
        sa.CheckConstraint(
            "lifted_at IS NULL OR lifted_at >= placed_at", name=op.f("ck_retention_hold_lifted_after_placed")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_retention_hold_call_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["user_account.id"], name=op.f("fk_retention_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["user_account.id"], name=op.f("fk_retention_hold_placed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
    )
    op.create_index(
        "uq_retention_hold_one_open",
        "retention_hold",
        ["call_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "destruction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("folio", sa.String(length=30), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("due_on > event_on", name=op.f("ck_destruction_due_after_event")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_destruction_sha256_length")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_destruction_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_destruction_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
        sa.UniqueConstraint("application_id", name=op.f("uq_destruction_application_id")),
    )
    op.create_index("ix_destruction_call_id", "destruction", ["call_id", "id"], unique=False)
    for verb in ("UPDATE", "DELETE"):
        refuse("destruction", verb)
    for table, emptied in EMPTIED.items():
        allow(table, "UPDATE")
        refuse(table, "UPDATE", f"{emptied} AND {GONE}")


def downgrade() -> None:
    for table in EMPTIED:
        allow(table, "UPDATE")
        refuse(table, "UPDATE")
    for verb in ("UPDATE", "DELETE"):
        allow("destruction", verb)
    for table in ("destruction", "retention_hold"):
        op.drop_table(table)
