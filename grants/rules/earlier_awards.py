"""The wait after an award: whose awards count, and until when. Values in, verdict out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FACT = "previous_award"
YEARS = 2  # of a rule that says none: every call before it could say


@dataclass(frozen=True, slots=True)
class EarlierAward:
    """Support of this fund that somebody of an application had: who, for what, since when, and until when they wait."""

    application_id: int
    folio: str
    title: str
    who: str
    day: date
    until: date


def is_wait(rule: Mapping[str, Any]) -> bool:
    """Return whether a rule of eligibility makes past grantees wait."""
    return rule["fact"] == FACT and rule["operator"] == "is" and rule["value"] is False


def years_of(rule: Mapping[str, Any]) -> int:
    """Return how many years a rule makes past grantees wait."""
    return int(rule.get("years", YEARS))


def wait_of(eligibility: Mapping[str, Any]) -> int | None:
    """Return how many years a call makes past grantees wait, or None where it does not."""
    return next((years_of(rule) for rule in eligibility.get("rules", ()) if is_wait(rule)), None)


def later(day: date, years: int) -> date:
    """Return the same day `years` later (earlier, if negative); of a leap day, the last of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def still_waiting(awards: Iterable[EarlierAward], asked_on: date) -> list[EarlierAward]:
    """Return the awards whose wait is not over on the day somebody asks: on its last day it is."""
    return [award for award in awards if award.until > asked_on]
