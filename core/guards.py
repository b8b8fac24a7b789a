"""Whether the database still has the guards it was given, as they were given: whoever owns it can take them away."""

import re

from sqlalchemy import text

from core.database import is_sqlite, session, trigger_statements

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)\(\).*?\$\$(.*)\$\$", re.DOTALL)


def missing_guards() -> list[str]:
    """Return the guards that are not there, are switched off, or say something else than this release's."""
    return _on_sqlite() if is_sqlite() else _on_postgresql()


def _on_sqlite() -> list[str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    found = {str(name): str(sql) for name, sql in session().execute(text(query))}
    return [
        f"guard {name} is {'another' if name in found else 'missing'}"
        for name, sql in _named(trigger_statements("sqlite")).items()
        if _plain(found.get(name, "")) != _plain(sql)
    ]


def _on_postgresql() -> list[str]:
    query = (
        "SELECT t.tgname, t.tgenabled = 'O', f.proname, f.prosrc, pg_get_triggerdef(t.oid) "
        "FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid WHERE NOT t.tgisinternal"
    )
    found = {str(name): tuple(facts) for name, *facts in session().execute(text(query))}
    statements = trigger_statements("postgresql")
    bodies = {name: body for one in statements for name, body in _FUNCTION.findall(one)}
    problems = []
    for name, statement in _named(statements).items():
        is_on, function, body, told = found.get(name, (None, "", "", ""))
        if is_on is None:
            problems.append(f"guard {name} is missing")
        elif not is_on:
            problems.append(f"guard {name} is switched off")
        elif _plain(body) != _plain(bodies.get(function, "")) or _spoken(told) != _spoken(statement):
            problems.append(f"guard {name} is another")
    return problems


def _spoken(definition: str) -> str:
    """Return when a trigger asks what, as PostgreSQL tells it and as we said it: with its own brackets and casts."""
    said = re.sub(r"CAST\((\S+) AS \w+\)", r"\1", definition)
    said = re.sub(r"::[a-z]+( varying)?|\bpublic\.", "", said.replace("EXECUTE PROCEDURE", "EXECUTE FUNCTION"))
    return re.sub(r"[\s();\"]", "", said).lower()


def _plain(text: str) -> str:
    return " ".join(text.split())  # a release may have broken its lines elsewhere


def _named(statements: list[str]) -> dict[str, str]:
    return {found.group(1): one for one in statements if (found := _TRIGGER.match(one.lstrip()))}
