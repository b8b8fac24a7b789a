"""The published tariff: how a journey becomes a budget, line by line, each with its rule.

Amounts are integer cents of the tariff's currency; each line is converted once, at the call's frozen rate, and
rounded half to even.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.language import N_
from core.money import Money
from grants.rules.itinerary import Leg, days_by_leg, farthest_km, total_days
from grants.rules.problems import Problem
from grants.rules.tariff_lines import PER_DIEM, TRAVEL, Line, day_cents, lines_of

FORMAT = "puente-tariff/1"
STEP = "presupuesto"
LARGEST_COUNT = 60
LARGEST_ANSWER = 10_000


@dataclass(frozen=True, slots=True)
class Party:
    """Who travels and what they need: the quantities that the lines of a budget multiply."""

    people: int = 1
    green: bool = False
    visas: int = 0
    children: int = 0
    access_days: int = 0
    answers: Mapping[str, Any] = field(default_factory=dict)  # to the questions a call asks besides

    @classmethod
    def read(cls, answers: Mapping[str, Any]) -> "Party":
        """Read the party from an application's answers; what is missing counts as none."""
        return cls(
            people=max(1, _count(answers.get("people"))),
            green=answers.get("green") in (True, "yes"),
            visas=_count(answers.get("visas")),
            children=_count(answers.get("children")),
            access_days=_count(answers.get("access_days")),
            answers=answers,
        )

    def times(self, question: str | None) -> int:
        """Return how often the answer to a question counts: a number itself, yes once, and no answer not at all."""
        if question is None:
            return 1
        value = self.answers.get(question)
        if value is None and question in ("green", "visas", "children", "access_days"):
            value = getattr(self, question)
        return max(0, min(value, LARGEST_ANSWER)) if type(value) is int else int(value in (True, "yes"))


def _count(value: Any) -> int:
    try:
        return max(0, min(int(value or 0), LARGEST_COUNT))
    except (TypeError, ValueError):
        return 0


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line: `quantity` times `unit` by the tariff's `rule`, and what that is in the call's currency."""

    rule: str
    detail: str
    quantity: int
    unit: Money
    amount: Money
    capped: bool = False  # the line's own cap pays less than the quantity would

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is stored and hashed: integers and texts only."""
        return {
            "rule": self.rule,
            "detail": self.detail,
            "quantity": self.quantity,
            "unit_cents": self.unit.amount_cents,
            "unit_currency": self.unit.currency,
            "amount_cents": self.amount.amount_cents,
            "currency": self.amount.currency,
            **({"capped": True} if self.capped else {}),
        }


def price(legs: Sequence[Leg], party: Party, tariff: Mapping[str, Any]) -> list[BudgetLine]:
    """Return the budget lines of a journey, in the order of the tariff. Nothing is priced until the days are known."""
    if not total_days(legs):
        return []
    return [found for line in lines_of(tariff) for found in _capped(line, _priced(line, legs, party, tariff), tariff)]


