"""A chart as data: what it shows, before anybody draws it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Value = int | float | Decimal | None


class ChartKind(StrEnum):
    """How the values are shown."""

    BAR = "bar"
    STACKED_BAR = "stacked_bar"
    LINE = "line"
    DOT_INTERVAL = "dot_interval"


class ValueFormat(StrEnum):
    """How a value is written; PERCENT takes fractions, MONEY whole units of the currency."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"


@dataclass(frozen=True)
class Series:
    """One value for each category; `lows` and `highs` are the ends of its interval."""

    name: str
    values: Sequence[Value]
    lows: Sequence[Value] = ()
    highs: Sequence[Value] = ()


@dataclass(frozen=True)
class Chart:
    """A titled set of series over the same categories.

    Raises ValueError where lengths differ, a value is not finite, or a stack holds a negative part.
    """

    kind: ChartKind
    title: str
    description: str
    categories: Sequence[str]
    series: Sequence[Series]
    value_format: ValueFormat = ValueFormat.NUMBER
    unit: str = ""
    decimals: int = 0
    category_heading: str = ""
    source: str = ""
    language: str = "es"

    def __post_init__(self) -> None:
        """Check the shape once, so that nobody who draws has to."""
        expected = len(self.categories)
        for series in self.series:
            if len(series.values) != expected:
                raise ValueError(f"series {series.name!r}: {len(series.values)} values for {expected} categories")
            for ends in (series.lows, series.highs):
                if len(ends) not in {0, expected}:
                    raise ValueError(f"series {series.name!r}: {len(ends)} interval ends for {expected} categories")
        for value in self.all_values():
            if not math.isfinite(value):
                raise ValueError("a chart holds finite numbers only")
            if value < 0 and self.kind is ChartKind.STACKED_BAR:
                raise ValueError("a stack cannot hold a negative part")

    def all_values(self) -> Iterator[float]:
        """Yield every number drawn, the ends of intervals included."""
        for series in self.series:
            for sequence in (series.values, series.lows, series.highs):
                yield from (float(value) for value in sequence if value is not None)
