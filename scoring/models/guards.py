"""How scoring asks the database to refuse what the code must never do."""

from core.database import register_trigger


def refuse_when(table: str, name: str, *, verb: str, condition: str, message: str) -> None:
    """Let the database refuse `verb` on `table` where `condition` holds: SQL on OLD and NEW that both engines read."""
    register_trigger(
        table,
        name,
        sqlite=f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        # PostgreSQL takes no subquery in WHEN, so the condition stands in the function.
        postgresql=f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$\n--\n"
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )
