"""PDF: a document described in blocks goes in, bytes come out.

The same document always gives the same bytes, so a receipt can be hashed, thrown away and made again.
"""

from rendering.pdf.blocks import (
    Amount,
    Block,
    Bold,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Items,
    Link,
    Notice,
    PageBreak,
    Paragraph,
    QrCode,
    Signature,
    Space,
    Table,
)
from rendering.pdf.flow import story_of
from rendering.pdf.page import set_pages
from rendering.typeface import register_typeface

__all__ = [
    "Amount",
    "Block",
    "Bold",
    "Column",
    "Document",
    "Facts",
    "Figure",
    "Heading",
    "Items",
    "Link",
    "Notice",
    "PageBreak",
    "Paragraph",
    "QrCode",
    "Signature",
    "Space",
    "Table",
    "render_pdf",
]


def render_pdf(document: Document) -> bytes:
    """Return the document as a PDF: fonts embedded, language and title set, identical bytes for identical input."""
    register_typeface()
    return set_pages(document, story_of(document))
