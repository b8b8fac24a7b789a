"""A journey as legs: where from, where to, from which day to which. Read, checked, measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.language import N_
from grants.rules import places
from grants.rules.problems import Problem

STEP = "itinerario"
LARGEST_LEGS = 12
LONGEST_STAY = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: travel from the origin city and stay at the destination from `starts_on` to `ends_on`, both included."""

    origin_country: str
    origin_city: str
    country: str
    city: str
    starts_on: date | None
    ends_on: date | None

    @property
    def is_blank(self) -> bool:
        """True when nothing of the stay was filled in."""
        return not (self.city or self.starts_on or self.ends_on)

    @property
    def nights(self) -> int:
        """Nights at the destination; 0 while a date is missing or they are the wrong way round."""
        if self.starts_on is None or self.ends_on is None:
            return 0
        return max(0, (self.ends_on - self.starts_on).days)

    @property
    def kilometres(self) -> int | None:
        """Great-circle distance of the leg, or None while a place is not known."""
        origin = places.find_city(self.origin_country, self.origin_city)
        destination = places.find_city(self.country, self.city)
        return None if origin is None or destination is None else places.distance_km(origin, destination)

    def as_json(self) -> dict[str, Any]:
        """Return the leg as it is stored, with nights and distance."""
        return {
            "origin_country": self.origin_country,
            "origin_city": self.origin_city,
            "country": self.country,
            "city": self.city,
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "nights": self.nights,
            "kilometres": self.kilometres,
        }


def read_leg(value: Mapping[str, Any]) -> Leg:
    """Read a leg from plain values; what cannot be read is left out, and `problems` says so."""
    return Leg(
        origin_country=_text(value, "origin_country")[:2].upper(),
        origin_city=_text(value, "origin_city"),
        country=_text(value, "country")[:2].upper(),
        city=_text(value, "city"),
        starts_on=_day(value.get("starts_on")),
        ends_on=_day(value.get("ends_on")),
    )


def read_legs(values: Sequence[Mapping[str, Any]]) -> list[Leg]:
    """Read legs in the order they were written, without the blank ones."""
    return [leg for leg in (read_leg(value) for value in values[:LARGEST_LEGS]) if not leg.is_blank]


def _text(value: Mapping[str, Any], name: str) -> str:
    return str(value.get(name) or "").strip()[: places.LONGEST_CITY_NAME]


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def days_by_leg(legs: Sequence[Leg]) -> list[int]:
    """Return how many days each leg counts. A day shared by two legs is counted once, at the later one."""
    owner: dict[date, int] = {}
    for number, leg in enumerate(legs):
        if (
            leg.starts_on
            and leg.ends_on
            and leg.starts_on <= leg.ends_on
            and leg.ends_on - leg.starts_on < LONGEST_STAY
        ):
            for offset in range((leg.ends_on - leg.starts_on).days + 1):
                owner[leg.starts_on + timedelta(days=offset)] = number
    counted = list(owner.values())
    return [counted.count(number) for number in range(len(legs))]


def total_days(legs: Sequence[Leg]) -> int:
    """Return the days of the whole journey, each once."""
    return sum(days_by_leg(legs))


def farthest_km(legs: Sequence[Leg]) -> int | None:
    """Return the distance from where the journey begins to its farthest stay: what the travel band is chosen by."""
    if not legs:
        return None
    origin = places.find_city(legs[0].origin_country, legs[0].origin_city)
    reached = [places.find_city(leg.country, leg.city) for leg in legs]
    distances = [places.distance_km(origin, city) for city in reached if origin and city]
    return max(distances) if distances else None


def main_destination(legs: Sequence[Leg], home_country: str) -> str | None:
    """Return the country that gives the journey its region: the longest stay away, or where an inbound one begins."""
    away = [
        (days, leg.country) for days, leg in zip(days_by_leg(legs), legs, strict=True) if leg.country != home_country
    ]
    if away:
        return max(away, key=lambda pair: pair[0])[1] or None
    return legs[0].origin_country or None if legs and legs[0].origin_country != home_country else None


def problems(legs: Sequence[Leg], *, direction: str, home_country: str) -> list[Problem]:
    """Return what is wrong with a journey, in the order of its legs."""
    if not legs:
        return [Problem(STEP, "legs-0-city", N_("Escribe al menos un tramo del viaje."))]
    found = [problem for number, leg in enumerate(legs) for problem in _leg_problems(number, leg)]
    for number in range(1, len(legs)):
        before, after = legs[number - 1], legs[number]
        if before.ends_on and after.starts_on and after.starts_on < before.ends_on:
            found.append(
                Problem(
                    STEP,
                    f"legs-{number}-starts_on",
                    N_("El tramo %(number)s empieza antes de que termine el anterior."),
                    {"number": number + 1},
                )
            )
    countries = {leg.country for leg in legs if leg.country}
    if direction == "outbound" and countries and countries <= {home_country}:
        found.append(Problem(STEP, "legs-0-country", N_("El destino debe estar en otro país.")))
    if direction == "inbound" and countries and home_country not in countries:
        found.append(Problem(STEP, "legs-0-country", N_("El viaje debe llegar a la ciudad.")))
    return found


def _leg_problems(number: int, leg: Leg) -> list[Problem]:
    found = []

    def add(field: str, message: str, **parameters: Any) -> None:
        found.append(Problem(STEP, f"legs-{number}-{field}", message, {"number": number + 1, **parameters}))

    for prefix, country, city in (("origin_", leg.origin_country, leg.origin_city), ("", leg.country, leg.city)):
        if not places.is_country(country):
            add(f"{prefix}country", N_("Elige el país del tramo %(number)s."))
        elif not city:
            add(f"{prefix}city", N_("Escribe la ciudad del tramo %(number)s."))
        elif places.find_city(country, city) is None:
            close = ", ".join(places.similar_cities(country, city))
            if close:
                add(f"{prefix}city", N_("No conocemos «%(city)s» en ese país. ¿Es %(close)s?"), city=city, close=close)
            else:
                add(
                    f"{prefix}city",
                    N_("No conocemos «%(city)s» en ese país. Escribe la ciudad grande más cercana."),
                    city=city,
                )
    if leg.starts_on is None:
        add("starts_on", N_("Escribe la fecha de llegada del tramo %(number)s."))
    if leg.ends_on is None:
        add("ends_on", N_("Escribe la fecha de salida del tramo %(number)s."))
    if leg.starts_on and leg.ends_on:
        if leg.ends_on < leg.starts_on:
            add("ends_on", N_("En el tramo %(number)s la salida es anterior a la llegada."))
        elif leg.ends_on - leg.starts_on >= LONGEST_STAY:
            add("ends_on", N_("El tramo %(number)s dura más de un año; revisa las fechas."))
    return found
