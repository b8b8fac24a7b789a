"""One open typeface, embedded in every PDF and measured for every chart."""

import re
import unicodedata
from functools import cache
from threading import Lock
from typing import Final

from font_source_sans_pro import font_files_ttf
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "SourceSansPro"
ITALIC: Final = "SourceSansProIt"
SEMIBOLD: Final = "SourceSansProSemibold"
BOLD: Final = "SourceSansProBold"

# The typeface has no glyph for these; each becomes the nearest character that it has.
_STAND_INS: Final = {
    "\u2007": "\u00a0",
    "\u2008": "\u00a0",
    "\u2009": "\u00a0",
    "\u200a": "\u00a0",
    "\u202f": "\u00a0",  # Paragraph would break the line here
    "\u2011": "-",
    "\u2028": "\n",
    "\u2029": "\n",
    "\r": "\n",
    "\t": " ",
}
_STAND_IN_TABLE: Final = str.maketrans(_STAND_INS)
_registering = Lock()
_fonts: dict[str, TTFont] = {}
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def register_typeface() -> None:
    """Register the four faces once a process; a face registered per document costs more than the document."""
    with _registering:  # a second thread waits until all four are there
        if REGULAR not in pdfmetrics.getRegisteredFontNames():
            _register()


def _register() -> None:
    rl_config.invariant = 1  # the same values give the same bytes, so a document can be hashed and made again
    rl_config.useA85 = 0  # binary streams: smaller and faster than text, and every reader takes them
    for face in (REGULAR, ITALIC, SEMIBOLD, BOLD):
        _fonts[face] = TTFont(face, font_files_ttf[face])
        pdfmetrics.registerFont(_fonts[face])
    # Inline <b> and <i> resolve through the family; without it ReportLab falls back to Helvetica.
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=SEMIBOLD, italic=ITALIC, boldItalic=BOLD)


def printable(text: str) -> str:
    """Return the text composed (NFC), without control, direction and zero-width characters."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_STAND_IN_TABLE)
    return _UNPRINTABLE.sub("", composed)


@cache
def _widths(face: str) -> tuple[dict[int, float], float]:
    register_typeface()
    font = _fonts[face].face
    return font.charWidths, font.defaultWidth


def text_width(text: str, face: str, size: float) -> float:
    """Return the width of one line of text, in the unit of `size`."""
    widths, default = _widths(face)
    return 0.001 * size * sum([widths.get(ord(letter), default) for letter in text])


def wrap(text: str, face: str, size: float, width: float) -> list[str]:
    """Break text into lines no wider than `width`, inside a word that alone is wider; one line at least."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if text_width(paragraph, face, size) <= width:
            lines.append(paragraph)
            continue
        line = ""
        for word in paragraph.split(" "):
            candidate = f"{line} {word}" if line else word
            if text_width(candidate, face, size) <= width:
                line = candidate
                continue
            if line:
                lines.append(line)
            *whole, line = _break_word(word, face, size, width)
            lines.extend(whole)
        lines.append(line)
    return lines


def _break_word(word: str, face: str, size: float, width: float) -> list[str]:
    pieces: list[str] = []
    piece = ""
    for letter in word:
        if piece and text_width(piece + letter, face, size) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def shorten(text: str, face: str, size: float, width: float) -> str:
    """Return one line no wider than `width`, ending in an ellipsis where something was left out."""
    line = text.replace("\n", " ")
    if text_width(line, face, size) <= width:
        return line
    while line and text_width(line.rstrip() + "…", face, size) > width:
        line = line[:-1]
    return line.rstrip() + "…"