def _priced(line: Line, legs: Sequence[Leg], party: Party, tariff: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Yield detail, quantity and unit in cents of everything one line pays."""
    match line.tariff:
        case "per_diem":
            for leg, stayed in zip(legs, days_by_leg(legs), strict=True):
                if stayed:
                    cents = day_cents(tariff["per_diem"], leg.country)
                    yield f"{leg.city} ({leg.country})", stayed * party.people, cents
        case "travel":
            distance = farthest_km(legs)
            if distance is not None:
                yield f"{distance} km", party.people, int(travel_band(distance, tariff)["cents"])
        case _:
            days = total_days(legs)
            by_unit = {"trip": 1, "person": party.people, "day": days, "person_day": days * party.people}
            yield "", by_unit[line.unit] * party.times(line.question), line.cents


def _capped(line: Line, priced: Iterable[tuple[str, int, int]], tariff: Mapping[str, Any]) -> Iterator[BudgetLine]:
    """Yield the budget lines of one line, which together pay no more than its cap."""
    rate = tariff["rate"]
    left = None if line.cap_cents is None else Money(line.cap_cents, tariff["currency"])
    for detail, quantity, cents in priced:
        if not quantity or not cents:
            continue
        unit = Money(cents, tariff["currency"])
        due = unit * quantity
        paid = due if left is None else min(due, left)
        left = None if left is None else left - paid
        amount = paid.converted(Fraction(rate["value"]), rate["quote"])
        yield BudgetLine(line.id, detail, quantity, unit, amount, capped=paid < due)


def travel_band(distance: int, tariff: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the band of a distance: the first whose upper bound is strictly greater, or the open one."""
    bands: list[Mapping[str, Any]] = tariff["travel"]
    return next(band for band in bands if band["under_km"] is None or distance < band["under_km"])


def total(lines: Sequence[BudgetLine], currency: str) -> Money:
    """Return the sum of the lines, exactly."""
    return sum((line.amount for line in lines), Money.zero(currency))


def requested(lines: Sequence[BudgetLine], cap: Money) -> Money:
    """Return what may be asked for: the sum, or the call's cap where the sum is above it."""
    return min(total(lines, cap.currency), cap)


def stay_limits(people: int, tariff: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the row of the tariff that says how long a party of `people` may stay, or None where it is too large."""
    rows: list[Mapping[str, Any]] = tariff["stays"]
    return next((row for row in rows if row["min_people"] <= people <= row["max_people"]), None)


def problems(legs: Sequence[Leg], party: Party, tariff: Mapping[str, Any]) -> list[Problem]:
    """Return where a journey is outside the tariff's limits of people and days."""
    limits = stay_limits(party.people, tariff)
    if limits is None:
        largest = max(row["max_people"] for row in tariff["stays"])
        return [
            Problem(
                STEP, "q_people", N_("El grupo puede ser de %(largest)s personas como máximo."), {"largest": largest}
            )
        ]
    days = total_days(legs)
    if days and not limits["min_days"] <= days <= limits["max_days"]:
        return [
            Problem(
                "itinerario",
                "legs-0-ends_on",
                N_("El viaje suma %(days)s días; para %(people)s deben ser entre %(least)s y %(most)s."),
                {
                    "days": days,
                    "people": party.people,
                    "least": limits["min_days"],
                    "most": limits["max_days"],
                },
            )
        ]
    return []


def faults(tariff: Mapping[str, Any]) -> list[str]:
    """Return what keeps a document from being a tariff, as paths; empty when it is one."""
    found = []
    rate = tariff.get("rate") or {}
    if tariff.get("format") != FORMAT:
        found.append("format")
    if not (tariff.get("source") or {}).get("url"):
        found.append("source")
    if not all(rate.get(name) for name in ("base", "quote", "value", "date", "source")):
        found.append("rate")
    elif rate["base"] != tariff.get("currency"):
        found.append("rate.base")
    found += _table_faults(tariff)
    if not tariff.get("stays"):
        found.append("stays")
    return found


def _table_faults(tariff: Mapping[str, Any]) -> Iterator[str]:
    lines = lines_of(tariff)
    used = {line.tariff for line in lines}
    rates = tariff.get("per_diem") or {}
    if PER_DIEM in used and not isinstance(rates.get("cents"), int):
        yield "per_diem"
    bands = tariff.get("travel") or []
    limits = [band.get("under_km") for band in bands[:-1]]
    if TRAVEL in used and (not bands or bands[-1].get("under_km") is not None or limits != sorted(set(limits))):
        yield "travel"
    countries = [country for group in rates.get("groups", ()) for country in group["countries"]]
    if len(countries) != len(set(countries)):
        yield "per_diem.groups"
    caps = [line.cap_cents or 0 for line in lines]
    amounts = [row.get("cents") for row in (rates, *rates.get("groups", ()), *bands)]
    if any(cents < 0 for cents in (*caps, *(line.cents for line in lines), *amounts) if isinstance(cents, int)):
        yield "negative"
    if not lines or len({line.id for line in lines}) != len(lines):
        yield "lines"
