"""A Drawing as a standalone SVG: attributes only, so no policy on styles can turn it black."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect, Shape, String
from reportlab.lib.colors import Color

from rendering.typeface import BOLD, SEMIBOLD, printable

FAMILY: Final = "'Source Sans 3','Source Sans Pro',system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
WEIGHTS: Final = {SEMIBOLD: "600", BOLD: "700"}


def svg_of(drawing: Drawing, title: str, description: str, language: str) -> bytes:
    """Return the drawing as SVG with a name and a description for those who do not see it; it scales to its place."""
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_number(drawing.width)} {_number(drawing.height)}",
            "role": "img",
            "aria-labelledby": "title desc",
            "xml:lang": language,
            "font-family": FAMILY,
        },
    )
    SubElement(root, "title", {"id": "title"}).text = printable(title)
    SubElement(root, "desc", {"id": "desc"}).text = printable(description)
    for shape in drawing.contents:
        _add(root, shape, drawing.height)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode()


def _add(root: Element, shape: Shape, height: float) -> None:
    match shape:
        case String():
            attributes = {
                "x": _number(shape.x),
                "y": _number(height - shape.y),
                "font-size": _number(shape.fontSize),
                "fill": _hex(shape.fillColor),
            }
            if shape.textAnchor != "start":
                attributes["text-anchor"] = shape.textAnchor
            if shape.fontName in WEIGHTS:
                attributes["font-weight"] = WEIGHTS[shape.fontName]
            SubElement(root, "text", attributes).text = shape.text
        case Rect():
            attributes = {
                "x": _number(shape.x),
                "y": _number(height - shape.y - shape.height),
                "width": _number(shape.width),
                "height": _number(shape.height),
                "fill": _hex(shape.fillColor),
            }
            if shape.rx:
                attributes["rx"] = _number(shape.rx)
            SubElement(root, "rect", attributes | _stroke(shape))
        case PolyLine():
            pairs = zip(shape.points[::2], shape.points[1::2], strict=True)
            points = " ".join(f"{_number(x)},{_number(height - y)}" for x, y in pairs)
            SubElement(
                root, "polyline", {"points": points, "fill": "none", "stroke-linejoin": "round"} | _stroke(shape)
            )
        case Circle():
            attributes = {
                "cx": _number(shape.cx),
                "cy": _number(height - shape.cy),
                "r": _number(shape.r),
                "fill": _hex(shape.fillColor),
            }
            SubElement(root, "circle", attributes | _stroke(shape))
        case _:
            raise TypeError(f"no SVG for {type(shape).__name__}")


def _stroke(shape: Rect | PolyLine | Circle) -> dict[str, str]:
    if shape.strokeColor is None:
        return {}
    return {"stroke": _hex(shape.strokeColor), "stroke-width": _number(shape.strokeWidth)}


def _hex(hue: Color | None) -> str:
    if hue is None:
        return "none"
    return f"#{hue.hexval()[2:].upper()}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
