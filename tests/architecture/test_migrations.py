"""Migrations and models say the same, and every step can be taken back, on the database of this run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, inspect, text

from core.database import TRIGGERS, Base, db
from core.settings import install_settings
from tests.architecture.places import ROOT
from tests.built import Built
from tests.conftest import settings

Schema = dict[str, Any]


@dataclass
class Migrated:
    """An application on a database that only migrations have touched."""

    app: Flask

    def upgrade(self) -> None:
        with self.app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))

    def downgrade(self) -> None:
        with self.app.app_context():
            flask_migrate.downgrade(directory=str(ROOT / "migrations"), revision="base")

    def schema(self) -> Schema:
        with self.app.app_context():
            return describe(db.engine)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory, application: Flask, built: Built) -> Iterator[Migrated]:
    from web.factory import create_app  # local: the application fixture has imported every room by now

    folder = tmp_path_factory.mktemp("migrated")
    migrated = Migrated(create_app(settings(folder, built.copy("migrated", folder))))
    yield migrated
    with migrated.app.app_context():
        db.engine.dispose()
    install_settings(application.config)


def describe(engine: Engine) -> Schema:
    """Return everything a database says about its tables, constraints, indexes, triggers and functions."""
    inspector = inspect(engine)
    tables = [table for table in inspector.get_table_names() if table != "alembic_version"]
    return {**{table: _table(inspector, table) for table in sorted(tables)}, "triggers": _triggers(engine)}


def _table(inspector: Any, table: str) -> Schema:
    def plain(items: list[Any], *keys: str) -> list[str]:
        return sorted(str([(key, said(item.get(key))) for key in keys]) for item in items)

    def said(value: Any) -> str:
        # A partial index's condition is an object: two of them are equal when they say the same.
        return str({k: str(v) for k, v in value.items()}) if isinstance(value, dict) else str(value)

    return {
        "columns": sorted(
            f"{c['name']} {c['type']} null={c['nullable']} default={c['default']}" for c in inspector.get_columns(table)
        ),
        "checks": plain(inspector.get_check_constraints(table), "name", "sqltext"),
        "uniques": plain(inspector.get_unique_constraints(table), "name", "column_names"),
        "indexes": plain(inspector.get_indexes(table), "name", "column_names", "unique", "dialect_options"),
        "keys": plain(
            inspector.get_foreign_keys(table),
            "name",
            "constrained_columns",
            "referred_table",
            "referred_columns",
            "options",
        ),
        "primary": inspector.get_pk_constraint(table)["constrained_columns"],
    }


def _triggers(engine: Engine) -> list[str]:
    if engine.dialect.name == "sqlite":
        queries = ["SELECT name || ': ' || sql FROM sqlite_master WHERE type = 'trigger'"]
    else:
        queries = [
            "SELECT tgname || ': ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT proname || ': ' || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        ]
    with engine.connect() as connection:
        return sorted(" ".join(row[0].split()) for query in queries for row in connection.execute(text(query)))


def test_there_is_one_head() -> None:
    heads = ScriptDirectory(str(ROOT / "migrations")).get_heads()
    assert len(heads) == 1


def test_migrations_build_what_the_models_describe(migrated: Migrated, app: Flask) -> None:
    found, wanted = migrated.schema(), describe(db.engine)
    assert sorted(found) == sorted(wanted)
    assert {name: part for name, part in found.items() if part != wanted[name]} == {
        name: part for name, part in wanted.items() if part != found[name]
    }


def test_alembic_finds_no_drift(migrated: Migrated) -> None:
    with migrated.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_registered_trigger_is_there(migrated: Migrated) -> None:
    found = {line.split(":")[0] for line in migrated.schema()["triggers"]}
    with migrated.app.app_context():
        dialect = db.engine.dialect.name
    wanted = {name for name, statements in TRIGGERS.items() if statements[dialect]}
    assert wanted - found == set()


def test_every_step_can_be_taken_back_and_again(migrated: Migrated) -> None:
    before = migrated.schema()
    migrated.downgrade()
    assert migrated.schema() == {"triggers": []}
    migrated.upgrade()
    assert migrated.schema() == before
