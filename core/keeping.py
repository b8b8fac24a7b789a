"""What a row says for good, kept by the database: some columns never change, others once, and the row stays."""

from collections.abc import Mapping, Sequence

from core.database import refuse_truncate, register_trigger


def keep_columns(
    table: str,
    fixed: Sequence[str],
    *,
    once: Sequence[str] = (),
    grows: Sequence[str] = (),
    after: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Let the database refuse a change of what a row of `table` says for good.

    `fixed` never changes, `once` is filled in once, what `grows` never gets less, and `after` names what is fixed as
    soon as a column is filled in.
    A column of JSON is written `name AS TEXT`: PostgreSQL compares no other.
    """
    moved = [_moved(one) for one in fixed]
    moved += [f"(OLD.{one} IS NOT NULL AND {_moved(one)})" for one in once]
    moved += [f"NEW.{one} < OLD.{one}" for one in grows]
    for filled, columns in (after or {}).items():
        moved.append(f"(OLD.{filled} IS NOT NULL AND ({' OR '.join(_moved(one) for one in columns)}))")
    _refuse(table, "update", " OR ".join(moved))


def keep(
    table: str,
    fixed: Sequence[str],
    *,
    once: Sequence[str] = (),
    grows: Sequence[str] = (),
    after: Mapping[str, Sequence[str]] | None = None,
    unique: Sequence[str | tuple[str, ...]] = ("id",),
) -> None:
    """Let the database refuse also whoever would delete a row of `table`, or put another in its place.

    `unique` are the columns, or the columns together, by which SQLite's INSERT OR REPLACE, which deletes without saying
    so, would find it.
    """
    keep_columns(table, fixed, once=once, grows=grows, after=after)
    _refuse(table, "delete", "")
    if unique:
        same = " OR ".join(_same(one) for one in unique)
        _refuse(table, "insert", f"EXISTS (SELECT 1 FROM {table} WHERE {same})")  # noqa: S608
    refuse_truncate(table)


def _same(key: str | tuple[str, ...]) -> str:
    if isinstance(key, str):
        return f"{key} = NEW.{key}"
    return f"({' AND '.join(_same(one) for one in key)})"


def _moved(column: str) -> str:
    if column.endswith(" AS TEXT"):
        return f"CAST(NEW.{column}) {{differs}} CAST(OLD.{column})"
    return f"NEW.{column} {{differs}} OLD.{column}"


def _refuse(table: str, verb: str, condition: str) -> None:
    name, message = f"{table}_keeps_{verb}", f"ledger: immutable what a row of {table} says stays"
    when = f" WHEN {condition.format(differs='IS NOT')}" if condition else ""
    called = f" WHEN ({condition.format(differs='IS DISTINCT FROM')})" if condition else ""
    event = f"BEFORE {verb.upper()} ON {table}"
    # PostgreSQL has no statement that replaces a row behind the back of its DELETE.
    postgresql = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$\n--\n"
        f"CREATE TRIGGER {name} {event} FOR EACH ROW{called} EXECUTE FUNCTION {name}()"
    )
    register_trigger(
        table,
        name,
        sqlite=f"CREATE TRIGGER {name} {event}{when} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        postgresql="" if verb == "insert" else postgresql,
    )
