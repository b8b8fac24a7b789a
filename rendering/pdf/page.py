"""The page around the text: header, footer, and "page x of y", which is known only when all pages are."""

from datetime import datetime
from io import BytesIO
from typing import Any, Final

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from core.language import _, in_language
from rendering.palette import JACARANDA, MUTED, STONE_DARK
from rendering.pdf.blocks import Document
from rendering.pdf.styles import BODY_SIZE, colour
from rendering.typeface import REGULAR, SEMIBOLD, printable, shorten, text_width, wrap

PAGE_SIZES: Final = {"letter": LETTER, "a4": A4}
LOCALES: Final = {"es": "es-MX", "en": "en"}
MARGIN: Final = 60.0
TOP: Final = 72.0
BOTTOM: Final = 70.0
SMALL: Final = 8.5
FOOTER_LINES: Final = 2


def set_pages(document: Document, story: list[Flowable]) -> bytes:
    """Lay the story out on pages and return the PDF."""
    out = BytesIO()
    width, height = PAGE_SIZES[document.page_size]
    template = BaseDocTemplate(
        out,
        pagesize=(width, height),
        title=printable(document.title),
        author=printable(document.author),
        subject=printable(document.subject or document.reference),
        creator="Puente",
        lang=LOCALES.get(document.language, document.language),
        invariant=1,
        initialFontName=REGULAR,
        initialFontSize=BODY_SIZE,
        displayDocTitle=True,
    )
    frame = Frame(MARGIN, BOTTOM, width - 2 * MARGIN, height - TOP - BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate(frames=[frame]))
    template.build(story, canvasmaker=_canvas_for(document, _page_sentence(document.language)))
    return out.getvalue()


def _page_sentence(language: str) -> str:
    with in_language(language):
        return _("Página %(page)s de %(pages)s", page="{page}", pages="{pages}")


def _canvas_for(document: Document, sentence: str) -> type[Canvas]:
    """Return a canvas class that holds pages back until it knows how many there are."""

    class FramedCanvas(Canvas):
        """Draws the header and footer of `document` on each page as it is saved."""

        def __init__(self, *args: Any, **keywords: Any) -> None:
            super().__init__(*args, **keywords)
            self._held: list[dict[str, Any]] = []
            if document.dated is not None:
                self._doc._timeStamp = _moment(document.dated)  # type: ignore[attr-defined]  # no public way

        def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
            """Keep the page for later."""
            self._held.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # ReportLab's own recipe for page x of y

        def save(self) -> None:
            """Frame every page, then write the file."""
            pages = self._held
            for number, page in enumerate(pages, start=1):
                self.__dict__.update(page)
                _draw_frame(self, document, number, sentence.format(page=number, pages=len(pages)))
                super().showPage()
            super().save()

    return FramedCanvas


def _moment(dated: datetime) -> TimeStamp:
    stamp = TimeStamp(invariant=1)
    offset = dated.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    stamp.YMDhms = tuple(dated.timetuple())[:6]
    stamp.dhh, stamp.dmm = (abs(minutes) // 60) * (1 if minutes >= 0 else -1), abs(minutes) % 60
    return stamp


def _draw_frame(canvas: Canvas, document: Document, number: int, page_sentence: str) -> None:
    width, height = PAGE_SIZES[document.page_size]
    right = width - MARGIN
    canvas.setLineWidth(0.5)
    canvas.setStrokeColor(colour(STONE_DARK))
    canvas.setFillColor(colour(MUTED))

    head_y = height - 44
    reference = shorten(printable(document.reference), REGULAR, SMALL, (right - MARGIN) / 2)
    canvas.setFont(REGULAR, SMALL)
    canvas.drawRightString(right, head_y, reference)
    running = printable(document.author if number == 1 else document.title)
    room = right - MARGIN - text_width(reference, REGULAR, SMALL) - 16
    canvas.setFont(SEMIBOLD, SMALL)
    canvas.setFillColor(colour(JACARANDA))
    canvas.drawString(MARGIN, head_y, shorten(running, SEMIBOLD, SMALL, room))
    canvas.line(MARGIN, head_y - 7, right, head_y - 7)

    foot_y = 46.0
    canvas.line(MARGIN, foot_y + 12, right, foot_y + 12)
    canvas.setFont(REGULAR, SMALL)
    canvas.setFillColor(colour(MUTED))
    canvas.drawRightString(right, foot_y, page_sentence)
    room = right - MARGIN - text_width(page_sentence, REGULAR, SMALL) - 16
    lines = wrap(printable(document.footer_note), REGULAR, SMALL, room)
    if len(lines) > FOOTER_LINES:
        lines = [lines[0], shorten(" ".join(lines[1:]), REGULAR, SMALL, room)]
    for index, line in enumerate(lines):
        canvas.drawString(MARGIN, foot_y - index * 11, line)
