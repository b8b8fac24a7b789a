"""Quarters and years as ranges of dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FIRST_YEAR = 2000
LAST_YEAR = 2199


class ScopeKind(StrEnum):
    """What a report is about."""

    YEAR = "year"
    QUARTER = "quarter"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or one of its quarters; both ends are included."""

    year: int
    quarter: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR or self.quarter not in (None, 1, 2, 3, 4):
            raise ValueError("not a year or a quarter")

    @property
    def kind(self) -> ScopeKind:
        """Whether this is a year or a quarter."""
        return ScopeKind.YEAR if self.quarter is None else ScopeKind.QUARTER

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, 1 if self.quarter is None else 3 * self.quarter - 2, 1)

    @property
    def end(self) -> date:
        """The last day."""
        if self.quarter in (None, 4):
            return date(self.year, 12, 31)
        return date(self.year, 3 * (self.quarter or 0) + 1, 1) - timedelta(days=1)

    @property
    def quarters(self) -> tuple["Period", ...]:
        """The quarters this period is made of."""
        numbers = (1, 2, 3, 4) if self.quarter is None else (self.quarter,)
        return tuple(Period(self.year, number) for number in numbers)


def quarter_of(day: date) -> Period:
    """Return the quarter a day falls in."""
    return Period(day.year, (day.month + 2) // 3)


def periods_between(first: date, last: date) -> list[Period]:
    """Return the quarters from `first` to `last`, latest first."""
    found, period = [], quarter_of(last)
    while period.end >= first:
        found.append(period)
        period = quarter_of(period.start - timedelta(days=1))
    return found
