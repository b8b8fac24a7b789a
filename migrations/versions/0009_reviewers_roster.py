"""People offer to review; committees are drawn from them by a lot that stays as it was promised."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MESSAGE = "committee_draw: fixed once committed"
PROMISED = (
    "NEW.call_id <> OLD.call_id OR NEW.number <> OLD.number OR NEW.seats <> OLD.seats "
    "OR CAST(NEW.labels AS TEXT) <> CAST(OLD.labels AS TEXT) "
    "OR CAST(NEW.randomness_source AS TEXT) <> CAST(OLD.randomness_source AS TEXT) "
    "OR NEW.iterations <> OLD.iterations OR NEW.commitment <> OLD.commitment OR NEW.secret <> OLD.secret "
    "OR NEW.committed_at <> OLD.committed_at"
)
DRAWN = (
    "OLD.drawn_at IS NOT NULL AND (NEW.drawn_at IS NULL OR NEW.drawn_at <> OLD.drawn_at "
    "OR NEW.randomness <> OLD.randomness OR CAST(NEW.places AS TEXT) <> CAST(OLD.places AS TEXT))"
)
TRIGGERS = (
    ("committee_draw_fixed", "UPDATE", f"{PROMISED} OR {DRAWN}"),
    ("committee_draw_kept", "DELETE", "OLD.id = OLD.id"),
)


def upgrade() -> None:
    op.create_table(
        "reviewer_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "admitted",
                "declined",
                "left",
                name="rosterstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("axes", sa.JSON(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("experience", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('offered', 'left')) OR decided_at IS NOT NULL",
            name=op.f("ck_reviewer_profile_decided_has_moment"),
        ),
        sa.CheckConstraint("length(experience) > 0", name=op.f("ck_reviewer_profile_experience_present")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_reviewer_profile_decided_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_reviewer_profile_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_profile")),
        sa.UniqueConstraint("code", name=op.f("uq_reviewer_profile_code")),
        sa.UniqueConstraint("user_id", name=op.f("uq_reviewer_profile_user_id")),
    )
    op.create_index(op.f("ix_reviewer_profile_state"), "reviewer_profile", ["state"], unique=False)
    op.create_table(
        "committee_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("randomness_source", sa.JSON(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("randomness", sa.String(length=400), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("called", sa.JSON(), nullable=False),
        sa.Column("passed_over", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(drawn_at IS NULL) = (randomness IS NULL)", name=op.f("ck_committee_draw_drawn_has_randomness")
        ),
        sa.CheckConstraint("iterations >= 2", name=op.f("ck_committee_draw_iterations_two")),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_committee_draw_seats_one")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_committee_draw_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_draw")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_committee_draw_call_id_number")),
    )
    for name, verb, condition in TRIGGERS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON committee_draw WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} "
                f"THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation'; END IF; "
                f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON committee_draw FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    op.drop_table("committee_draw")
    if op.get_bind().dialect.name == "postgresql":
        for name, _verb, _condition in TRIGGERS:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index(op.f("ix_reviewer_profile_state"), table_name="reviewer_profile")
    op.drop_table("reviewer_profile")
