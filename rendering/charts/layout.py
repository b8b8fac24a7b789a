"""Sizes every chart shares, in units of its viewBox, and the pieces they have in common."""

from typing import Final

from core.language import _, in_language
from rendering.charts.model import Chart
from rendering.charts.surface import Surface, measure, web_margin
from rendering.palette import MUTED, SERIES, SERIES_INK
from rendering.typeface import REGULAR, printable, wrap

EDGE: Final = 14.0
TITLE: Final = 16.0
BODY: Final = 13.0
SMALL: Final = 12.0
LINE_HEIGHT: Final = 1.3
SWATCH: Final = 10.0
LABEL_SHARE: Final = 0.36


def wrapped(text: str, size: float, width: float, face: str = REGULAR) -> list[str]:
    """Break text into lines that fit `width` in any reader's typeface."""
    return wrap(printable(text), face, size, width / web_margin(face))


def series_hue(index: int) -> str:
    """Return the colour of the series at `index`."""
    return SERIES[index % len(SERIES)]


def series_ink(index: int) -> str:
    """Return the colour of what is written on the series at `index`."""
    return SERIES_INK[index % len(SERIES_INK)]


def draw_key(surface: Surface, chart: Chart, y: float) -> float:
    """Name the colours where one row holds several; a single series needs no key."""
    if len(chart.series) < 2:
        return y
    x = EDGE
    y += SMALL * 0.4
    for index, series in enumerate(chart.series):
        lines = wrapped(series.name, SMALL, surface.width - 2 * EDGE - SWATCH - 6)
        room = SWATCH + 6 + max(measure(line, SMALL) for line in lines)
        if x > EDGE and x + room > surface.width - EDGE:
            x = EDGE
            y += SMALL * 1.5
        surface.rect(x, y - SWATCH + SMALL * 0.5, SWATCH, SWATCH, series_hue(index))
        for number, line in enumerate(lines):
            y += SMALL * LINE_HEIGHT * (number > 0)
            surface.text(x + SWATCH + 6, y + SMALL * 0.4, line, SMALL, hue=MUTED)
        x += room + 16
    return y + SMALL * 1.2


def labels_beside(chart: Chart, width: float) -> float:
    """Return the width of a column of category labels at the left, or 0 where they stand above their marks."""
    longest = max(measure(printable(category), BODY) for category in chart.categories)
    return longest + 10 if longest <= width * LABEL_SHARE and width > 500 else 0.0


def draw_category(surface: Surface, text: str, y: float, column: float) -> float:
    """Write a category above its marks and return where they start, or beside them (`column` wide) and return `y`."""
    if column:
        surface.text(EDGE + column - 10, y + BODY, text, BODY, anchor="end")
        return y
    for line in wrapped(text, BODY, surface.width - 2 * EDGE):
        surface.text(EDGE, y + BODY, line, BODY)
        y += BODY * LINE_HEIGHT
    return y + 2


def no_data(chart: Chart) -> str:
    """Return what is written where a value is missing."""
    with in_language(chart.language):
        return _("sin dato")
