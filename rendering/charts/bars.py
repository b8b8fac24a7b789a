"""Horizontal bars, one row a category, each with its figure at its end."""

from collections.abc import Callable
from typing import Final

from rendering.charts.layout import BODY, EDGE, SMALL, draw_category, labels_beside, no_data, series_hue, series_ink
from rendering.charts.model import Chart, ChartKind, Value
from rendering.charts.numbers import domain, written
from rendering.charts.surface import Surface, measure
from rendering.palette import MUTED, STONE_DARK
from rendering.typeface import SEMIBOLD

THICK: Final = 16.0
GAP: Final = 12.0
LABEL_GAP: Final = 6.0


def draw_bars(surface: Surface, chart: Chart, top: float) -> float:
    """Draw bars, side by side or stacked, from `top` down; return where they end."""
    stacked = chart.kind is ChartKind.STACKED_BAR
    column = labels_beside(chart, surface.width)
    left = EDGE + column
    low, high = domain(_lengths(chart))
    figures = max(measure(label, BODY, SEMIBOLD) for label in _labels(chart)) + LABEL_GAP
    before = figures if low < 0 else 0.0
    span = surface.width - EDGE - left - figures - before

    def place(value: float) -> float:
        return left + before + (value - low) / (high - low) * span

    y = top + GAP / 2
    first_bar: float | None = None
    for index, category in enumerate(chart.categories):
        y = draw_category(surface, category, y, column)
        first_bar = y if first_bar is None else first_bar
        values = [series.values[index] for series in chart.series]
        y = _stack(surface, chart, values, y, place) if stacked else _bars(surface, chart, values, y, place)
        y += GAP
    surface.line([(place(0), (first_bar or top) - 3), (place(0), y - GAP + 3)], STONE_DARK, 1)
    return y


def _bars(surface: Surface, chart: Chart, values: list[Value], y: float, place: Callable[[float], float]) -> float:
    for index, value in enumerate(values):
        baseline = y + THICK / 2 + BODY * 0.35
        if value is None:
            surface.text(place(0) + LABEL_GAP, baseline, no_data(chart), BODY, hue=MUTED)
        else:
            ends = sorted((place(0), place(float(value))))
            surface.rect(ends[0], y, ends[1] - ends[0], THICK, series_hue(index))
            if value < 0:
                surface.text(ends[0] - LABEL_GAP, baseline, written(chart, value), BODY, anchor="end")
            else:
                surface.text(ends[1] + LABEL_GAP, baseline, written(chart, value), BODY)
        y += THICK + 3
    return y - 3


def _stack(surface: Surface, chart: Chart, values: list[Value], y: float, place: Callable[[float], float]) -> float:
    reached = 0.0
    for index, value in enumerate(values):
        if value is None:
            continue
        start, end = place(reached), place(reached + float(value))
        # A hair of paper between neighbours keeps the parts apart without their colours.
        surface.rect(start, y, max(0.0, end - start - (1 if end - start > 2 else 0)), THICK + 4, series_hue(index))
        part = written(chart, value)
        if end - start > measure(part, SMALL) + 8:
            middle = (start + end) / 2
            surface.text(middle, y + THICK / 2 + SMALL * 0.55, part, SMALL, hue=series_ink(index), anchor="middle")
        reached += float(value)
    label = no_data(chart) if all(value is None for value in values) else _total(chart, values)
    baseline = y + (THICK + 4) / 2 + BODY * 0.35
    surface.text(place(reached) + LABEL_GAP, baseline, label, BODY, face=SEMIBOLD)
    return y + THICK + 4


def _total(chart: Chart, values: list[Value]) -> str:
    known = [value for value in values if value is not None]
    # Decimals and floats do not add up in Python; a chart of both is a chart of floats.
    return written(chart, sum(known) if len({type(value) for value in known}) == 1 else sum(map(float, known)))


def _lengths(chart: Chart) -> list[float]:
    if chart.kind is not ChartKind.STACKED_BAR:
        return list(chart.all_values())
    return [
        sum(float(value) for value in values if value is not None)
        for values in zip(*(series.values for series in chart.series), strict=True)
    ]


def _labels(chart: Chart) -> list[str]:
    if chart.kind is ChartKind.STACKED_BAR:
        rows = zip(*(series.values for series in chart.series), strict=True)
        return [no_data(chart), *(_total(chart, list(values)) for values in rows)]
    return [no_data(chart), *(written(chart, value) for series in chart.series for value in series.values)]
