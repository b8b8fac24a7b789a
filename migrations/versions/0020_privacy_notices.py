"""Privacy notices in frozen versions, and what people were shown and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FROZEN = "privacy_notice: a published notice cannot change"
APPENDED = "privacy_answer: rows are append-only"
CLOSED = "EXISTS (SELECT 1 FROM user_account WHERE user_account.id = OLD.user_id AND user_account.state = 'closed')"
PLACES = ("registration", "sign_in", "account", "application", "roster", "giving")
TRIGGERS = {
    "privacy_notice": ("no_update", "no_delete", "no_truncate"),
    "privacy_answer": ("no_update", "no_delete", "no_truncate"),
}


def upgrade() -> None:
    op.add_column("email_token", sa.Column("new_answers", sa.JSON(), nullable=True))
    op.create_table(
        "privacy_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_privacy_notice_number_positive")),
        sa.CheckConstraint(
            "(number IS NULL) = (published_at IS NULL) AND (number IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_privacy_notice_published_is_numbered"),
        ),
        sa.CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name=op.f("ck_privacy_notice_sha256_length")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["user_account.id"], name=op.f("fk_privacy_notice_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_privacy_notice_number")),
    )
    op.create_index(
        "uq_privacy_notice_one_draft",
        "privacy_notice",
        ["is_draft"],
        unique=True,
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    )
    op.create_table(
        "privacy_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column(
            "place",
            sa.Enum(*PLACES, name="noticeplace_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "user_id IS NOT NULL OR subject_id IS NOT NULL", name=op.f("ck_privacy_answer_about_somebody")
        ),
        sa.CheckConstraint("(subject IS NULL) = (subject_id IS NULL)", name=op.f("ck_privacy_answer_subject_whole")),
        sa.ForeignKeyConstraint(["notice_id"], ["privacy_notice.id"], name=op.f("fk_privacy_answer_notice_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_privacy_answer_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_answer")),
    )
    op.create_index("ix_privacy_answer_user_id", "privacy_answer", ["user_id", "id"])
    refuse("privacy_notice", "UPDATE", FROZEN, allowed="OLD.number IS NULL")
    refuse("privacy_notice", "DELETE", FROZEN, allowed="OLD.number IS NULL")
    refuse("privacy_answer", "UPDATE", APPENDED)
    refuse("privacy_answer", "DELETE", APPENDED, allowed=CLOSED)
    for table in TRIGGERS:
        refuse_truncate(table)


def downgrade() -> None:
    for table, names in TRIGGERS.items():
        for name in names:
            drop(table, f"{table}_{name}")
    op.drop_index("ix_privacy_answer_user_id", table_name="privacy_answer")
    op.drop_table("privacy_answer")
    op.drop_index("uq_privacy_notice_one_draft", table_name="privacy_notice")
    op.drop_table("privacy_notice")
    op.drop_column("email_token", "new_answers")


def refuse(table: str, verb: str, message: str, allowed: str = "") -> None:
    """Let a table refuse a verb, always or unless `allowed` holds."""
    name = f"{table}_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN NOT ({allowed}) " if allowed else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    stop = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; "
    row = "NEW" if verb == "UPDATE" else "OLD"
    body = f"IF NOT ({allowed}) THEN {stop}END IF; RETURN {row}; " if allowed else stop
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def refuse_truncate(table: str) -> None:
    """PostgreSQL alone has the statement, and it asks no trigger of any row."""
    if op.get_bind().dialect.name == "sqlite":
        return
    name = f"{table}_no_truncate"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION 'ledger: immutable {table} cannot be emptied' USING ERRCODE = 'check_violation'; "
        "END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")


def drop(table: str, name: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {name}()")
