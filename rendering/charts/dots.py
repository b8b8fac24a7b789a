"""Dots with their intervals, one row a category: a value and how sure it is."""

from collections.abc import Callable
from typing import Final

from rendering.charts.layout import EDGE, SMALL, draw_category, labels_beside, no_data, series_hue
from rendering.charts.model import Chart, Series, Value
from rendering.charts.numbers import domain, tick_decimals, ticks, written
from rendering.charts.surface import Surface, measure
from rendering.palette import MUTED, STONE, STONE_DARK

ROW: Final = 18.0
GAP: Final = 8.0


def draw_dots(surface: Surface, chart: Chart, top: float) -> float:
    """Draw the rows from `top` down over a scale from zero; return where they end."""
    column = labels_beside(chart, surface.width)
    left = EDGE + column + 5
    figures = max(
        measure(figure_of(chart, series, index), SMALL)
        for series in chart.series
        for index in range(len(chart.categories))
    )
    right = surface.width - EDGE - figures - 12
    marks = ticks(*domain(list(chart.all_values())), wanted=4 if surface.width < 500 else 8)

    def place(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    rows: list[tuple[int, int, float]] = []
    behind = Surface(surface.width)
    y = top + GAP
    for index, category in enumerate(chart.categories):
        y = draw_category(behind, category, y, column)
        for number in range(len(chart.series)):
            rows.append((index, number, y))
            y += ROW
        y += GAP
    places = tick_decimals(chart, marks)
    for mark in marks:
        surface.line([(place(mark), top + 2), (place(mark), y)], STONE_DARK if mark == 0 else STONE, 1)
        surface.text(place(mark), y + SMALL * 1.2, written(chart, mark, places), SMALL, hue=MUTED, anchor="middle")
    surface.take(behind)
    for index, number, row_y in rows:
        _draw_row(surface, chart, (index, number), row_y, place)
    return y + SMALL * 1.8


def figure_of(chart: Chart, series: Series, index: int) -> str:
    """Write a value with the ends of its interval: 3 (2–6)."""
    value = series.values[index]
    if value is None:
        return no_data(chart)
    low, high = interval(series, index)
    if low is None or high is None:
        return written(chart, value)
    return f"{written(chart, value)} ({written(chart, low)}–{written(chart, high)})"


def interval(series: Series, index: int) -> tuple[Value, Value]:
    """Return both ends of an interval, or None for an end that is not known."""
    return (series.lows[index] if series.lows else None, series.highs[index] if series.highs else None)


def _draw_row(
    surface: Surface,
    chart: Chart,
    at: tuple[int, int],
    y: float,
    place: Callable[[float], float],
) -> None:
    index, number = at
    series = chart.series[number]
    centre = y + ROW / 2
    low, high = interval(series, index)
    value = series.values[index]
    if low is not None and high is not None:
        start, end = place(float(low)), place(float(high))
        surface.line([(start, centre), (end, centre)], series_hue(number), 2)
        for x in (start, end):
            surface.line([(x, centre - 4), (x, centre + 4)], series_hue(number), 2)
    if value is not None:
        surface.dot(place(float(value)), centre, 5, series_hue(number))
    words = figure_of(chart, series, index)
    surface.text(surface.width - EDGE, centre + SMALL * 0.35, words, SMALL, anchor="end")
