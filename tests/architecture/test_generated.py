"""Routes, settings and life cycles are documented, and the documents agree with the code."""

import difflib
from pathlib import Path

import pytest
from flask import Flask

import config
from core.access import guard_of
from core.states import StateTable
from tests.architecture import generated, places
from tests.architecture.findings import assert_nothing
from tests.architecture.translations import entries, is_filled

pytestmark = pytest.mark.only_on("sqlite")  # doors, settings and life cycles do not hang on the database


def compare(path: Path, wanted: str) -> None:
    """Fail with a readable difference and the command that mends it."""
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    difference = "".join(
        difflib.unified_diff(
            written.splitlines(keepends=True), wanted.splitlines(keepends=True), f"{path.name} (committed)", "code", n=0
        )
    )
    assert written == wanted, f"read the difference; if it is meant, run {generated.COMMAND}\n{difference}"


def test_every_route_has_a_guard(app: Flask) -> None:
    open_doors = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and guard_of(rule.endpoint) is None
    ]
    assert_nothing(open_doors)


def test_the_table_of_routes_and_roles_is_up_to_date(app: Flask) -> None:
    compare(generated.GUARDS, generated.route_guards(app))


def test_what_changes_something_is_never_open_to_anyone_but_by_intention(app: Flask) -> None:
    writing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        and (guard := guard_of(rule.endpoint)) is not None
        and guard.roles is None
    }
    # People without an account sign in, register, recover their account, give, begin to write what becomes an
    # application, and ask for letters about calls; Stripe sends signed notices.
    without_account = {"grants.sketch_write", "grants.subscription_new", "grants.subscription_manage"}
    without_account.add("grants_machine.subscription_end")  # by the key in the letter
    rooms = {endpoint.split(".")[0] for endpoint in writing - without_account}
    assert rooms <= {"accounts", "trust", "trust_machine"}


def test_the_page_of_another_city_is_up_to_date() -> None:
    compare(generated.CITY_PAGE, generated.city_page())


def test_every_setting_is_explained_and_on_the_page() -> None:
    assert_nothing(setting.name for setting in config.SETTINGS if len(setting.explains.split()) < 2)
    assert len({setting.variable for setting in config.SETTINGS}) == len(config.SETTINGS)
    compare(generated.SETTINGS_PAGE, generated.settings_page())


def test_every_setting_is_read_by_somebody() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (*places.source_files(), places.ROOT / "config.py")
    ) + "".join(path.read_text(encoding="utf-8") for path in (places.ROOT / "tests").glob("*.py"))
    # Flask, Werkzeug and their extensions read these by their own names.
    theirs = {"DEBUG", "SECRET_KEY", "TRUSTED_HOSTS", "MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS"}
    unread = [
        setting.name
        for setting in config.SETTINGS
        if setting.name not in theirs and code.count(f'"{setting.name}"') < 2
    ]
    assert_nothing(unread)


def test_the_glossary_tells_every_life_cycle(app: Flask) -> None:
    compare(generated.GLOSSARY, generated.glossary_with(generated.life_cycles()))


def tables() -> list[StateTable]:
    return [StateTable.registry[name] for name in sorted(StateTable.registry)]


def test_every_state_can_be_reached_and_every_move_stays_inside(application: Flask) -> None:
    wrong = []
    for table in tables():
        reached, waiting = {table.initial}, [table.initial]
        while waiting:
            fresh = [target for target in table.targets(waiting.pop()) if target not in reached]
            reached.update(fresh)
            waiting += fresh
        wrong += [f"{table.name}: {state} cannot be reached" for state in table.states if state not in reached]
        wrong += [
            f"{table.name}: {source} → {target} leaves the table"
            for source, target in table.transitions
            if source not in table.states or target not in table.states
        ]
    assert tables()
    assert_nothing(wrong)


def test_every_state_reads_well_in_both_languages(application: Flask) -> None:
    english = {str(message.id) for _room, message in entries() if is_filled(message)}
    wrong = []
    for table in tables():
        for key, state in table.states.items():
            where = f"{table.name}.{key}"
            wrong += [
                f"{where}: no English for {text!r}" for text in (state.label, state.meaning) if text not in english
            ]
            if not state.meaning.endswith((".", "?")) or len(state.meaning.split()) < 3:
                wrong.append(f"{where}: the meaning is not a sentence: {state.meaning!r}")
    assert_nothing(wrong)


@pytest.mark.parametrize("tone", ["progress", "good"])
def test_life_cycles_use_the_tones(application: Flask, tone: str) -> None:
    assert any(state.tone == tone for table in tables() for state in table.states.values())
