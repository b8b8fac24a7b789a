"""A chart as a picture, as a table and as a file: three ways to the same numbers."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from pypdf import PdfReader

from rendering.charts import (
    NARROW,
    WIDE,
    Chart,
    ChartKind,
    ChartTable,
    Series,
    ValueFormat,
    chart_csv,
    chart_table,
    render_chart_pdf,
    render_svg,
)
from rendering.charts.numbers import domain, tick_decimals, ticks, written
from rendering.palette import OBSIDIAN, PAPER, SERIES, SERIES_INK, TONES

SVG = "{http://www.w3.org/2000/svg}"


def chart(kind: ChartKind = ChartKind.BAR, **changes: Any) -> Chart:
    facts: dict[str, Any] = {
        "kind": kind,
        "title": "¿A dónde fue el dinero?",
        "description": "Norte recibió más que Sur.",
        "categories": ["Norte", "Sur"],
        "series": [Series("Otorgado", [1250000, 625000])],
        "value_format": ValueFormat.MONEY,
        "source": "Libro mayor",
        "category_heading": "Región",
    }
    return Chart(**(facts | changes))


def svg(drawn: Chart, width: int = NARROW) -> Element:
    return fromstring(render_svg(drawn, width))


def texts(root: Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def bars(root: Element, hue: str = SERIES[0]) -> list[Element]:
    return [element for element in root.iter(f"{SVG}rect") if element.get("fill") == hue]


EVERY_KIND = [
    chart(),
    chart(ChartKind.STACKED_BAR, series=[Series("a", [1, 2]), Series("b", [3, None])]),
    chart(ChartKind.LINE, series=[Series("a", [1, None]), Series("b", [3, 4])]),
    chart(ChartKind.DOT_INTERVAL, series=[Series("a", [2, 3], [1, None], [4, 5])]),
    chart(categories=[], series=[]),
    chart(categories=["Uno"], series=[Series("a", [None])]),
    chart(ChartKind.LINE, categories=["Uno"], series=[Series("a", [0])]),
]


@pytest.mark.parametrize("drawn", EVERY_KIND, ids=lambda drawn: drawn.kind.value)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_picture_stands_alone(drawn: Chart, width: int) -> None:
    picture = render_svg(drawn, width)
    assert picture == render_svg(drawn, width)
    root = fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (drawn.title, drawn.description)
    assert root.get("width") is None
    assert (root.get("viewBox") or "").startswith(f"0 0 {width} ")
    ground = next(root.iter(f"{SVG}rect"))
    assert ground.get("fill") == PAPER
    assert b"style" not in picture
    assert {element.get("fill") for element in root.iter(f"{SVG}text")}.isdisjoint({None})


@pytest.mark.parametrize("drawn", EVERY_KIND, ids=lambda drawn: drawn.kind.value)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_nothing_is_drawn_outside_the_picture(drawn: Chart, width: int) -> None:
    root = svg(drawn, width)
    height = float((root.get("viewBox") or "").split()[3])
    for element in root.iter(f"{SVG}rect"):
        x, y, wide, high = (float(element.get(name) or "nan") for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + wide <= width
        assert y + high <= height
    for element in root.iter(f"{SVG}text"):
        assert 0 < float(element.get("y") or "nan") < height


def test_a_bar_is_as_long_as_its_value_from_zero() -> None:
    first, second = bars(svg(chart()))
    assert float(first.get("width") or 0) == pytest.approx(2 * float(second.get("width") or 0), abs=0.02)
    assert first.get("x") == second.get("x")


def test_each_bar_carries_its_own_figure() -> None:
    drawn = chart(categories=["Norte", "Sur", "Centro"], series=[Series("Otorgado", [1250000, 625000.4, None])])
    assert texts(svg(drawn)) == [
        "¿A dónde fue el dinero?",
        "Norte",
        "$1,250,000",
        "Sur",
        "$625,000",
        "Centro",
        "sin dato",
        "Fuente: Libro mayor",
    ]


def test_negative_bars_lie_left_of_zero() -> None:
    below, above = bars(svg(chart(series=[Series("a", [-10, 10])])))
    end = float(below.get("x") or 0) + float(below.get("width") or 0)
    assert end == pytest.approx(float(above.get("x") or 0), abs=0.02)


def test_a_line_breaks_where_a_value_is_missing() -> None:
    names = ["a", "b", "c", "d", "e"]
    root = svg(chart(ChartKind.LINE, categories=names, series=[Series("s", [1, 2, None, 3, 4])]))
    lines = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke") == SERIES[0]]
    assert [len((line.get("points") or "").split()) for line in lines] == [2, 2]


def test_an_interval_is_written_beside_its_value() -> None:
    drawn = chart(ChartKind.DOT_INTERVAL, series=[Series("a", [2, 3], [1, 2], [4, 5])], value_format=ValueFormat.NUMBER)
    assert [text for text in texts(svg(drawn)) if "(" in text] == ["2 (1–4)", "3 (2–5)"]


def test_markup_in_a_label_stays_text() -> None:
    nasty = '<script>alert("&")</script>\x00\ufffe'
    drawn = chart(title=nasty, description=nasty, categories=[nasty, "b"], source=nasty)
    root = svg(drawn)
    assert {element.tag for element in root.iter()} == {
        f"{SVG}{name}" for name in ("svg", "title", "desc", "rect", "text", "polyline")
    }
    assert root.findtext(f"{SVG}title") == '<script>alert("&")</script>'


def test_own_words_follow_the_language(catalogue: None) -> None:
    said = texts(svg(chart(language="en", series=[Series("Awarded", [1, None])])))
    assert "no data" in said
    assert "Source: Libro mayor" in said
    assert texts(svg(chart(language="en", categories=[], series=[])))[1] == "No data yet."


@pytest.mark.parametrize(
    ("value", "value_format", "decimals", "language", "expected"),
    [
        (1234567, ValueFormat.NUMBER, 0, "es", "1,234,567"),
        (Decimal("1234.565"), ValueFormat.NUMBER, 2, "es", "1,234.56"),
        (-1234.5, ValueFormat.MONEY, 2, "es", "\u2212$1,234.50"),
        (0.256, ValueFormat.PERCENT, 0, "es", "26\u00a0%"),
        (0.256, ValueFormat.PERCENT, 1, "en", "25.6%"),
        (-0.0001, ValueFormat.NUMBER, 0, "es", "0"),
        (None, ValueFormat.NUMBER, 0, "es", ""),
    ],
)
def test_numbers_are_written_for_their_reader(
    value: Any, value_format: ValueFormat, decimals: int, language: str, expected: str
) -> None:
    assert written(chart(value_format=value_format, decimals=decimals, language=language), value) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, 97.0], [0, 25, 50, 75, 100]),
        ([0.0], [0, 0.25, 0.5, 0.75, 1]),
        ([-5.0, 5.0], [-5, -2.5, 0, 2.5, 5]),
        ([1e9], [0, 2.5e8, 5e8, 7.5e8, 1e9]),
        ([], [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_the_scale_holds_zero_and_ends_on_round_marks(values: list[float], expected: list[float]) -> None:
    assert ticks(*domain(values), wanted=4) == pytest.approx(expected)


def test_marks_have_only_the_decimals_they_need() -> None:
    assert tick_decimals(chart(), [0, 25]) == 0
    assert tick_decimals(chart(), [0, 0.25]) == 2
    assert tick_decimals(chart(value_format=ValueFormat.PERCENT), [0, 0.025]) == 1


def test_the_table_says_what_the_chart_shows() -> None:
    drawn = chart(ChartKind.DOT_INTERVAL, series=[Series("Lugar", [2, None], [1, 2], [4, 5])], unit="puesto")
    assert chart_table(drawn) == ChartTable(
        ("Región", "Lugar (puesto)", "Lugar (puesto), desde", "Lugar (puesto), hasta"),
        (("Norte", "$2", "$1", "$4"), ("Sur", "", "$2", "$5")),
    )


def test_the_file_holds_raw_numbers_and_no_formula() -> None:
    drawn = chart(categories=["=1+1", "Sur"], series=[Series("Otorgado", [Decimal("1234.50"), -0.25])])
    assert chart_csv(drawn).decode("utf-8-sig") == "Región,Otorgado\r\n'=1+1,1234.50\r\nSur,-0.25\r\n"


def test_the_page_holds_the_figure_and_its_table() -> None:
    said = PdfReader(BytesIO(render_chart_pdf(chart(), "F-1"))).pages[0].extract_text().splitlines()
    assert said.count("$1,250,000") == 2
    assert said.count("Norte recibió más que Sur.") == 1
    assert "F-1" in said


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"series": [Series("a", [1])]}, "1 values for 2 categories"),
        ({"series": [Series("a", [1, 2], [1], [2, 3])]}, "1 interval ends for 2 categories"),
        ({"series": [Series("a", [1, float("nan")])]}, "finite"),
        ({"series": [Series("a", [1, float("inf")])]}, "finite"),
        ({"kind": ChartKind.STACKED_BAR, "series": [Series("a", [1, -1])]}, "negative part"),
    ],
)
def test_a_chart_that_cannot_be_drawn_is_refused_when_it_is_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        chart(**changes)


def luminance(hue: str) -> float:
    channels = [int(hue[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_written_colour_can_be_read() -> None:
    for series, ink in zip(SERIES, SERIES_INK, strict=True):
        assert contrast(series, ink) >= 4.5, series
    for tone in (*TONES.values(), OBSIDIAN):
        assert contrast(tone, PAPER) >= 4.5, tone
