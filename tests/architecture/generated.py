"""Pages that are written from the code, so that they cannot lie: who may use each route, settings, life cycles.

`python -m tests.architecture.generated` writes them; tests compare what is committed with what would be written.
"""

import sys
import tempfile
from pathlib import Path

from flask import Flask

import config
from core.access import Guard, guard_of
from core.language import in_language
from core.states import StateTable
from tests.architecture.places import ROOT
from web.city import city_schema

GUARDS = ROOT / "tests" / "architecture" / "route_guards.txt"
SETTINGS_PAGE = ROOT / "docs" / "settings.md"
CITY_PAGE = ROOT / "docs" / "another-city.md"
GLOSSARY = ROOT / "GLOSSARY.md"
START, END = "<!-- life cycles: written by python -m tests.architecture.generated -->", "<!-- end of life cycles -->"
COMMAND = ".venv/bin/python -m tests.architecture.generated"
QUIET_METHODS = {"HEAD", "OPTIONS"}


def who(guard: Guard | None) -> str:
    """Return who a guard lets in, in words."""
    if guard is None:
        return "NOBODY: no guard"
    if guard.roles is None:
        return "anyone"
    if not guard.roles:
        return "signed in, second factor may be pending" if guard.pending else "signed in"
    return ", ".join(sorted(guard.roles))


def route_guards(app: Flask) -> str:
    """Return one line a route: address, methods, endpoint, who. Needs an application context."""
    rows = sorted(
        (
            rule.rule,
            " ".join(sorted((rule.methods or set()) - QUIET_METHODS)),
            rule.endpoint,
            who(guard_of(rule.endpoint)),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"  # served in front of the application, from a folder without secrets
    )
    head = ("# address", "methods", "endpoint", "who (an auditor reads what is named auditor and never writes)")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(3)]
    return "".join(
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]).rstrip() + "\n"
        for row in [head, *rows]
    )


def settings_page() -> str:
    """Return the page that documents every setting, in the order of config.py."""
    lines = [
        "# Settings",
        "",
        "Every setting is an environment variable. `puente config` prints what is in force and where it came from.",
        f"Written from `config.py` by `{COMMAND}`.",
        "",
        "| variable | default | what it does |",
        "| --- | --- | --- |",
    ]
    for setting in config.SETTINGS:
        lines.append(f"| `{setting.variable}` | {_default(setting)} | {setting.explains} |")
    return "\n".join(lines) + "\n"


def _default(setting: config.Setting) -> str:
    if setting.secret and setting.default:
        return "a demonstration value"
    if setting.default in ("", None):
        return "empty"
    text = str(setting.default).replace(str(ROOT), ".")
    return f"`{text}`"


def city_page() -> str:
    """Return the page that documents the file of a city, in the order of its schema."""
    schema = city_schema()
    lines = [
        "# Another city",
        "",
        "Copy `deployments/mexico_city.json`, change every value, and name the copy in `PUENTE_DEPLOYMENT`. A text is",
        '`{"es": …, "en": …}`. A file that lacks a key, has one nobody reads, or names what does not exist is refused',
        "before anything is served; the sentence says where. What belongs to Mexican law or custom (CFDI, RFC, CURP,",
        "OXXO, SPEI) is asked or offered only where it applies.",
        f"Written from `deployments/city.schema.json` by `{COMMAND}`.",
        "",
        "| key | what it says |",
        "| --- | --- |",
    ]
    lines += [f"| `{key}` | {what['description']} |" for key, what in schema["properties"].items()]
    return "\n".join(lines) + "\n"


def life_cycles() -> str:
    """Return the glossary's section on every life cycle and its states. Needs an application context."""
    parts = [START, "## Life cycles", ""]
    for table_name in sorted(StateTable.registry):
        table = StateTable.registry[table_name]
        parts += [f"### `{table_name}`", "", "| Spanish | English | means | leads to |", "| --- | --- | --- | --- |"]
        for state in table.states:
            with in_language("es"):
                label = table.label(state)
                onward = ", ".join(table.label(target) for target in table.targets(state)) or "the end"
            with in_language("en"):
                english, meaning = table.label(state), table.meaning(state)
            parts.append(f"| {label} | {english} | {meaning} | {onward} |")
        parts.append("")
    return "\n".join([*parts, END]) + "\n"


def glossary_with(section: str) -> str:
    """Return the glossary with its section on life cycles replaced, or added at the end."""
    text = GLOSSARY.read_text(encoding="utf-8") if GLOSSARY.is_file() else ""
    if START in text and END in text:
        before, _start, rest = text.partition(START)
        return before + section.rstrip("\n") + rest.partition(END)[2]
    return (text.rstrip("\n") + "\n\n" + section) if text else section


def main() -> int:
    """Write them all."""
    from web.factory import create_app  # local: the tests bring their own application

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"MODE": "test", "DATA_FOLDER": folder})
        with app.app_context():
            pages: dict[Path, str] = {
                GUARDS: route_guards(app),
                SETTINGS_PAGE: settings_page(),
                CITY_PAGE: city_page(),
                GLOSSARY: glossary_with(life_cycles()),
            }
    for path, text in pages.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
