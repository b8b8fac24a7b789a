"""Render receipts, against a bare canvas that writes the same words, lines and code on the same kind of page."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.books import CENTS
from benchmarks.harness import ROUNDS, Contestant, Result, Work, compare

LEAST = 0.9


def content(number: int) -> dict[str, Any]:
    """Return what one receipt states."""
    code = f"A-2026-{number:06d}"
    return {
        "form": "cash", "kind": "donation", "method": "transfer", "code": code, "language": "es", "item": None,
        "holder": "Fundación Ñandú", "tax_id": "FNA010101AB1", "amount_cents": CENTS + number, "currency": "MXN",
        "received_on": "2026-03-02", "issued_on": "2026-03-02", "fund_code": "general", "fund_name": "Fondo general",
        "trust_name": "Fideicomiso Puente", "city_name": "Ciudad de México",
        "url": f"https://puente.example/es/recibos/{code}",
    }  # fmt: skip


@contextmanager
def _application(folder: Path) -> Iterator[None]:
    from web.factory import create_app  # local: the rooms are imported only for the contestant that needs them

    app = create_app({"MODE": "test", "DATA_FOLDER": str(folder)})
    with app.app_context():
        yield


@contextmanager
def bare(folder: Path) -> Iterator[Work]:
    """A canvas of ReportLab: the same embedded fonts, the same words at fixed places, the same code as one path."""
    with _application(folder):
        import segno  # local: only this contestant draws by itself
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfgen.canvas import Canvas

        from rendering.typeface import REGULAR, register_typeface
        from trust.documents.receipts import receipt_facts, receipt_money

        register_typeface()

        def draw(number: int) -> bytes:
            facts, data = content(number), io.BytesIO()
            canvas = Canvas(data, pagesize=A4, lang="es-MX")
            canvas.setFont(REGULAR, 11)
            lines = [facts["trust_name"], str(receipt_money(facts))]
            lines += [f"{label}: {value}" for label, value in receipt_facts(facts)]
            for place, line in enumerate([*lines, facts["url"]]):
                canvas.drawString(60, 780 - 18 * place, line)
            code = canvas.beginPath()
            for y, row in enumerate(segno.make(facts["url"], error="m").matrix):
                for x, dark in enumerate(row):
                    if dark:
                        code.rect(60 + 2.5 * x, 300 - 2.5 * y, 2.5, 2.5)
            canvas.drawPath(code, stroke=0, fill=1)
            canvas.save()
            return data.getvalue()

        def work(times: int) -> None:
            for number in range(times):
                draw(number)

        yield work


@contextmanager
def ours(folder: Path) -> Iterator[Work]:
    """Puente's receipt, laid out from blocks: table, notice, code, headings, metadata, the same bytes every time."""
    with _application(folder):
        from trust.documents import render_receipt  # local: see _application

        def work(times: int) -> None:
            for number in range(times):
                render_receipt(content(number))

        yield work


def rendered(times: int = 100, rounds: int = ROUNDS) -> Result:
    """Compare our receipt with the bare canvas."""
    contestants = (
        Contestant("bare canvas", "ReportLab alone: words at fixed places and a code", bare),
        Contestant("Puente", "the whole document, laid out", ours, (("bare canvas", LEAST),)),
    )
    return compare("Receipts", contestants, times, rounds)
