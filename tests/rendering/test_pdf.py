"""A document in, a PDF out: what it says, how it is set, and what it must never contain."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.language import in_language
from rendering.charts import Chart, ChartKind, Series
from rendering.pdf import (
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
    render_pdf,
)

CHART = Chart(
    ChartKind.BAR, "¿Adónde fue?", "Montos por región.", ["Norte", "Sur"], [Series("Otorgado", [3, 4])], source="Libro"
)
RECEIPT = Document(
    "Recibo de aportación",
    [
        Paragraph("Recibimos de María Ñúñez la aportación que sigue.", "lead"),
        Amount("Recibimos", "$25,000.00\u202fMXN", "veinticinco mil pesos 00/100 M.N."),
        Heading("Los datos"),
        Facts([("Folio", "R-2026-000123"), ("Aportante", "María Ñúñez & Asociados <b>S.A.</b>")]),
        Heading("El detalle", 2),
        Items(["Primero", ["La ", Bold("segunda"), " cosa"]], numbered=True),
        Table(
            [Column("Concepto"), Column("Monto", "right")],
            [["Viaje", "$1.00"], ["Estancia", "$2.00"]],
            total=["Total", "$3.00"],
            caption="Montos",
        ),
        Figure(CHART, "Una figura"),
        Notice("Sin validez fiscal.", "warning", "Borrador"),
        PageBreak(),
        QrCode("https://puente.example/es/r/123", "Comprueba este recibo"),
        Space(20),
        Paragraph([Link("la página", "https://puente.example/es"), " de tu recibo"], "quote"),
        Signature("Lucía Ávila", "Tesorera", "22 de noviembre de 2026", "9f86d081"),
    ],
    reference="R-2026-000123",
    footer_note="Puente · contabilidad@puente.example",
)


def read(document: Document) -> PdfReader:
    return PdfReader(BytesIO(render_pdf(document)))


def root(reader: PdfReader) -> dict[str, Any]:
    return cast("dict[str, Any]", reader.trailer["/Root"].get_object())


def lines(document: Document, page: int = 0) -> list[str]:
    text = read(document).pages[page].extract_text().replace("\u00a0", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


def saying(*blocks: Block) -> Document:
    return Document("Prueba", blocks)


def body(*blocks: Block) -> list[str]:
    """The lines of a one-page document without its header, footer and title."""
    said = lines(saying(*blocks))
    frame = {"Puente", "Prueba", "Página 1 de 1"}
    assert frame <= set(said)
    return [line for line in said if line not in frame]


def fonts(value: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """Every font dictionary anywhere in a file, form objects included."""
    seen = set() if seen is None else seen
    value = value.get_object()
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        if value.get("/Type") == "/Font":
            yield value
        for name, inner in value.items():
            if name != "/Parent":
                yield from fonts(inner, seen)
    elif isinstance(value, list):
        for inner in value:
            yield from fonts(inner, seen)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render_pdf(RECEIPT) == render_pdf(RECEIPT)


def test_a_receipt_says_all_it_was_given_with_its_accents() -> None:
    assert sorted(lines(RECEIPT, 0)) == sorted(
        [
            "Recibo de aportación",
            "Recibimos de María Ñúñez la aportación que sigue.",
            "Recibimos",
            "$25,000.00 MXN",
            "veinticinco mil pesos 00/100 M.N.",
            "Los datos",
            "Folio",
            "R-2026-000123",
            "Aportante",
            "María Ñúñez & Asociados <b>S.A.</b>",
            "El detalle",
            "1. Primero",
            "2. La segunda cosa",
            "Montos",
            "Concepto",
            "Monto",
            "Viaje",
            "$1.00",
            "Estancia",
            "$2.00",
            "Total",
            "$3.00",
            "¿Adónde fue?",
            "Norte",
            "3",
            "Sur",
            "4",
            "Fuente: Libro",
            "Una figura",
            "Borrador",
            "Sin validez fiscal.",
            "R-2026-000123",
            "Puente",
            "Página 1 de 2",
            "Puente · contabilidad@puente.example",
        ]
    )
    assert sorted(lines(RECEIPT, 1)) == sorted(
        [
            "Comprueba este recibo",
            "https://puente.example/es/r/123",
            "la página de tu recibo",
            "Lucía Ávila",
            "Tesorera",
            "22 de noviembre de 2026",
            "Huella: 9f86d081",
            "R-2026-000123",
            "Recibo de aportación",
            "Página 2 de 2",
            "Puente · contabilidad@puente.example",
        ]
    )


def test_every_font_is_embedded_and_none_is_a_stranger() -> None:
    embedded = set()
    for font in fonts(read(RECEIPT).trailer["/Root"]):
        assert font["/Subtype"] == "/TrueType"
        assert "/FontFile2" in font["/FontDescriptor"]
        embedded.add(font["/BaseFont"].split("+")[1])
    assert embedded == {"SourceSansPro-Regular", "SourceSansPro-Semibold", "SourceSansPro-It"}
    assert b"Helvetica" not in render_pdf(RECEIPT)
    assert b"Times" not in render_pdf(RECEIPT)


def test_the_file_says_its_title_author_language_and_date() -> None:
    dated = datetime(2026, 3, 2, 12, 30, tzinfo=timezone(timedelta(hours=-6)))
    reader = read(Document("Título ñ", [], reference="F-1", author="Fideicomiso", dated=dated))
    assert reader.metadata is not None
    assert reader.metadata.title == "Título ñ"
    assert reader.metadata.author == "Fideicomiso"
    assert reader.metadata.subject == "F-1"
    assert reader.metadata.creation_date == dated
    assert root(reader)["/Lang"] == "es-MX"
    assert root(reader)["/ViewerPreferences"]["/DisplayDocTitle"].value is True


@pytest.mark.parametrize(("size", "expected"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_the_page_has_the_size_asked_for(size: Any, expected: tuple[int, int]) -> None:
    box = read(Document("Prueba", [Figure(CHART)], page_size=size)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == expected


def test_english_documents_speak_english(catalogue: None) -> None:
    document = Document("Receipt", [Signature("Ana", "Treasurer", "2 March 2026", "ab12")], language="en")
    with in_language("es"):
        said = lines(document)
        reader = read(document)
    assert "Page 1 of 1" in said
    assert "Fingerprint: ab12" in said
    assert root(reader)["/Lang"] == "en"


HOSTILE = '<b>&amp;</b> <font color="red">"x" <br/> </para> <img src="file:///etc/passwd"/>'


def test_markup_in_a_value_prints_as_it_was_written() -> None:
    for block in (
        Heading(HOSTILE),
        Paragraph([HOSTILE]),
        Paragraph([Bold(HOSTILE)]),
        Paragraph([Link(HOSTILE, 'https://a.example/?"<&')]),
        Items([HOSTILE]),
        Facts([("F", HOSTILE)]),
        Table([Column("C")], [[HOSTILE]]),
        Notice(HOSTILE),
        Notice("", title=HOSTILE),
        Amount("A", HOSTILE),
        Signature(HOSTILE, "", ""),
        QrCode("https://a.example", HOSTILE),
    ):
        said = " ".join(body(block))
        assert "".join(HOSTILE.split()) in "".join(said.split()), block


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "JAVASCRIPT:x", "data:text/html,x"])
def test_only_plain_addresses_become_links(url: str) -> None:
    document = saying(Paragraph([Link("aquí", url)]), QrCode(url))
    assert "/Annots" not in read(document).pages[0]
    assert "aquí" in lines(document)


def test_a_good_address_becomes_a_link() -> None:
    document = saying(Paragraph([Link("aquí", "https://a.example/?a=1&b=2")]))
    (annotation,) = cast("list[Any]", read(document).pages[0]["/Annots"])
    assert annotation.get_object()["/A"]["/URI"] == "https://a.example/?a=1&b=2"


def test_a_long_table_repeats_its_heading_and_keeps_every_row_once() -> None:
    rows = [[f"MC-{number:04d}", "Residencia"] for number in range(200)]
    table = Table([Column("Folio"), Column("Proyecto")], rows, total=["Total", "200"])
    pages = [page.extract_text().splitlines() for page in read(saying(Heading("Los apoyos"), table)).pages]
    assert len(pages) > 3
    assert [page.count("Folio") for page in pages] == [1] * len(pages)
    assert [line for page in pages for line in page if line.startswith("MC-")] == [row[0] for row in rows]
    assert [page.count("Total") for page in pages] == [0] * (len(pages) - 1) + [1]
    assert "Los apoyos" in pages[0]


@pytest.mark.parametrize("count", range(25, 36))
def test_the_total_never_stands_alone_on_a_page(count: int) -> None:
    rows = [[f"MC-{number:04d}"] for number in range(count)]
    table = Table([Column("Folio")], rows, total=["Total"])
    last = read(saying(table)).pages[-1].extract_text().splitlines()
    assert any(line.startswith("MC-") for line in last)
    assert last.count("Total") == 1


def test_a_row_taller_than_a_page_goes_on_over_the_next() -> None:
    words = [f"palabra{number}" for number in range(3000)]
    reader = read(saying(Table([Column("A"), Column("B")], [["x", " ".join(words)]], total=["T", "t"])))
    said = " ".join(page.extract_text() for page in reader.pages).split()
    assert len(reader.pages) > 2
    assert [word for word in said if word.startswith("palabra")] == words


def test_a_word_wider_than_its_place_is_broken_and_nothing_of_it_is_lost() -> None:
    word = "".join(chr(ord("a") + number % 26) for number in range(400))
    for block in (Paragraph(word), Facts([("F", word)]), Table([Column("C"), Column("D")], [[word, "x"]])):
        said = body(block)
        assert max(map(len, said)) < 140
        assert word in "".join(said)


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under 2 columns"):
        Table([Column("A"), Column("B")], [["x"]])
    with pytest.raises(ValueError, match="a row of 3 cells under 2 columns"):
        Table([Column("A"), Column("B")], [], total=["x", "y", "z"])


def test_a_chart_longer_than_a_page_is_cut_and_numbered() -> None:
    names = [f"Región {number}" for number in range(60)]
    chart = Chart(ChartKind.BAR, "Todas", "d", names, [Series("s", list(range(60)))])
    said = [line for page in read(saying(Figure(chart))).pages for line in page.extract_text().splitlines()]
    assert [line for line in said if line.startswith("Región")] == names
    assert [line for line in said if line.startswith("Todas")] == [
        "Todas (1–24/60)",
        "Todas (25–48/60)",
        "Todas (49–60/60)",
    ]


def test_an_address_too_long_for_a_code_is_still_printed() -> None:
    url = "https://a.example/" + "x" * 4000
    assert url in "".join(body(QrCode(url)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400), st.text(alphabet="<>&/b ñ\n\t\u202f\u2009\ufffe\x00𝔘漢", max_size=400))
def test_no_text_whatever_breaks_a_document(first: str, second: str) -> None:
    blocks: list[Block] = [
        Paragraph(first),
        Heading(second),
        Facts([(first, second)]),
        Table([Column(first), Column(second, "right")], [[second, first]], caption=first),
        Items([second, first]),
        Notice(first, "bad", second),
        Signature(first, second, first, second),
        QrCode(first, second),
        Amount(first, second),
    ]
    document = Document(second, blocks, reference=first, footer_note=second, subject=first)
    assert len(read(document).pages) >= 1
