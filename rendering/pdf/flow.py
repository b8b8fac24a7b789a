"""From the vocabulary to what ReportLab sets on a page."""

from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from reportlab.graphics.shapes import Drawing
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, KeepTogether, Spacer
from reportlab.platypus import PageBreak as NewPage
from reportlab.platypus import Paragraph as SetParagraph

from core.language import _, in_language
from rendering.charts.draw import WIDE, draw_chart, parts_of
from rendering.palette import JACARANDA, MUTED, OBSIDIAN, TONES
from rendering.pdf import blocks
from rendering.pdf.grid import Grid, Look
from rendering.pdf.qr import QrFlowable
from rendering.pdf.styles import SAFE_SCHEMES, colour, notice_style, style
from rendering.typeface import printable

FRAME_WIDTHS: Final = {"letter": 492.0, "a4": 475.0}
HEADING_ROOM: Final = 130.0  # a heading, a caption and a few rows
LABEL_SHARE: Final = 0.34
LONGEST_RUN: Final = 20_000  # one Paragraph of a million letters takes minutes to set


def story_of(document: blocks.Document) -> list[Flowable]:
    """Return the document's title and blocks, in order, as flowables."""
    story: list[Flowable] = [SetParagraph(markup(document.title), style("title"))]
    for block in document.blocks:
        story.extend(_flowables(block, document))
    return _headings_with_tables(story)


def _headings_with_tables(story: list[Flowable]) -> list[Flowable]:
    """Hold a heading to the first rows of the table under it; ReportLab would hold it to the whole table."""
    kept: list[Flowable] = []
    for flowable in story:
        if isinstance(flowable, Grid):
            start = len(kept)
            while start and _keeps_with_next(kept[start - 1]):
                start -= 1
                kept[start].keepWithNext = 0
            if start < len(kept):
                kept.insert(start, CondPageBreak(HEADING_ROOM))
        kept.append(flowable)
    return kept


def _keeps_with_next(flowable: Flowable) -> bool:
    answer: Callable[[], object] = flowable.getKeepWithNext  # the stubs leave its result open
    return bool(answer())


def markup(text: blocks.Text) -> str:
    """Return text as ReportLab's markup, with everything that looks like markup made literal."""
    runs = [text] if isinstance(text, str) else text
    return "".join(_run(run) for run in runs)


def _run(run: str | blocks.Bold | blocks.Link) -> str:
    if isinstance(run, blocks.Bold):
        return f"<b>{_literal(run.text)}</b>"
    if isinstance(run, blocks.Link):
        if not run.url.lower().startswith(SAFE_SCHEMES):
            return _literal(run.text)
        return f'<a href={quoteattr(printable(run.url))} color="{JACARANDA}">{_literal(run.text)}</a>'
    return _literal(run)


def _literal(text: str) -> str:
    return escape(printable(text)).replace("\n", "<br/>")


def _flowables(block: blocks.Block, document: blocks.Document) -> list[Flowable]:  # noqa: PLR0911 (one a block)
    match block:
        case blocks.Heading():
            return [SetParagraph(markup(block.text), style(f"heading{block.level}"))]
        case blocks.Paragraph():
            return _paragraphs(block.text, block.style)
        case blocks.Items():
            return _items(block)
        case blocks.Facts():
            return _facts(block)
        case blocks.Amount():
            return _amount(block)
        case blocks.Table():
            return _table(block)
        case blocks.Figure():
            return _figure(block, FRAME_WIDTHS[document.page_size])
        case blocks.QrCode():
            return [QrFlowable(block.url, block.caption)]
        case blocks.Signature():
            return _signature(block, document.language)
        case blocks.Notice():
            return _notice(block)
        case blocks.Space():
            return [Spacer(1, block.height)]
        case blocks.PageBreak():
            return [NewPage()]


def _paragraphs(text: blocks.Text, name: str) -> list[Flowable]:
    if isinstance(text, str):
        # A blank line parts paragraphs; parting also bounds what is set at once.
        parts = [part for part in printable(text).split("\n\n") if part.strip()]
        return [SetParagraph(markup(piece), style(name)) for part in parts for piece in _bounded(part)]
    return [SetParagraph(markup(text), style(name))]


def _bounded(text: str) -> list[str]:
    return [text[start : start + LONGEST_RUN] for start in range(0, len(text), LONGEST_RUN)]


def _items(block: blocks.Items) -> list[Flowable]:
    marks = [f"{number}." for number in range(1, len(block.items) + 1)] if block.numbered else ["•"] * len(block.items)
    items: list[Flowable] = [
        SetParagraph(markup(item), style("item"), bulletText=mark)
        for item, mark in zip(block.items, marks, strict=True)
    ]
    return [*items, Spacer(1, 5)]


def _facts(block: blocks.Facts) -> list[Flowable]:
    if not block.pairs:
        return []
    columns = (blocks.Column("", width=LABEL_SHARE), blocks.Column("", width=1 - LABEL_SHARE))
    return [Grid(columns, block.pairs, look=Look(label_colour=MUTED))]


def _amount(block: blocks.Amount) -> list[Flowable]:
    lines = [(block.label, "amount_label"), (block.figure, "amount"), (block.words, "amount_words")]
    return [SetParagraph(markup(text), style(name)) for text, name in lines if text]


def _table(block: blocks.Table) -> list[Flowable]:
    caption: list[Flowable] = [SetParagraph(markup(block.caption), style("caption"))] if block.caption else []
    return [*caption, Grid(block.columns, block.rows, block.total)]


def _figure(block: blocks.Figure, width: float) -> list[Flowable]:
    drawings: list[Flowable] = []
    for part in parts_of(block.chart):
        drawing = draw_chart(part, WIDE)
        drawings += [_scaled(drawing, width / WIDE), Spacer(1, 6)]
    caption: list[Flowable] = [SetParagraph(markup(block.caption), style("small"))] if block.caption else []
    return [*drawings, *caption]


def _scaled(drawing: Drawing, factor: float) -> Drawing:
    drawing.scale(factor, factor)
    drawing.width, drawing.height = drawing.width * factor, drawing.height * factor
    return drawing


def _signature(block: blocks.Signature, language: str) -> list[Flowable]:
    with in_language(language):
        fingerprint = _("Huella: %(hash)s", hash=block.hash) if block.hash else ""
    rule = HRFlowable(width=230, thickness=0.75, color=colour(OBSIDIAN), hAlign="LEFT", spaceBefore=34, spaceAfter=4)
    details = "\n".join(detail for detail in (block.role, block.date) if detail)
    lines: list[Flowable] = [rule, SetParagraph(markup([blocks.Bold(block.name), "\n" + details]), style("body"))]
    if fingerprint:
        lines.append(SetParagraph(markup(fingerprint), style("small")))
    return [KeepTogether(lines)]


def _notice(block: blocks.Notice) -> list[Flowable]:
    title = f'<font color="{TONES[block.tone]}"><b>{_literal(block.title)}</b></font><br/>' if block.title else ""
    return [SetParagraph(title + markup(block.text), notice_style(block.tone))]
