"""Charts: data goes in; a picture, a page, a table and a file of the same numbers come out."""

from rendering.charts.data import ChartTable, chart_csv, chart_table
from rendering.charts.draw import NARROW, WIDE, draw_chart
from rendering.charts.model import Chart, ChartKind, Series, ValueFormat
from rendering.charts.svg import svg_of

__all__ = [
    "NARROW",
    "WIDE",
    "Chart",
    "ChartKind",
    "ChartTable",
    "Series",
    "ValueFormat",
    "chart_csv",
    "chart_table",
    "render_chart_pdf",
    "render_svg",
]


def render_svg(chart: Chart, width: int = NARROW) -> bytes:
    """Return the chart as a standalone SVG: NARROW for phones and columns, WIDE for a page's full width."""
    return svg_of(draw_chart(chart, width), chart.title, chart.description, chart.language)


def render_chart_pdf(chart: Chart, reference: str = "", footer_note: str = "") -> bytes:
    """Return a PDF with the chart and the table of its numbers."""
    # The pdf folder draws charts, so it imports this one; importing it here at the top would be a circle.
    from rendering.pdf import Block, Column, Document, Figure, Paragraph, Table, render_pdf

    table = chart_table(chart)
    columns = [Column(name, "left" if index == 0 else "right") for index, name in enumerate(table.columns)]
    blocks: list[Block] = [Paragraph(chart.description, "lead"), Figure(chart), Table(columns, table.rows)]
    return render_pdf(Document(chart.title, blocks, chart.language, reference, footer_note))
