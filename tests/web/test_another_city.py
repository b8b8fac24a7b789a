"""Nothing of the first city is in the code: the demo year told in another one, whose currency has no cents."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from core.roles import Role
from core.settings import install_settings
from tests.architecture.findings import assert_nothing
from tests.conftest import TestDatabase
from tests.factories.rules import CITY
from tests.web.conftest import VISITOR, World, tell_year, visited
from tests.web.pages import walk
from web.city import check_city

OTHER: dict[str, Any] = {
    "CITY_NAME": {"es": "Kioto", "en": "Kyoto"},
    "TRUST_NAME": {"es": "Fideicomiso Kamo", "en": "Kamo Trust"},
    "BASE_CURRENCY": "JPY",
    "COUNTRY": "JP",
    "TIME_ZONE": "Asia/Tokyo",
    "AXES": [
        {"id": 3, "name": {"es": "Oficios", "en": "Crafts"}, "short": {"es": "Oficios", "en": "Crafts"}},
        {"id": 8, "name": {"es": "Estudio", "en": "Study"}, "short": {"es": "Estudio", "en": "Study"}},
    ],
    "REGIONS": [
        {"id": "near", "name": {"es": "Cerca", "en": "Near"}, "continents": ["AS", "OC"]},
        {"id": "far", "name": {"es": "Lejos", "en": "Far"}, "continents": ["AF", "AN", "EU", "NA", "SA"]},
    ],
    "TERRITORY_LABEL": {"es": "Barrio", "en": "Ward"},
    "TERRITORIES": ["Kita", "Kamigyo", "Sakyo"],
    "LOT_SOURCE": {"es": "Sorteo nacional", "en": "National draw"},
}
WHO = (VISITOR, Role.APPLICANT, Role.SPONSOR_CONTACT, Role.PROGRAMME_OFFICER, Role.TREASURER)
FIRST_CITY = re.compile(
    r"MXN|M\.N\.|\bpesos? mexicano|Mexican peso|Ciudad de México|Mexico City|[Aa]lcaldía|[Bb]orough|Melate"
    r"|OXXO|SPEI|CFDI"
)


@pytest.fixture(scope="module")
def elsewhere(application: Flask, database: TestDatabase) -> Iterator[World]:
    """The demo year, told in the other city; the first one comes back afterwards."""
    first = {name: application.config[name] for name in OTHER}
    application.config.update(OTHER)
    yield tell_year(application, database, "elsewhere")
    application.config.update(first)
    install_settings(application.config)


@pytest.mark.only_on("sqlite")  # what a page says does not hang on the database
@pytest.mark.parametrize(
    "role", [VISITOR, Role.APPLICANT, Role.SPONSOR_CONTACT, Role.PROGRAMME_OFFICER, Role.TREASURER]
)
def test_no_page_speaks_of_the_first_city(elsewhere: World, role: str) -> None:
    with visited(elsewhere) as world:
        found = walk(world.app, world.client(role), role)
    assert found.faults == []
    pages = list(found.html())
    assert len(pages) > 20
    assert any("JPY" in page.body.decode() for page in pages)
    told = [
        f"{page.path}: …{text[max(0, hit.start() - 40) : hit.end() + 30]}…"
        for page in pages
        for text in [page.body.decode()]
        for hit in FIRST_CITY.finditer(text)
    ]
    assert_nothing(told)


# --- the file of a city --------------------------------------------------------


def changed(**more: Any) -> dict[str, Any]:
    """The first city's file with changes; None takes a key away."""
    found = {name: value for name, value in deepcopy(CITY).items() if not name.startswith("_")} | more
    return {name: value for name, value in found.items() if value is not None}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"AXES": None}, "'AXES' is a required property"),
    ({"SECTORS": []}, "'SECTORS' was unexpected"),
    ({"CITY_NAME": {"es": "Kioto"}}, "CITY_NAME: 'en' is a required property"),
    ({"BASE_CURRENCY": "XXZ"}, "XXZ is no currency"),
    ({"COUNTRY": "ZZ"}, "ZZ is no country"),
    ({"TIME_ZONE": "Mexico City"}, "Mexico City is no zone"),
    ({"AXES": [CITY["AXES"][0], CITY["AXES"][0]]}, "AXES: 1 stands twice"),
    ({"RETENTION": [{**CITY["RETENTION"][0], "event": "never"}]}, "RETENTION: "),
    ({"TERRITORIES": []}, "TERRITORIES: "),
]


@pytest.mark.parametrize(("change", "said"), BAD, ids=[said for _change, said in BAD])
def test_a_city_that_makes_no_sense_is_refused_by_key(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = tmp_path / "city.json"
    path.write_text(json.dumps(changed(**change)), encoding="utf-8")
    values, sources = config.load({"PUENTE_DEPLOYMENT": str(path)})
    with pytest.raises(config.BadSetting, match=re.escape(said)) as refusal:
        check_city(values, sources)
    assert str(path) in str(refusal.value)


def test_the_two_cities_are_whole(tmp_path: Path) -> None:
    for city in (CITY, changed(**OTHER)):
        path = tmp_path / "city.json"
        path.write_text(json.dumps(city), encoding="utf-8")
        check_city(*config.load({"PUENTE_DEPLOYMENT": str(path)}))
