"""A chart's numbers without the drawing: a table to read and a file to take away."""

from dataclasses import dataclass

from core.language import _, in_language
from rendering.charts.model import Chart, Series, Value
from rendering.charts.numbers import written
from rendering.spreadsheets import render_csv


@dataclass(frozen=True)
class ChartTable:
    """A heading and rows of formatted text, the first cell of each row being its category."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _columns(chart: Chart) -> list[tuple[str, list[Value]]]:
    with in_language(chart.language):
        low, high = _("desde"), _("hasta")
    columns: list[tuple[str, list[Value]]] = []
    for series in chart.series:
        columns.append((_heading(chart, series), list(series.values)))
        columns += [
            (f"{_heading(chart, series)}, {end}", list(values))
            for end, values in ((low, series.lows), (high, series.highs))
            if values
        ]
    return columns


def _heading(chart: Chart, series: Series) -> str:
    return f"{series.name} ({chart.unit})" if chart.unit else series.name


def chart_table(chart: Chart) -> ChartTable:
    """Return everything the chart shows as text; a missing value is an empty cell."""
    columns = _columns(chart)
    rows = tuple(
        (category, *(written(chart, values[index]) for _name, values in columns))
        for index, category in enumerate(chart.categories)
    )
    return ChartTable((chart.category_heading, *(name for name, _values in columns)), rows)


def chart_csv(chart: Chart) -> bytes:
    """Return the raw numbers as CSV, unrounded and unformatted, in UTF-8 with a byte order mark."""
    columns = _columns(chart)
    headings = [chart.category_heading, *(name for name, _values in columns)]
    rows = (
        [category, *(values[index] for _name, values in columns)] for index, category in enumerate(chart.categories)
    )
    return b"".join(render_csv(headings, rows))
