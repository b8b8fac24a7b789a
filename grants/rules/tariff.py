"""The published tariff: how a journey becomes a budget, line by line, each with its rule.

Amounts are integer cents of the tariff's currency; each line is converted once, at the call's frozen rate, and
rounded half to even.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from core.language import N_, _
from core.money import Money
from grants.rules.itinerary import Leg, days_by_leg, farthest_km, total_days
from grants.rules.moments import spoken_day
from grants.rules.problems import Problem

FORMAT = "puente-tariff/1"
STEP = "presupuesto"
LARGEST_COUNT = 60


@dataclass(frozen=True, slots=True)
class Party:
    """Who travels and what they need: the quantities that the top-ups multiply."""

    people: int = 1
    green: bool = False
    visas: int = 0
    children: int = 0
    access_days: int = 0

    @classmethod
    def read(cls, answers: Mapping[str, Any]) -> "Party":
        """Read the party from an application's answers; what is missing counts as none."""
        return cls(
            people=max(1, _count(answers.get("people"))),
            green=answers.get("green") in (True, "yes"),
            visas=_count(answers.get("visas")),
            children=_count(answers.get("children")),
            access_days=_count(answers.get("access_days")),
        )


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
        }


RULE_LABELS: dict[str, str] = {
    "per_diem": N_("Viático por día y persona"),
    "travel": N_("Traslado por persona"),
    "green": N_("Complemento por viajar sin avión"),
    "visa": N_("Complemento por visa"),
    "family": N_("Complemento por cada hija o hijo"),
    "access": N_("Complemento por necesidades de acceso, por día"),
}


def rule_label(rule: str) -> str:
    """Return the name of a rule in the reader's language."""
    return _(RULE_LABELS[rule])


def spoken_rate(tariff: Mapping[str, Any]) -> str:
    """Return a sentence with the frozen exchange rate, its date and its source; empty while there is none."""
    rate = tariff.get("rate") or {}
    if not rate.get("value"):
        return ""
    named = rate["source"]
    source = _(named) if named else ""
    return _(
        "Tipo de cambio fijado: 1 %(base)s = %(value)s %(quote)s, del %(date)s (%(source)s).",
        base=rate["base"],
        value=rate["value"],
        quote=rate["quote"],
        date=spoken_day(date.fromisoformat(rate["date"])) if rate["date"] else "",
        source=source,
    )


def price(legs: Sequence[Leg], party: Party, tariff: Mapping[str, Any]) -> list[BudgetLine]:
    """Return the budget lines of a journey, in the order of the tariff. Nothing is priced until the days are known."""
    lines = [*_per_diem(legs, party, tariff), *_travel(legs, party, tariff)]
    if not total_days(legs):
        return []
    quantities = {
        "green": party.people if party.green else 0,
        "visa": party.visas,
        "family": party.children,
        "access": party.access_days,
    }
    for top_up in tariff["top_ups"]:
        quantity = quantities.get(top_up["id"], 0)
        if quantity:
            lines.append(_line(tariff, top_up["id"], "", quantity, int(top_up["cents"])))
    return lines


def _per_diem(legs: Sequence[Leg], party: Party, tariff: Mapping[str, Any]) -> list[BudgetLine]:
    rates = tariff["per_diem"]
    lines = []
    for leg, days in zip(legs, days_by_leg(legs), strict=True):
        if days:
            cents = int(rates.get("countries", {}).get(leg.country, rates["cents"]))
            lines.append(_line(tariff, "per_diem", f"{leg.city} ({leg.country})", days * party.people, cents))
    return lines


def _travel(legs: Sequence[Leg], party: Party, tariff: Mapping[str, Any]) -> list[BudgetLine]:
    distance = farthest_km(legs)
    if distance is None:
        return []
    band = travel_band(distance, tariff)
    return [_line(tariff, "travel", f"{distance:,} km", party.people, int(band["cents"]))]


def travel_band(distance: int, tariff: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the band of a distance: the first whose upper bound is strictly greater, or the open one."""
    bands: list[Mapping[str, Any]] = tariff["travel"]
    return next(band for band in bands if band["under_km"] is None or distance < band["under_km"])


def _line(tariff: Mapping[str, Any], rule: str, detail: str, quantity: int, cents: int) -> BudgetLine:
    unit = Money(cents, tariff["currency"])
    rate = tariff["rate"]
    return BudgetLine(rule, detail, quantity, unit, (unit * quantity).converted(Fraction(rate["value"]), rate["quote"]))


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
    if not isinstance((tariff.get("per_diem") or {}).get("cents"), int):
        found.append("per_diem")
    if any(row["cents"] < 0 for row in _amounts(tariff)):
        found.append("negative")
    if not tariff.get("travel") or tariff["travel"][-1].get("under_km") is not None:
        found.append("travel")
    if not tariff.get("stays"):
        found.append("stays")
    return found


def _amounts(tariff: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = [tariff.get("per_diem") or {}, *(tariff.get("travel") or ()), *(tariff.get("top_ups") or ())]
    return [row for row in rows if isinstance(row.get("cents"), int)]
