"""Lines over ordered categories, each named at its last point."""

from typing import Final

from rendering.charts.layout import EDGE, LINE_HEIGHT, SMALL, series_hue, wrapped
from rendering.charts.model import Chart, Series
from rendering.charts.numbers import domain, tick_decimals, ticks, written
from rendering.charts.surface import Surface, measure
from rendering.palette import MUTED, STONE, STONE_DARK
from rendering.typeface import REGULAR, SEMIBOLD

Point = tuple[float, float]
PLOT_SHARE: Final = 0.5
NAME_SHARE: Final = 0.3


def draw_lines(surface: Surface, chart: Chart, top: float) -> float:
    """Draw the lines from `top` down, on a scale that starts at zero; return where they end."""
    marks = ticks(*domain(list(chart.all_values())), wanted=4)
    places = tick_decimals(chart, marks)
    tick_labels = [written(chart, mark, places) for mark in marks]
    left = EDGE + max(measure(label, SMALL) for label in tick_labels) + 8
    names = [_name_lines(chart, series, surface.width) for series in chart.series]
    right = surface.width - EDGE - max(measure(line, SMALL) for lines in names for line in lines) - 8
    needed = sum(len(lines) * SMALL * LINE_HEIGHT + 5 for lines in names)
    height = max(170.0, (surface.width * PLOT_SHARE if surface.width < 500 else surface.width * 0.36), needed)
    upper, lower = top + 14, top + 14 + height

    def place(index: int, value: float) -> Point:
        step = (right - left - 8) / max(1, len(chart.categories) - 1)
        return left + 4 + index * step, lower - (value - marks[0]) / (marks[-1] - marks[0]) * (lower - upper)

    for mark, label in zip(marks, tick_labels, strict=True):
        y = place(0, mark)[1]
        surface.line([(left, y), (right, y)], STONE_DARK if mark == 0 else STONE, 1)
        surface.text(left - 8, y + SMALL * 0.35, label, SMALL, hue=MUTED, anchor="end")
    _draw_categories(surface, chart, [place(index, 0)[0] for index in range(len(chart.categories))], lower)
    ends: list[Point] = []
    for index, series in enumerate(chart.series):
        points = [place(at, float(value)) for at, value in enumerate(series.values) if value is not None]
        for run in _runs(series, [place(at, float(value or 0)) for at, value in enumerate(series.values)]):
            surface.line(run, series_hue(index), 2.25)
        for point in points if len(points) <= 24 else points[-1:]:
            surface.dot(*point, 3.5, series_hue(index))
        ends.append(points[-1] if points else (right, lower))
    _draw_names(surface, names, ends, (right, upper, lower))
    return lower + SMALL * 2.2


def _name_lines(chart: Chart, series: Series, width: float) -> list[str]:
    last = next((value for value in reversed(series.values) if value is not None), None)
    return [*wrapped(series.name, SMALL, width * NAME_SHARE), written(chart, last)]


def _runs(series: Series, points: list[Point]) -> list[list[Point]]:
    """Part a line where a value is missing: a gap in the data is a gap on paper."""
    runs: list[list[Point]] = [[]]
    for value, point in zip(series.values, points, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _draw_categories(surface: Surface, chart: Chart, xs: list[float], lower: float) -> None:
    """Write as many categories as fit, always the last one, none over another."""
    free_from, shown = xs[-1] + 1e9, []
    for index in reversed(range(len(xs))):
        half = measure(chart.categories[index], SMALL) / 2
        centre = min(max(xs[index], EDGE + half), surface.width - EDGE - half)
        if centre + half + 8 <= free_from:
            shown.append((centre, chart.categories[index]))
            free_from = centre - half
    for centre, category in shown:
        surface.text(centre, lower + SMALL * 1.5, category, SMALL, hue=MUTED, anchor="middle")


def _draw_names(surface: Surface, names: list[list[str]], ends: list[Point], room: tuple[float, float, float]) -> None:
    """Name each line beside its end, pushed apart where two ends are close."""
    right, upper, lower = room
    step, gap = SMALL * LINE_HEIGHT, 5.0
    order = sorted(range(len(names)), key=lambda index: ends[index][1])
    tops: dict[int, float] = {}
    free = upper - step / 2
    for index in order:
        tops[index] = max(free, ends[index][1] - len(names[index]) * step / 2)
        free = tops[index] + len(names[index]) * step + gap
    ceiling = lower + step / 2
    for index in reversed(order):
        tops[index] = min(tops[index], ceiling - len(names[index]) * step)
        ceiling = tops[index] - gap
    for index, lines in enumerate(names):
        surface.rect(right + 3, tops[index] + 2, 2, len(lines) * step - 2, series_hue(index))
        for number, line in enumerate(lines):
            figure = number == len(lines) - 1
            surface.text(
                right + 9, tops[index] + (number + 0.8) * step, line, SMALL, face=SEMIBOLD if figure else REGULAR
            )
