"""A QR code as vectors, with its address in readable letters beside it."""

from collections.abc import Sequence
from typing import Final

import segno
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable

from rendering.palette import MUTED, OBSIDIAN
from rendering.pdf.styles import SAFE_SCHEMES, colour
from rendering.typeface import REGULAR, SEMIBOLD, printable, wrap

SIDE: Final = 84.0
GAP: Final = 14.0
# Any mask is valid; trying all eight for the prettiest costs more than the rest of the page.
MASK: Final = 3
QUIET_ZONE: Final = 4  # modules of white the standard asks for
SIZE: Final = 9.0
LEADING: Final = 12.0


class QrFlowable(Flowable):
    """The code at the left, its caption and address at the right; a code too long to fit is replaced by its address."""

    def __init__(self, url: str, caption: str) -> None:
        super().__init__()
        self.url = printable(url)
        self.caption = printable(caption)
        self.lines: list[tuple[str, str, str]] = []
        self.spaceBefore, self.spaceAfter = 8, 8

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """The height is the code's, or the text's where that is taller."""
        room = available_width - SIDE - GAP
        self.lines = [(line, SEMIBOLD, OBSIDIAN) for line in wrap(self.caption, SEMIBOLD, SIZE, room) if self.caption]
        self.lines += [(line, REGULAR, MUTED) for line in wrap(self.url, REGULAR, SIZE, room)]
        self.lines = self.lines[: int(available_height // LEADING)]
        self.width = available_width
        self.height = max(SIDE, len(self.lines) * LEADING)
        return self.width, self.height

    def draw(self) -> None:
        """The code links to its own address too, for who reads on a screen."""
        canvas: Canvas = self.canv
        matrix = _matrix(self.url)
        module = SIDE / (len(matrix) + 2 * QUIET_ZONE)
        canvas.saveState()
        canvas.translate(QUIET_ZONE * module, self.height - QUIET_ZONE * module)
        canvas.scale(module, -module)
        canvas.setFillColor(colour(OBSIDIAN))
        # Whole numbers in the code's own grid, written as operators: ReportLab's rect() formats each as a fraction.
        canvas.drawPath(PDFPathObject(code=_runs(matrix)), stroke=0, fill=1)
        canvas.restoreState()
        if self.url.lower().startswith(SAFE_SCHEMES):
            canvas.linkURL(self.url, (0, self.height - SIDE, SIDE, self.height), relative=1)
        y = self.height - QUIET_ZONE * module - SIZE * 0.8
        for line, face, hue in self.lines:
            canvas.setFont(face, SIZE)
            canvas.setFillColor(colour(hue))
            canvas.drawString(SIDE + GAP, y, line)
            y -= LEADING


def _matrix(url: str) -> Sequence[Sequence[int]]:
    """Return the modules of the code; none for an address beyond what a QR code can hold."""
    try:
        return segno.make_qr(url, error="m", mask=MASK).matrix
    except segno.DataOverflowError:
        return ()


def _runs(matrix: Sequence[Sequence[int]]) -> list[str]:
    """Return one rectangle for each run of dark modules: small, and without seams inside a row."""
    operators: list[str] = []
    for y, row in enumerate(matrix):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                operators.append(f"{start} {y} {end - start} 1 re")
            start = end + 1
    return operators
