"""What a deployment says of its city is whole and makes sense before anything is served."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from jsonschema import Draft202012Validator

import config
from core.money import UnknownCurrency, exponent
from grants.rules.places import is_country
from grants.rules.retention import read_schedule

SCHEMA = Path(__file__).resolve().parent.parent / "deployments" / "city.schema.json"
MOST_TOLD = 5


@cache
def city_schema() -> dict[str, Any]:
    """Return the JSON Schema of a deployment's file: its keys, and what each is for."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def check_city(values: Mapping[str, Any], sources: Mapping[str, str]) -> None:
    """Refuse a deployment that lacks something, has a key nobody reads, or names what does not exist.

    Raises:
        config.BadSetting: it names the file, and each key with what is wrong.
    """
    keys = city_schema()["properties"].keys()
    said = {name: values[name] for name in values if name in keys or sources.get(name) == "deployment"}
    faults = list(_shape(said)) or list(_sense(said))
    if faults:
        raise config.BadSetting(f"PUENTE_DEPLOYMENT: {values['DEPLOYMENT']}: " + "; ".join(faults[:MOST_TOLD]))


def _shape(said: Mapping[str, Any]) -> Iterator[str]:
    errors = Draft202012Validator(city_schema()).iter_errors(said)
    for error in sorted(errors, key=lambda one: (one.json_path, one.message)):
        yield f"{error.json_path.removeprefix('$').removeprefix('.') or 'the file'}: {error.message[:200]}"


def _sense(said: Mapping[str, Any]) -> Iterator[str]:
    try:
        exponent(said["BASE_CURRENCY"])
    except UnknownCurrency:
        yield f"BASE_CURRENCY: {said['BASE_CURRENCY']} is no currency of ISO 4217"
    named = [country for region in said["REGIONS"] for country in region.get("countries", ())]
    for code in (said["COUNTRY"], *named):
        if not is_country(code):
            yield f"COUNTRY, REGIONS: {code} is no country of ISO 3166-1"
    if said["TIME_ZONE"] not in available_timezones():
        yield f"TIME_ZONE: {said['TIME_ZONE']} is no zone of the IANA"
    for name in ("AXES", "REGIONS", "RETENTION", "TRANSPARENCY_ARTICLES"):
        ids = [one["id"] for one in said[name]]
        yield from (f"{name}: {one} stands twice" for one in sorted({one for one in ids if ids.count(one) > 1}))
    try:
        read_schedule(said["RETENTION"])
    except ValueError as fault:
        yield f"RETENTION: {fault}"
