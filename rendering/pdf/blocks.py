"""The vocabulary of a printed document: what it says, never how it is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rendering.charts.model import Chart

Tone = Literal["neutral", "progress", "good", "warning", "bad"]
Alignment = Literal["left", "right", "centre"]
ParagraphStyleName = Literal["lead", "body", "small", "quote"]


@dataclass(frozen=True)
class Bold:
    """Words that stand out inside a text."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead to an address; only http, https and mailto become a link, the rest prints as text."""

    text: str
    url: str


Text = str | Sequence[str | Bold | Link]


@dataclass(frozen=True)
class Heading:
    """A heading under the document's title; level 1 or 2."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    text: Text
    style: ParagraphStyleName = "body"


@dataclass(frozen=True)
class Items:
    """A list, with bullets or numbers."""

    items: Sequence[Text]
    numbered: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels and their values, one pair a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Amount:
    """The one figure a page is about, with the amount in words under it."""

    label: str
    figure: str
    words: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` is a share of the page beside the other columns, by content when left out."""

    heading: str
    align: Alignment = "left"
    width: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows of text under a heading that repeats on every page, with an optional row of totals."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that is not as long as the heading: a figure must never slide under another column."""
        rows = [*self.rows, self.total] if self.total is not None else self.rows
        for row in rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")


@dataclass(frozen=True)
class Figure:
    """A chart, drawn as vectors."""

    chart: Chart
    caption: str = ""


@dataclass(frozen=True)
class QrCode:
    """An address as a QR code, with the address printed beside it."""

    url: str
    caption: str = ""


@dataclass(frozen=True)
class Signature:
    """Who signs, in what role, when, and the fingerprint of what was signed."""

    name: str
    role: str
    date: str
    hash: str = ""


@dataclass(frozen=True)
class Notice:
    """A boxed message."""

    text: Text
    tone: Tone = "neutral"
    title: str = ""


@dataclass(frozen=True)
class Space:
    """Vertical room, in points."""

    height: float = 8


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page."""


Block = Heading | Paragraph | Items | Facts | Amount | Table | Figure | QrCode | Signature | Notice | Space | PageBreak


@dataclass(frozen=True)
class Document:
    """Everything a PDF says. `dated` is the moment written into the file's metadata, never read from a clock."""

    title: str
    blocks: Sequence[Block]
    language: str = "es"
    reference: str = ""
    footer_note: str = ""
    author: str = "Puente"
    subject: str = ""
    page_size: Literal["letter", "a4"] = "letter"
    dated: datetime | None = None
