"""How many readings of a dossier stand is counted by the database itself, whoever gives, ends or deletes one.

Recounting ten thousand dossiers costs more than the page that asks. A statement gives many readings at once, so on
PostgreSQL they are added up by dossier first; a reading ends alone. Whoever changes readings of several dossiers in one
transaction holds the panel, so that two never wait for each other's dossiers (`scoring.services.phases.hold_phase`).
"""

from core.database import register_trigger

ENDED = "({row}.state = 'recused' OR {row}.state = 'withdrawn')"
IS_OVER, WAS_OVER = ENDED.format(row="NEW"), ENDED.format(row="OLD")
MOVED = f"(OLD.dossier_id <> NEW.dossier_id OR {WAS_OVER} <> {IS_OVER})"
MORE = "UPDATE dossier SET readers = readers + 1 WHERE id = NEW.dossier_id"
LESS = "UPDATE dossier SET readers = readers - 1 WHERE id = OLD.dossier_id"
BODY = (
    f"BEGIN IF TG_OP <> 'INSERT' AND NOT {WAS_OVER} THEN {LESS}; END IF; "
    f"IF TG_OP <> 'DELETE' AND NOT {IS_OVER} THEN {MORE}; END IF; RETURN NULL; END"
)
ADDED_UP = (
    "BEGIN UPDATE dossier SET readers = readers + given.readings FROM (SELECT dossier_id, COUNT(*) AS readings "
    "FROM fresh WHERE state <> 'recused' AND state <> 'withdrawn' GROUP BY dossier_id) given "
    "WHERE dossier.id = given.dossier_id; RETURN NULL; END"
)


def count_readers() -> None:
    """Let the database keep `dossier.readers`: more where a reading is given, less where one ends or is deleted."""
    register_trigger(
        "assignment",
        "readers_given",
        sqlite=f"CREATE TRIGGER readers_given AFTER INSERT ON assignment WHEN NOT {IS_OVER} BEGIN {MORE}; END",
        postgresql=f"CREATE FUNCTION readers_given() RETURNS trigger LANGUAGE plpgsql AS $$ {ADDED_UP} $$\n--\n"
        "CREATE TRIGGER readers_given AFTER INSERT ON assignment REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION readers_given()",
    )
    register_trigger(
        "assignment",
        "readers_moved",
        sqlite=f"CREATE TRIGGER readers_moved AFTER UPDATE OF state, dossier_id ON assignment WHEN {MOVED} "
        f"BEGIN {LESS} AND NOT {WAS_OVER}; {MORE} AND NOT {IS_OVER}; END",
        postgresql=f"CREATE FUNCTION readers_moved() RETURNS trigger LANGUAGE plpgsql AS $$ {BODY} $$\n--\n"
        "CREATE TRIGGER readers_moved AFTER UPDATE OF state, dossier_id ON assignment FOR EACH ROW "
        f"WHEN ({MOVED}) EXECUTE FUNCTION readers_moved()",
    )
    register_trigger(
        "assignment",
        "readers_taken",
        sqlite=f"CREATE TRIGGER readers_taken AFTER DELETE ON assignment WHEN NOT {WAS_OVER} BEGIN {LESS}; END",
        postgresql=f"CREATE FUNCTION readers_taken() RETURNS trigger LANGUAGE plpgsql AS $$ {BODY} $$\n--\n"
        "CREATE TRIGGER readers_taken AFTER DELETE ON assignment FOR EACH ROW EXECUTE FUNCTION readers_taken()",
    )
