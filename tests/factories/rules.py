"""The forms and rules calls start from, as the first city has them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import config
from grants.rules import standard
from scoring.rules import templates

CITY: dict[str, Any] = json.loads((Path(config.ROOT) / "deployments" / "mexico_city.json").read_text(encoding="utf-8"))
SOURCE = {"es": "Sorteo público de prueba", "en": "Public test draw"}


def standard_form(axes: Sequence[Mapping[str, Any]], territories: Sequence[str]) -> dict[str, Any]:
    """The form most calls use, with these axes and parts of the city."""
    return standard.standard_form(axes, territories, home_country=CITY["COUNTRY"], territory=CITY["TERRITORY_LABEL"])


def standard_rulebook(title: Mapping[str, str], *, currency: str = "MXN", **more: Any) -> dict[str, Any]:
    """The rules most calls use."""
    return templates.standard_rulebook(title, currency=currency, lot_source=SOURCE, **more)
