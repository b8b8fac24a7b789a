"""The lines of a budget as a tariff has them: their names, what each is multiplied by, and the published table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.language import N_, _, current_language, localised
from core.money import Money, format_money
from grants.rules import form as form_rules
from grants.rules.moments import spoken_day
from grants.rules.places import country_name

Tariff = Mapping[str, Any]
PER_DIEM, TRAVEL, AMOUNT = "per_diem", "travel", "amount"
RULE_LABELS: dict[str, str] = {
    "per_diem": N_("Viático por día y persona"),
    "travel": N_("Traslado por persona"),
    "green": N_("Complemento por viajar sin avión"),
    "visa": N_("Complemento por visa"),
    "family": N_("Complemento por cada hija o hijo"),
    "access": N_("Complemento por necesidades de acceso, por día"),
}
UNITS: Mapping[str, str] = {
    "trip": N_("por viaje"),
    "person": N_("por persona"),
    "day": N_("por día"),
    "person_day": N_("por día y persona"),
}
# What the lines of a tariff that only names them are multiplied by: unit and question.
_NAMED: Mapping[str, tuple[str, str]] = {
    "green": ("person", "green"),
    "visa": ("trip", "visas"),
    "family": ("trip", "children"),
    "access": ("trip", "access_days"),
}
COUNTED = ("number", "yes_no")  # the types of questions a line may be multiplied by


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the days' or the distance's table, or an amount of its own times a unit and an answer. Cents."""

    id: str
    tariff: str
    name: Mapping[str, str] | None = None
    cents: int = 0
    unit: str = "trip"
    question: str | None = None
    cap_cents: int | None = None  # the most it pays for one application

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return localised(self.name) if self.name else _(RULE_LABELS.get(self.id, self.id))

    def as_json(self) -> dict[str, Any]:
        """Return the line as a tariff keeps it."""
        found: dict[str, Any] = {"id": self.id, "tariff": self.tariff}
        if self.name:
            found["name"] = dict(self.name)
        if self.tariff == AMOUNT:
            found |= {"cents": self.cents, "unit": self.unit}
            if self.question:
                found["question"] = self.question
        if self.cap_cents is not None:
            found["cap_cents"] = self.cap_cents
        return found


def lines_of(tariff: Tariff) -> list[Line]:
    """Return the lines of a tariff in their order; of one that does not list them, those every tariff began with."""
    if "lines" in tariff:
        return [Line(**row) for row in tariff["lines"]]
    extra = (
        Line(row["id"], AMOUNT, None, row["cents"], *_NAMED.get(row["id"], ("trip",)))
        for row in tariff.get("top_ups", ())
    )
    return [Line(PER_DIEM, PER_DIEM), Line(TRAVEL, TRAVEL), *extra]


def line_of(tariff: Tariff, line_id: str) -> Line | None:
    """Return one line by its id, or None."""
    return next((line for line in lines_of(tariff) if line.id == line_id), None)


def labels_of(tariff: Tariff) -> dict[str, str]:
    """Return the name of every line that a budget may have, by its id, in the reader's language."""
    return {rule: _(label) for rule, label in RULE_LABELS.items()} | {line.id: line.label for line in lines_of(tariff)}


def own_names(tariff: Tariff) -> dict[str, dict[str, str]]:
    """Return the names that a tariff gave its lines itself, in both languages."""
    return {line.id: dict(line.name) for line in lines_of(tariff) if line.name}


def day_cents(rates: Mapping[str, Any], country: str) -> int:
    """Return what a day in a country pays: by its group, by itself, or as everywhere else."""
    group = next((one for one in rates.get("groups", ()) if country in one["countries"]), None)
    cents = group["cents"] if group is not None else rates.get("countries", {}).get(country, rates["cents"])
    return int(cents)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the published table: what it is about, its label and its amount."""

    key: str
    label: str
    amount: Money


def published(tariff: Tariff, form: Mapping[str, Any] | None = None) -> list[Row]:
    """Return the tariff as the public reads it, in the order it is applied and in the language being spoken."""
    return [row for line in lines_of(tariff) for row in _rows(line, tariff, form)]


def _rows(line: Line, tariff: Tariff, form: Mapping[str, Any] | None) -> Iterator[Row]:
    currency = tariff["currency"]
    most = ""
    if line.cap_cents is not None:
        cap = format_money(Money(line.cap_cents, currency))
        most = "; " + _("hasta %(cap)s por solicitud", cap=cap)
    match line.tariff:
        case "per_diem":
            rates = tariff["per_diem"]
            special = [(group["countries"], group["cents"]) for group in rates.get("groups", ())]
            special += [([country], cents) for country, cents in sorted(rates.get("countries", {}).items())]
            others = ", " + _("en los demás países") if special else ""
            for countries, cents in special:
                named = ", ".join(sorted(country_name(one, current_language()) for one in countries))
                yield Row(
                    f"per_diem {' '.join(sorted(countries))}", f"{line.label}: {named}{most}", Money(cents, currency)
                )
            yield Row("per_diem", f"{line.label}{others}{most}", Money(rates["cents"], currency))
        case "travel":
            for band in tariff["travel"]:
                yield Row(
                    f"travel {band['under_km']}",
                    f"{line.label}, {spoken_band(band)}{most}",
                    Money(band["cents"], currency),
                )
        case _:
            label = f"{line.label}{_times(line, form)}{most}"
            yield Row(line.id, label, Money(line.cents, currency))


def spoken_band(band: Mapping[str, Any]) -> str:
    """Return which distances a band is for."""
    if band["under_km"] is None:
        return _("más lejos")
    return _("a menos de %(km)s km", km=f"{band['under_km']:,}")


def _times(line: Line, form: Mapping[str, Any] | None) -> str:
    if not line.name:
        return ""  # ours say it in their names
    item = form_rules.question(form, line.question) if form and line.question else None
    if item is None:
        return ", " + _(UNITS[line.unit])
    asked = form_rules.label(item)
    if item["type"] == "yes_no":
        return ", " + _("%(unit)s, si «%(question)s»", unit=_(UNITS[line.unit]), question=asked)
    if line.unit == "trip":
        return ", " + _("por cada unidad de «%(question)s»", question=asked)
    return ", " + _("%(unit)s y por cada unidad de «%(question)s»", unit=_(UNITS[line.unit]), question=asked)


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


def uncounted(tariff: Tariff, form: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the lines multiplied by an answer that the form does not ask for as a number or as yes or no."""
    for line in lines_of(tariff):
        item = form_rules.question(form, line.question) if line.question else None
        if line.question and (item is None or item["type"] not in COUNTED):
            yield line
