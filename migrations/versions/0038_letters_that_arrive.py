"""A letter may come back and be sent again, and which application a letter is about is on record."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

COPIED = (
    "id, message_id, recipient, subject, language, body_text, body_html, attachments, about, private, state, "
    "last_error, created_at, sent_at"
)


def _outbox(name: str, states: tuple[str, ...], sent: str, failed: str, *more: sa.schema.SchemaItem) -> None:
    known = sa.Enum(
        *states, name=op.f("ck_outbox_message_messagestate_known"), native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("state", known, nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        *more,
        sa.CheckConstraint(sent, name=op.f("ck_outbox_message_sent_has_a_time")),
        sa.CheckConstraint("language IN ('es', 'en')", name=op.f("ck_outbox_message_language_known")),
        sa.CheckConstraint(failed, name=op.f("ck_outbox_message_failed_has_a_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )


def _rebuild(states: tuple[str, ...], sent: str, failed: str, *more: sa.schema.SchemaItem) -> None:
    """SQLite changes no rule of a table: a new one takes its place."""
    _outbox("outbox_message_new", states, sent, failed, *more)
    op.execute(f"INSERT INTO outbox_message_new ({COPIED}) SELECT {COPIED} FROM outbox_message")
    op.drop_table("outbox_message")
    op.rename_table("outbox_message_new", "outbox_message")
    op.create_index("ix_outbox_message_recipient", "outbox_message", ["recipient", "about", "created_at"])
    op.create_index("ix_outbox_message_state", "outbox_message", ["state", "id"])


BEFORE = (
    ("queued", "sent", "failed"),
    "(state = 'sent') = (sent_at IS NOT NULL)",
    "state <> 'failed' OR last_error IS NOT NULL",
)
AFTER = (
    ("queued", "sent", "failed", "bounced"),
    "(state IN ('sent', 'bounced')) = (sent_at IS NOT NULL)",
    "state NOT IN ('failed', 'bounced') OR last_error IS NOT NULL",
)
NAMES = (
    "ck_outbox_message_messagestate_known",
    "ck_outbox_message_sent_has_a_time",
    "ck_outbox_message_failed_has_a_reason",
)


def _restate(states: tuple[str, ...], sent: str, failed: str) -> None:
    """PostgreSQL changes the rules where they are."""
    known = f"state IN ({', '.join(repr(state) for state in states)})"
    for name, rule in zip(NAMES, (known, sent, failed), strict=True):
        op.execute(f"ALTER TABLE outbox_message DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE outbox_message ADD CONSTRAINT {name} CHECK ({rule})")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _restate(*AFTER)
        op.add_column("outbox_message", sa.Column("again_of_id", sa.Integer(), nullable=True))
        op.create_foreign_key(
            op.f("fk_outbox_message_again_of_id"), "outbox_message", "outbox_message", ["again_of_id"], ["id"]
        )
        op.create_unique_constraint(op.f("uq_outbox_message_again_of_id"), "outbox_message", ["again_of_id"])
    else:
        _rebuild(
            *AFTER,
            sa.Column("again_of_id", sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(["again_of_id"], ["outbox_message.id"], name=op.f("fk_outbox_message_again_of_id")),
            sa.UniqueConstraint("again_of_id", name=op.f("uq_outbox_message_again_of_id")),
        )
    op.create_table(
        "application_mail",
        sa.Column("outbox_message_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IS NOT NULL OR sent_by_id IS NULL", name=op.f("ck_application_mail_again_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_message_id"], ["outbox_message.id"], name=op.f("fk_application_mail_outbox_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_mail_application_id")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_application_mail_letter_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user_account.id"], name=op.f("fk_application_mail_sent_by_id")),
        sa.PrimaryKeyConstraint("outbox_message_id", name=op.f("pk_application_mail")),
    )
    op.create_index("ix_application_mail_application_id", "application_mail", ["application_id", "outbox_message_id"])
    _remember()


def _remember() -> None:
    """Find the e-mail of each letter sent before: the one of its kind that encloses its PDF."""
    connection = op.get_bind()
    letters = {
        (f"grants.{row.kind}", row.stored_file_id): row
        for row in connection.execute(sa.text("SELECT id, application_id, kind, stored_file_id FROM letter"))
        if row.stored_file_id is not None
    }
    mails = connection.execute(
        sa.text("SELECT id, about, attachments FROM outbox_message WHERE about LIKE 'grants.%' ORDER BY id")
    )
    found = []
    for mail in mails:
        enclosed = json.loads(mail.attachments) if isinstance(mail.attachments, str) else mail.attachments
        letter = letters.get((mail.about, enclosed[0])) if enclosed else None
        if letter is not None:
            found.append({"mail": mail.id, "application": letter.application_id, "letter": letter.id})
    if found:
        connection.execute(
            sa.text(
                "INSERT INTO application_mail (outbox_message_id, application_id, letter_id) "
                "VALUES (:mail, :application, :letter)"
            ),
            found,
        )


def downgrade() -> None:
    op.drop_table("application_mail")
    op.execute("UPDATE outbox_message SET state = 'sent' WHERE state = 'bounced'")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("uq_outbox_message_again_of_id", "outbox_message", type_="unique")
        op.drop_constraint("fk_outbox_message_again_of_id", "outbox_message", type_="foreignkey")
        op.drop_column("outbox_message", "again_of_id")
        _restate(*BEFORE)
    else:
        _rebuild(*BEFORE)
