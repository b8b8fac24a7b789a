"""Foreign keys and relationships point the way imports do: downstairs."""

import pytest
from flask import Flask
from sqlalchemy.orm import Mapper

from core.database import Base
from tests.architecture.findings import assert_nothing
from tests.architecture.places import may_know

pytestmark = pytest.mark.only_on("sqlite")  # what the models say of themselves does not hang on the database
NAMELESS = "scoring"  # knows scoring and core, nobody else
TELLING_COLUMNS = {"name", "full_name", "email", "phone", "tax_id", "curp", "rfc", "address", "public_name"}


def mappers() -> list[Mapper[object]]:
    """Every mapped class of the house, ordered."""
    return sorted(Base.registry.mappers, key=lambda mapper: str(mapper.class_.__module__) + mapper.class_.__name__)


def room(mapper: Mapper[object]) -> str:
    """The room a model lives in."""
    return mapper.class_.__module__.split(".")[0]


def owners() -> dict[str, str]:
    """The room of each table."""
    return {table.name: room(mapper) for mapper in mappers() for table in mapper.tables}


def allowed(upper: str, lower: str) -> bool:
    return lower in (NAMELESS, "core") if upper == NAMELESS else may_know(upper, lower)


def test_every_table_belongs_to_a_room(application: Flask) -> None:
    assert set(Base.metadata.tables) - set(owners()) == set()


def test_foreign_keys_point_downstairs(application: Flask) -> None:
    rooms = owners()
    wrong = [
        f"{rooms[table.name]}: {table.name}.{key.parent.name} → {rooms[key.column.table.name]}: {key.column.table.name}"
        for table in Base.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if not allowed(rooms[table.name], rooms[key.column.table.name])
    ]
    assert_nothing(wrong)


def test_relationships_point_downstairs_also_when_named_by_a_string(application: Flask) -> None:
    wrong = [
        f"{room(mapper)}: {mapper.class_.__name__}.{link.key} → {room(link.mapper)}: {link.mapper.class_.__name__}"
        for mapper in mappers()
        for link in mapper.relationships
        if not allowed(room(mapper), room(link.mapper))
    ]
    assert_nothing(wrong)


def test_scoring_has_no_column_for_a_name(application: Flask) -> None:
    found = [
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in mappers()
        if room(mapper) == NAMELESS
        for column in mapper.columns
        if column.key in TELLING_COLUMNS and mapper.class_.__name__ not in ("Rulebook", "RulebookVersion", "Committee")
    ]
    assert_nothing(found)


def test_money_is_whole_minor_units_beside_its_currency(application: Flask) -> None:
    wrong = []
    for table in Base.metadata.sorted_tables:
        cents = [column for column in table.columns if column.name.endswith("_cents")]
        wrong += [f"{table.name}.{c.name}: {c.type}" for c in cents if str(c.type) not in ("BIGINT", "INTEGER")]
        wrong += [
            f"{table.name}.{column.name}: {column.type}"
            for column in table.columns
            if str(column.type).startswith(("FLOAT", "REAL", "DOUBLE", "NUMERIC"))
            and any(word in column.name for word in ("amount", "cents", "price", "total"))
        ]
    assert_nothing(wrong)
