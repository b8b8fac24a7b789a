"""How a chart writes its numbers, and where its scale puts the marks."""

import math
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from rendering.charts.model import Chart, Value, ValueFormat

MINUS: Final = "\u2212"
NO_BREAK_SPACE: Final = "\u00a0"
STEPS: Final = (1, 2, 2.5, 5, 10)


def written(chart: Chart, value: Value, decimals: int | None = None) -> str:
    """Write a value as its reader expects: 1,234.5 · $1,200 · 25 % in Spanish, 25% in English; nothing for None."""
    if value is None:
        return ""
    places = chart.decimals if decimals is None else decimals
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if chart.value_format is ValueFormat.PERCENT:
        exact *= 100
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else ""
    digits = f"{abs(rounded):,}"
    if chart.value_format is ValueFormat.PERCENT:
        return f"{sign}{digits}{NO_BREAK_SPACE if chart.language == 'es' else ''}%"
    return f"{sign}${digits}" if chart.value_format is ValueFormat.MONEY else f"{sign}{digits}"


def domain(values: list[float]) -> tuple[float, float]:
    """Return the ends of a scale that always holds zero and never has no length."""
    low, high = min([0.0, *values]), max([0.0, *values])
    return (low, high) if high > low else (0.0, 1.0)


def ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return round marks from `low` to past `high`: multiples of 1, 2, 2.5 or 5 times a power of ten."""
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in STEPS if power * part >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def tick_decimals(chart: Chart, marks: list[float]) -> int:
    """Return the fewest decimals that keep neighbouring marks apart."""
    step = (marks[1] - marks[0]) * (100 if chart.value_format is ValueFormat.PERCENT else 1)
    for places in range(7):
        if abs(round(step, places) - step) <= 1e-9 * step:
            return places
    return 7
