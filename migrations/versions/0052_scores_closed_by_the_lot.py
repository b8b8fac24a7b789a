"""A lot is drawn once the order stands, and from then on no score of its committee changes."""

from alembic import op

revision = "0052"
down_revision = "0049"
branch_labels = None
depends_on = None

FUNCTIONS = {
    "draw_after_the_order": "draw",
    "draw_promised_first": "draw",
    "panel_closed_by_its_lot": "panel",
    "review_settled_by_the_order": "review",
    "score_change_in_deliberation": "score_change",
}
# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER draw_after_the_order BEFORE UPDATE ON draw WHEN NEW.drawn_at IS NOT NULL AND (SELECT state FROM panel WHERE id = NEW.panel_id) <> 'ranked' BEGIN SELECT RAISE(ABORT, 'draw: the order comes first'); END
""",
        """
CREATE TRIGGER draw_promised_first BEFORE INSERT ON draw WHEN NEW.drawn_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'draw: the promise comes first'); END
""",
        """
CREATE TRIGGER panel_closed_by_its_lot BEFORE UPDATE ON panel WHEN OLD.state = 'ranked' AND NEW.state NOT IN ('ranked', 'released', 'cancelled') AND EXISTS (SELECT 1 FROM draw WHERE draw.panel_id = OLD.id AND draw.drawn_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'panel: its lot is drawn'); END
""",
        """
CREATE TRIGGER review_settled_by_the_order BEFORE UPDATE ON review WHEN NEW.state <> OLD.state AND (SELECT panel.state FROM assignment JOIN dossier ON dossier.id = assignment.dossier_id JOIN panel ON panel.id = dossier.panel_id WHERE assignment.id = NEW.assignment_id) IN ('ranked', 'released') BEGIN SELECT RAISE(ABORT, 'review: the order is computed'); END
""",
        """
CREATE TRIGGER score_change_in_deliberation BEFORE INSERT ON score_change WHEN NOT EXISTS (SELECT 1 FROM score JOIN review ON review.id = score.review_id JOIN assignment ON assignment.id = review.assignment_id JOIN dossier ON dossier.id = assignment.dossier_id JOIN panel ON panel.id = dossier.panel_id WHERE score.id = NEW.score_id AND panel.state = 'discussion' AND NOT EXISTS (SELECT 1 FROM draw WHERE draw.panel_id = panel.id AND draw.drawn_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'score_change: only in the deliberation, before the lot'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION draw_after_the_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.drawn_at IS NOT NULL AND (SELECT state FROM panel WHERE id = NEW.panel_id) <> 'ranked' THEN RAISE EXCEPTION 'draw: the order comes first' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER draw_after_the_order BEFORE UPDATE ON draw FOR EACH ROW EXECUTE FUNCTION draw_after_the_order()
""",
        """
CREATE FUNCTION draw_promised_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.drawn_at IS NOT NULL THEN RAISE EXCEPTION 'draw: the promise comes first' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER draw_promised_first BEFORE INSERT ON draw FOR EACH ROW EXECUTE FUNCTION draw_promised_first()
""",
        """
CREATE FUNCTION panel_closed_by_its_lot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'ranked' AND NEW.state NOT IN ('ranked', 'released', 'cancelled') AND EXISTS (SELECT 1 FROM draw WHERE draw.panel_id = OLD.id AND draw.drawn_at IS NOT NULL) THEN RAISE EXCEPTION 'panel: its lot is drawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER panel_closed_by_its_lot BEFORE UPDATE ON panel FOR EACH ROW EXECUTE FUNCTION panel_closed_by_its_lot()
""",
        """
CREATE FUNCTION review_settled_by_the_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state <> OLD.state AND (SELECT panel.state FROM assignment JOIN dossier ON dossier.id = assignment.dossier_id JOIN panel ON panel.id = dossier.panel_id WHERE assignment.id = NEW.assignment_id) IN ('ranked', 'released') THEN RAISE EXCEPTION 'review: the order is computed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER review_settled_by_the_order BEFORE UPDATE ON review FOR EACH ROW EXECUTE FUNCTION review_settled_by_the_order()
""",
        """
CREATE FUNCTION score_change_in_deliberation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM score JOIN review ON review.id = score.review_id JOIN assignment ON assignment.id = review.assignment_id JOIN dossier ON dossier.id = assignment.dossier_id JOIN panel ON panel.id = dossier.panel_id WHERE score.id = NEW.score_id AND panel.state = 'discussion' AND NOT EXISTS (SELECT 1 FROM draw WHERE draw.panel_id = panel.id AND draw.drawn_at IS NOT NULL)) THEN RAISE EXCEPTION 'score_change: only in the deliberation, before the lot' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
        """
CREATE TRIGGER score_change_in_deliberation BEFORE INSERT ON score_change FOR EACH ROW EXECUTE FUNCTION score_change_in_deliberation()
""",
    ),
}


def upgrade() -> None:
    # What was destroyed with its application waits for nobody any more.
    op.execute("DELETE FROM feedback_text WHERE application_id IN (SELECT application_id FROM destruction)")
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in FUNCTIONS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
