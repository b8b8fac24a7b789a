"""One chart, one Drawing: title on top, the marks, the source under them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from reportlab.graphics.shapes import Drawing

from core.language import _, in_language
from rendering.charts.bars import draw_bars
from rendering.charts.dots import draw_dots
from rendering.charts.layout import BODY, EDGE, LINE_HEIGHT, SMALL, TITLE, draw_key, wrapped
from rendering.charts.lines import draw_lines
from rendering.charts.model import Chart, ChartKind, Series
from rendering.charts.surface import Surface
from rendering.palette import JACARANDA, MUTED
from rendering.typeface import REGULAR, SEMIBOLD, register_typeface

NARROW: Final = 360
WIDE: Final = 720
CATEGORIES_A_PAGE: Final = 24


def draw_chart(chart: Chart, width: int = NARROW) -> Drawing:
    """Draw the chart `width` units wide; the height follows from what it holds."""
    register_typeface()
    surface = Surface(float(width))
    y = _draw_title(surface, chart)
    if not chart.categories or not any(True for _value in chart.all_values()):
        y = _draw_emptiness(surface, chart, y)
    elif chart.kind is ChartKind.LINE:
        y = draw_lines(surface, chart, y)
    else:
        y = draw_key(surface, chart, y)
        y = (draw_dots if chart.kind is ChartKind.DOT_INTERVAL else draw_bars)(surface, chart, y)
    surface.height = _draw_source(surface, chart, y)
    return surface.drawing()


def parts_of(chart: Chart) -> Iterator[Chart]:
    """Cut a chart with a row for each category into charts that fit a page; a line chart stays whole."""
    count = len(chart.categories)
    if chart.kind is ChartKind.LINE or count <= CATEGORIES_A_PAGE:
        yield chart
        return
    for start in range(0, count, CATEGORIES_A_PAGE):
        piece = slice(start, start + CATEGORIES_A_PAGE)
        series = [Series(one.name, one.values[piece], one.lows[piece], one.highs[piece]) for one in chart.series]
        title = f"{chart.title} ({start + 1}–{min(count, start + CATEGORIES_A_PAGE)}/{count})"
        yield replace(chart, title=title, categories=chart.categories[piece], series=series)


def _draw_title(surface: Surface, chart: Chart) -> float:
    y = EDGE + TITLE
    for line in wrapped(chart.title, TITLE, surface.width - 2 * EDGE, SEMIBOLD):
        surface.text(EDGE, y, line, TITLE, hue=JACARANDA, face=SEMIBOLD)
        y += TITLE * LINE_HEIGHT
    if chart.unit:
        surface.text(EDGE, y, chart.unit, SMALL, hue=MUTED)
        y += SMALL * LINE_HEIGHT
    return y


def _draw_emptiness(surface: Surface, chart: Chart, y: float) -> float:
    with in_language(chart.language):
        words = _("Todavía no hay datos.")
    surface.text(EDGE, y + 2 * BODY, words, BODY, hue=MUTED)
    return y + 4 * BODY


def _draw_source(surface: Surface, chart: Chart, y: float) -> float:
    if chart.source:
        with in_language(chart.language):
            words = _("Fuente: %(source)s", source=chart.source)
        y += SMALL
        for line in wrapped(words, SMALL, surface.width - 2 * EDGE, REGULAR):
            surface.text(EDGE, y, line, SMALL, hue=MUTED)
            y += SMALL * LINE_HEIGHT
        y -= SMALL * (LINE_HEIGHT - 1)
    return y + EDGE - SMALL / 2
