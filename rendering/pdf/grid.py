"""A table that draws itself: lines of text at fixed heights, split over pages by index.

ReportLab's own Table measures every cell again on every page; this one wraps each cell once, so the cost grows with
the rows and not with the rows times the pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from rendering.palette import JACARANDA, OBSIDIAN, STONE, STONE_DARK
from rendering.pdf.blocks import Column
from rendering.pdf.styles import colour
from rendering.typeface import REGULAR, SEMIBOLD, printable, text_width, wrap

SIZE: Final = 9.5
LEADING: Final = 12.5
PAD_X: Final = 5.0
PAD_Y: Final = 3.5
BASELINE: Final = 9.3
NARROWEST: Final = 34.0
HEADING_LINES: Final = 6
TALL_ROW: Final = 300.0  # points; only a row taller than this is cut
SAMPLE_ROWS: Final = 200  # enough rows to know a column's natural width

Cells = tuple[list[str], ...]


@dataclass(frozen=True)
class Look:
    """What differs between a table of figures and a list of facts."""

    label_face: str = REGULAR
    label_colour: str = OBSIDIAN


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], available: float) -> list[float]:
    """Share the available width: by the given shares if any, else by content, and never below a legible column."""
    naturals = [_natural_width(index, column, rows) for index, column in enumerate(columns)]
    shares = [column.width for column in columns]
    if any(share is not None for share in shares):
        weights = [share if share is not None else 1.0 for share in shares]
        return [available * weight / sum(weights) for weight in weights]
    if sum(naturals) <= available:
        spare = available - sum(naturals)
        roomy = [natural if column.align == "left" else 0.0 for natural, column in zip(naturals, columns, strict=True)]
        roomy = roomy if any(roomy) else naturals
        return [natural + spare * part / sum(roomy) for natural, part in zip(naturals, roomy, strict=True)]
    return _squeeze(naturals, available)


def _natural_width(index: int, column: Column, rows: Sequence[Sequence[str]]) -> float:
    step = max(1, len(rows) // SAMPLE_ROWS)
    cells = [text_width(printable(row[index]), SEMIBOLD, SIZE) for row in rows[::step]]
    return max([text_width(column.heading, SEMIBOLD, SIZE), *cells]) + 2 * PAD_X + 1


def _squeeze(naturals: list[float], available: float) -> list[float]:
    """Take room from the widest columns first, so that short ones (dates, amounts) stay on one line."""
    fair = available / len(naturals)
    settled = {index for index, natural in enumerate(naturals) if natural <= fair}
    while True:
        left = available - sum(naturals[index] for index in settled)
        wide = [index for index in range(len(naturals)) if index not in settled]
        share = left / len(wide)
        fitting = {index for index in wide if naturals[index] <= share}
        if not fitting or len(wide) == len(fitting):
            return [naturals[i] if i in settled else max(share, min(NARROWEST, fair)) for i in range(len(naturals))]
        settled |= fitting


class Grid(Flowable):
    """Rows of wrapped cells with hairlines between them; the heading repeats after a split."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        total: Sequence[str] | None = None,
        look: Look | None = None,
    ) -> None:
        super().__init__()
        self.columns = columns
        self.texts = rows
        self.total_text = total
        self.look = look or Look()
        self.with_heading = any(column.heading for column in columns)
        self.widths: list[float] = []
        self.heading: Cells = ()
        self.rows: list[Cells] = []
        self.total: Cells | None = None
        self.spaceBefore, self.spaceAfter = 4, 10

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Measure once; later calls answer from what is known."""
        if not self.widths:
            totals = [self.total_text] if self.total_text is not None else []
            self.widths = column_widths(self.columns, [*self.texts, *totals], available_width)
            heading = self._cells([column.heading for column in self.columns], SEMIBOLD)
            self.heading = tuple(cell[:HEADING_LINES] for cell in heading)
            self.rows = [self._cells(row, None) for row in self.texts]
            self.total = self._cells(self.total_text, SEMIBOLD) if self.total_text is not None else None
        self.width = sum(self.widths)
        self.height = self._heading_height() + sum(map(_height, self.rows)) + (_height(self.total) if self.total else 0)
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Cut between rows, or inside a row that is taller than a page; the total never stands alone."""
        self.wrap(available_width, available_height)
        room = available_height - self._heading_height()
        count = 0
        while count < len(self.rows) and _height(self.rows[count]) <= room:
            room -= _height(self.rows[count])
            count += 1
        if count == len(self.rows):
            count = len(self.rows) - 1  # only the total did not fit: take one row along with it
        if count > 0:
            return [self._part(self.rows[:count], None), self._part(self.rows[count:], self.total)]
        if not self.rows or _height(self.rows[0]) < TALL_ROW:
            return []  # it fits on the next page
        lines = min(int((room - 2 * PAD_Y) // LEADING), max(map(len, self.rows[0])) - 1)
        if lines < 3:
            return []
        first = tuple(cell[:lines] for cell in self.rows[0])
        rest = tuple(cell[lines:] or [""] for cell in self.rows[0])
        return [self._part([first], None), self._part([rest, *self.rows[1:]], self.total)]

    def draw(self) -> None:
        """Draw from the top down, each row closed by a hairline."""
        canvas: Canvas = self.canv
        y = self.height
        if self.with_heading:
            y = self._draw_row(canvas, self.heading, y, SEMIBOLD)
            self._rule(canvas, y, 0.9, JACARANDA)
        for row in self.rows:
            y = self._draw_row(canvas, row, y, None)
            self._rule(canvas, y, 0.5, STONE)
        if self.total:
            self._rule(canvas, y, 0.9, STONE_DARK)
            self._draw_row(canvas, self.total, y, SEMIBOLD)

    def _face(self, index: int, face: str | None) -> str:
        return face or (self.look.label_face if index == 0 else REGULAR)

    def _cells(self, row: Sequence[str], face: str | None) -> Cells:
        return tuple(
            wrap(printable(text), self._face(index, face), SIZE, self.widths[index] - 2 * PAD_X)
            for index, text in enumerate(row)
        )

    def _heading_height(self) -> float:
        return _height(self.heading) if self.with_heading else 0.0

    def _part(self, rows: list[Cells], total: Cells | None) -> "Grid":
        part = Grid(self.columns, self.texts, self.total_text, self.look)
        part.widths, part.heading, part.rows, part.total = self.widths, self.heading, rows, total
        return part

    def _draw_row(self, canvas: Canvas, row: Cells, top: float, face: str | None) -> float:
        x = 0.0
        for index, cell in enumerate(row):
            canvas.setFont(self._face(index, face), SIZE)
            canvas.setFillColor(colour(self.look.label_colour if index == 0 and face is None else OBSIDIAN))
            # The outer columns stand flush with the text around the table.
            left = x + (PAD_X if index else 0)
            right = x + self.widths[index] - (PAD_X if index < len(row) - 1 else 0)
            for number, line in enumerate(cell):
                y = top - PAD_Y - BASELINE - number * LEADING
                match self.columns[index].align:
                    case "left":
                        canvas.drawString(left, y, line)
                    case "right":
                        canvas.drawRightString(right, y, line)
                    case "centre":
                        canvas.drawCentredString((left + right) / 2, y, line)
            x += self.widths[index]
        return top - _height(row)

    def _rule(self, canvas: Canvas, y: float, thickness: float, hue: str) -> None:
        canvas.setStrokeColor(colour(hue))
        canvas.setLineWidth(thickness)
        canvas.line(0, y, self.width, y)


def _height(row: Cells) -> float:
    return max(map(len, row), default=1) * LEADING + 2 * PAD_Y
