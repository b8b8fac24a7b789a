"""The chart of the sections about money: one bar a name, added up in one currency."""

from collections.abc import Sequence
from decimal import Decimal

from core.language import _, current_language
from core.money import Money
from rendering.charts import Chart, ChartKind, Series, ValueFormat


def bars(title: str, answer: str, heading: str, pairs: Sequence[tuple[str, Money]], name: str) -> Chart | None:
    """Return a bar for each name; None when there is nothing to draw."""
    found: dict[str, Decimal] = {}
    for label, amount in pairs:
        found[label] = found.get(label, Decimal(0)) + amount.decimal
    if not any(found.values()):
        return None
    return Chart(
        ChartKind.BAR,
        title,
        answer,
        tuple(found),
        (Series(name, tuple(found.values())),),
        value_format=ValueFormat.MONEY,
        unit=pairs[0][1].currency,
        category_heading=heading,
        source=_("Libros del fideicomiso"),
        language=current_language(),
    )
