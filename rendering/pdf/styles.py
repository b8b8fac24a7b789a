"""How each kind of text is set on paper."""

from functools import cache
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle

from rendering.palette import JACARANDA, MUTED, OBSIDIAN, STONE_DARK, TONES
from rendering.typeface import ITALIC, REGULAR, SEMIBOLD, register_typeface

BODY_SIZE: Final = 10.5
SAFE_SCHEMES: Final = ("https://", "http://", "mailto:")  # what may become a link; the rest prints as text


@cache
def colour(hexadecimal: str) -> Color:
    """Return the colour object of a palette entry, made once."""
    return HexColor(hexadecimal)


@cache
def style(name: str) -> ParagraphStyle:
    """Return the paragraph style called `name`; KeyError when there is none."""
    register_typeface()
    font, size, leading, hue, before, after, keep = _STYLES[name]
    return ParagraphStyle(
        name,
        fontName=font,
        bulletFontName=font,
        fontSize=size,
        bulletFontSize=size,
        leading=leading,
        textColor=colour(hue),
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=keep,
        leftIndent={"quote": 14, "item": 18}.get(name, 0),
        rightIndent=14 if name == "quote" else 0,
        bulletIndent=2,
        allowWidows=0,
        allowOrphans=0,
        splitLongWords=1,
    )


@cache
def notice_style(tone: str) -> ParagraphStyle:
    """Return the boxed style of a notice: a hairline in the tone's colour, which the title repeats."""
    return ParagraphStyle(
        f"notice-{tone}",
        parent=style("body"),
        borderColor=colour(STONE_DARK if tone == "neutral" else TONES[tone]),
        borderWidth=0.75,
        borderPadding=9,
        borderRadius=2,
        leftIndent=10,
        rightIndent=10,
        spaceBefore=16,
        spaceAfter=18,
    )


# name: face, size, leading, colour, space before, space after, stays with the next block
_STYLES: Final = {
    "title": (SEMIBOLD, 22, 26, JACARANDA, 0, 12, 1),
    "heading1": (SEMIBOLD, 14.5, 18, JACARANDA, 14, 5, 1),
    "heading2": (SEMIBOLD, 11.5, 15, OBSIDIAN, 10, 3, 1),
    "lead": (REGULAR, 12.5, 17.5, OBSIDIAN, 0, 9, 0),
    "body": (REGULAR, BODY_SIZE, 15, OBSIDIAN, 0, 7, 0),
    "item": (REGULAR, BODY_SIZE, 15, OBSIDIAN, 0, 3, 0),
    "small": (REGULAR, 8.5, 11.5, MUTED, 0, 5, 0),
    "quote": (ITALIC, BODY_SIZE, 15, MUTED, 2, 9, 0),
    "caption": (SEMIBOLD, 9.5, 13, OBSIDIAN, 6, 3, 1),
    "amount_label": (REGULAR, BODY_SIZE, 14, MUTED, 6, 0, 1),
    "amount": (SEMIBOLD, 27, 32, JACARANDA, 0, 2, 1),
    "amount_words": (REGULAR, BODY_SIZE, 14, MUTED, 0, 12, 0),
}
