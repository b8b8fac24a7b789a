"""A sheet to draw on from the top down; it becomes a ReportLab Drawing when its height is known."""

from collections.abc import Callable
from typing import Final, Literal

from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect, Shape, String
from reportlab.lib.colors import HexColor

from rendering.palette import OBSIDIAN, PAPER, STONE
from rendering.typeface import REGULAR, SEMIBOLD, printable, text_width

# On the web the reader's own sans serif is used, and most are wider than the face on paper; leave room for them.
WEB_MARGIN: Final = 1.3
WEB_MARGIN_SEMIBOLD: Final = 1.42

Anchor = Literal["start", "middle", "end"]


def measure(text: str, size: float, face: str = REGULAR) -> float:
    """Return the room a text may take in any reader's typeface."""
    return text_width(text, face, size) * web_margin(face)


def web_margin(face: str) -> float:
    """Return how much wider than on paper a face may be on a screen."""
    return WEB_MARGIN_SEMIBOLD if face == SEMIBOLD else WEB_MARGIN


class Surface:
    """Collects shapes with y counted downwards from the top."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.height = 0.0
        self._shapes: list[Callable[[float], Shape]] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        hue: str = OBSIDIAN,
        face: str = REGULAR,
        anchor: Anchor = "start",
    ) -> None:
        """Write one line with its baseline at `y`."""
        self._shapes.append(
            lambda height: String(
                x,
                height - y,
                printable(words),
                fontName=face,
                fontSize=size,
                fillColor=HexColor(hue),
                textAnchor=anchor,
            )
        )

    def rect(self, x: float, y: float, width: float, height: float, hue: str) -> None:
        """Fill a rectangle whose upper left corner is at (x, y)."""

        def shape(total: float) -> Shape:
            rectangle = Rect(x, total - y - height, width, height)
            rectangle.fillColor, rectangle.strokeColor = HexColor(hue), None
            return rectangle

        self._shapes.append(shape)

    def line(self, points: list[tuple[float, float]], hue: str, thickness: float) -> None:
        """Join the points."""
        self._shapes.append(
            lambda height: PolyLine(
                [number for x, y in points for number in (x, height - y)],
                strokeColor=HexColor(hue),
                strokeWidth=thickness,
                strokeLineJoin=1,
            )
        )

    def dot(self, x: float, y: float, radius: float, hue: str) -> None:
        """Draw a filled circle with an edge of paper, so that it stays visible on a line."""
        self._shapes.append(
            lambda height: Circle(
                x, height - y, radius, fillColor=HexColor(hue), strokeColor=HexColor(PAPER), strokeWidth=1
            )
        )

    def take(self, other: "Surface") -> None:
        """Put everything drawn on another sheet over what is drawn here."""
        self._shapes += other._shapes

    def drawing(self) -> Drawing:
        """Return everything drawn, on a ground of paper with a hairline."""
        drawing = Drawing(self.width, self.height, initialFontName=REGULAR)
        ground = Rect(0.5, 0.5, self.width - 1, self.height - 1, rx=4, ry=4)
        ground.fillColor, ground.strokeColor, ground.strokeWidth = HexColor(PAPER), HexColor(STONE), 1
        drawing.add(ground)
        for shape in self._shapes:
            drawing.add(shape(self.height))
        return drawing
