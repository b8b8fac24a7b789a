"""How many readings of a dossier stand is counted by the database and stands in the index its committee is read from."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0050"
branch_labels = None
depends_on = None

BEFORE, INDEX = "ix_dossier_panel_id_code_withdrawn_at_cleared_at", "ix_dossier_of_panel"
COUNT = (
    "UPDATE dossier SET readers = (SELECT COUNT(*) FROM assignment WHERE assignment.dossier_id = dossier.id "
    "AND assignment.state NOT IN ('recused', 'withdrawn'))"
)
FUNCTIONS = ("readers_given", "readers_moved", "readers_taken")
# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER readers_given AFTER INSERT ON assignment WHEN NOT (NEW.state = 'recused' OR NEW.state = 'withdrawn') BEGIN UPDATE dossier SET readers = readers + 1 WHERE id = NEW.dossier_id; END
""",
        """
CREATE TRIGGER readers_moved AFTER UPDATE OF state, dossier_id ON assignment WHEN (OLD.dossier_id <> NEW.dossier_id OR (OLD.state = 'recused' OR OLD.state = 'withdrawn') <> (NEW.state = 'recused' OR NEW.state = 'withdrawn')) BEGIN UPDATE dossier SET readers = readers - 1 WHERE id = OLD.dossier_id AND NOT (OLD.state = 'recused' OR OLD.state = 'withdrawn'); UPDATE dossier SET readers = readers + 1 WHERE id = NEW.dossier_id AND NOT (NEW.state = 'recused' OR NEW.state = 'withdrawn'); END
""",
        """
CREATE TRIGGER readers_taken AFTER DELETE ON assignment WHEN NOT (OLD.state = 'recused' OR OLD.state = 'withdrawn') BEGIN UPDATE dossier SET readers = readers - 1 WHERE id = OLD.dossier_id; END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION readers_given() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE dossier SET readers = readers + given.readings FROM (SELECT dossier_id, COUNT(*) AS readings FROM fresh WHERE state <> 'recused' AND state <> 'withdrawn' GROUP BY dossier_id) given WHERE dossier.id = given.dossier_id; RETURN NULL; END $$
""",
        """
CREATE TRIGGER readers_given AFTER INSERT ON assignment REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION readers_given()
""",
        """
CREATE FUNCTION readers_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' AND NOT (OLD.state = 'recused' OR OLD.state = 'withdrawn') THEN UPDATE dossier SET readers = readers - 1 WHERE id = OLD.dossier_id; END IF; IF TG_OP <> 'DELETE' AND NOT (NEW.state = 'recused' OR NEW.state = 'withdrawn') THEN UPDATE dossier SET readers = readers + 1 WHERE id = NEW.dossier_id; END IF; RETURN NULL; END $$
""",
        """
CREATE TRIGGER readers_moved AFTER UPDATE OF state, dossier_id ON assignment FOR EACH ROW WHEN ((OLD.dossier_id <> NEW.dossier_id OR (OLD.state = 'recused' OR OLD.state = 'withdrawn') <> (NEW.state = 'recused' OR NEW.state = 'withdrawn'))) EXECUTE FUNCTION readers_moved()
""",
        """
CREATE FUNCTION readers_taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' AND NOT (OLD.state = 'recused' OR OLD.state = 'withdrawn') THEN UPDATE dossier SET readers = readers - 1 WHERE id = OLD.dossier_id; END IF; IF TG_OP <> 'DELETE' AND NOT (NEW.state = 'recused' OR NEW.state = 'withdrawn') THEN UPDATE dossier SET readers = readers + 1 WHERE id = NEW.dossier_id; END IF; RETURN NULL; END $$
""",
        """
CREATE TRIGGER readers_taken AFTER DELETE ON assignment FOR EACH ROW EXECUTE FUNCTION readers_taken()
""",
    ),
}


def upgrade() -> None:
    op.add_column("dossier", sa.Column("readers", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.execute(COUNT)
    op.drop_index(BEFORE, "dossier")
    op.create_index(INDEX, "dossier", ["panel_id", "code", "withdrawn_at", "cleared_at", "readers"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in FUNCTIONS:
        op.execute(f"DROP TRIGGER {name} ON assignment" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index(INDEX, "dossier")
    op.create_index(BEFORE, "dossier", ["panel_id", "code", "withdrawn_at", "cleared_at"])
    op.drop_column("dossier", "readers")
