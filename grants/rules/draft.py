"""What follows from a draft's answers and itinerary: its budget, what may be asked for, and what lists filter by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.money import Money
from grants.rules import eligibility, form, itinerary, places, tariff
from grants.rules.itinerary import Leg
from grants.rules.problems import Problem


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a call an application is judged by."""

    form: Mapping[str, Any]
    tariff: Mapping[str, Any]
    eligibility: Mapping[str, Any]
    cap: Money
    regions: Sequence[Mapping[str, Any]] = ()

    @property
    def home_country(self) -> str:
        """The country journeys leave from, or come to."""
        return str(self.form.get("home_country", ""))


@dataclass(frozen=True, slots=True)
class Derived:
    """What was worked out. `requested` is the budget's total, or the call's cap where that is less."""

    lines: list[dict[str, Any]]
    total: Money
    requested: Money
    axis: int | None
    region: str | None
    alcaldia: str | None
    gender: str | None
    first_time: bool | None

    @property
    def is_over_cap(self) -> bool:
        """True when the tariff would give more than the call's cap."""
        return self.requested < self.total


def party_of(terms: Terms, kind: str, answers: Mapping[str, Any]) -> tariff.Party:
    """Return who travels. A person travels as one, and what is not asked of them counts for nothing."""
    asked = {
        item["id"]: answers.get(item["id"])
        for _step, item in form.questions(terms.form)
        if form.applies(item, answers, kind)
    }
    return tariff.Party.read({**asked, "people": 1 if kind == "person" else answers.get("people")})


def derive(terms: Terms, *, kind: str, answers: Mapping[str, Any], legs: Sequence[Leg]) -> Derived:
    """Work everything out from what was typed so far; what is not known yet stays None or empty."""
    lines = tariff.price(legs, party_of(terms, kind, answers), terms.tariff)
    country = itinerary.main_destination(legs, terms.home_country)
    axis = str(answers.get("axis") or "")
    return Derived(
        lines=[line.as_json() for line in lines],
        total=tariff.total(lines, terms.cap.currency),
        requested=tariff.requested(lines, terms.cap),
        axis=int(axis) if axis.isascii() and axis.isdigit() else None,
        region=places.region_of(country, terms.regions) if country else None,
        alcaldia=answers.get("alcaldia") or None,
        gender=answers.get("gender") or None,
        first_time={"yes": True, "no": False}.get(str(answers.get("first_time"))),
    )


def problems(
    terms: Terms,
    *,
    kind: str,
    direction: str,
    answers: Mapping[str, Any],
    legs: Sequence[Leg],
    attached: Sequence[str],
) -> list[Problem]:
    """Return everything that stands between this draft and its submission, in the order of the form."""
    party = party_of(terms, kind, answers)
    found = [
        *form.problems(terms.form, answers, kind=kind, attached=attached),
        *itinerary.problems(legs, direction=direction, home_country=terms.home_country),
        *tariff.problems(legs, party, terms.tariff),
    ]
    if kind == "collective" and isinstance(answers.get("people"), int) and party.people < 2:
        found.append(Problem("presupuesto", "q_people", form.COLLECTIVE_NEEDS_TWO))
    order = {section["id"]: number for number, section in enumerate(form.steps(terms.form))}
    return sorted(found, key=lambda problem: order.get(problem.step, len(order)))


def eligibility_of(
    terms: Terms,
    *,
    kind: str,
    direction: str,
    answers: Mapping[str, Any],
    legs: Sequence[Leg],
    territories: Sequence[str],
    known_award: bool = False,
) -> eligibility.Eligibility:
    """Judge a draft by the call's rules, as they will be judged again after it is sent.

    `known_award`: our own records have an award whose wait is not over, whatever was answered.
    """
    facts = eligibility.facts_of(
        kind=kind,
        direction=direction,
        answers=answers,
        legs=list(legs),
        territories=list(territories),
        form=terms.form,
    )
    if known_award:
        facts["previous_award"] = True
    return eligibility.evaluate(terms.eligibility, facts)
