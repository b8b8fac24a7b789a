"""Rows in, CSV or XLSX out: every value back as it was, and no text ever run."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.money import Money
from rendering.spreadsheets import Cell, CellKind, Sheet, SheetColumn, guard_text, render_csv, render_xlsx

COLUMNS = [
    SheetColumn("Folio"),
    SheetColumn("Solicitudes", CellKind.INTEGER),
    SheetColumn("Monto", CellKind.MONEY),
    SheetColumn("Parte", CellKind.PERCENT),
    SheetColumn("Día", CellKind.DATE),
    SheetColumn("Momento", CellKind.DATETIME),
    SheetColumn("Pública"),
]
ROW: list[Cell] = [
    "Ñandú, «S.A.»",
    12,
    Decimal("-1234.50"),
    0.256,
    date(2026, 3, 2),
    datetime.fromisoformat("2026-03-02T23:59:58"),  # a spreadsheet knows no zones
    True,
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+52 55 1234", "'+52 55 1234"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＝1", "'＝1"),
        ("\0=1", "'=1"),
        ("", ""),
        ("Ana", "Ana"),
        ("a=1", "a=1"),
        ("1-2", "1-2"),
        ("'=1", "'=1"),
    ],
)
def test_text_that_starts_like_a_formula_is_guarded(text: str, expected: str) -> None:
    assert guard_text(text) == expected
    (line,) = csv.reader(StringIO(b"".join(render_csv([text], [], bom=False)).decode(), newline=""))
    assert line == ([expected] if expected else [""])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (-5, "-5"),
        (Decimal("-1234.50"), "-1234.50"),
        (Decimal("1E+3"), "1000"),
        (-0.25, "-0.25"),
        (Money(-123450, "MXN"), "-1234.50"),
        (Money(1500, "JPY"), "1500"),
        (None, ""),
        (True, "true"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 12, 30, 1, 5, tzinfo=UTC), "2026-03-02 12:30:01+00:00"),
    ],
)
def test_values_that_are_not_text_stay_what_they_are(cell: Cell, expected: str) -> None:
    assert b"".join(render_csv(["a", "b"], [[cell, "x"]], bom=False)).decode() == f"a,b\r\n{expected},x\r\n"


def test_csv_starts_with_a_mark_unless_told_otherwise() -> None:
    assert b"".join(render_csv(["Año"], [])) == b"\xef\xbb\xbfA\xc3\xb1o\r\n"
    assert b"".join(render_csv(["Año"], [], bom=False)) == b"A\xc3\xb1o\r\n"


def test_csv_comes_in_chunks_as_its_rows_do() -> None:
    taken = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(10_000):
            taken.append(number)
            yield [number, "x" * 40]

    chunks = render_csv(["n", "x"], rows())
    first = next(chunks)
    assert len(taken) < 3000
    whole = (first + b"".join(chunks)).decode("utf-8-sig")
    assert [row[0] for row in csv.reader(StringIO(whole, newline=""))] == ["n", *map(str, range(10_000))]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4))
def test_csv_gives_back_every_text_it_was_given(texts: list[str]) -> None:
    whole = b"".join(render_csv(texts, [texts])).decode("utf-8-sig")
    guarded = [guard_text(text) for text in texts]
    if guarded != [""]:
        assert list(csv.reader(StringIO(whole, newline=""))) == [guarded, guarded]


def test_xlsx_gives_back_what_it_was_given_with_its_types() -> None:
    workbook = load_workbook(BytesIO(render_xlsx([Sheet("Apoyos", COLUMNS, iter([ROW]))], title="Datos")))
    sheet = workbook["Apoyos"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [column.heading for column in COLUMNS],
        [ROW[0], 12, -1234.5, 0.256, datetime.fromisoformat("2026-03-02"), ROW[5], True],
    ]
    assert [cell.number_format for cell in sheet[2]][:6] == [
        "@",
        "#,##0",
        "#,##0.00;[Red]-#,##0.00",
        "0.0%",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm:ss",
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G2"
    assert workbook.properties.title == "Datos"


@pytest.mark.parametrize("text", ["=1+1", "{=1}", "+1", "@x", "https://a.example", "mailto:a@b.example", "'x", "0123"])
def test_xlsx_text_is_only_ever_text(text: str) -> None:
    whole = render_xlsx([Sheet("A", [SheetColumn(text)], [[text]])])
    sheet = load_workbook(BytesIO(whole))["A"]
    assert [(cell.value, cell.data_type) for cell in (sheet["A1"], sheet["A2"])] == [(text, "s"), (text, "s")]
    with ZipFile(BytesIO(whole)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in archive.read("xl/worksheets/sheet1.xml")


def test_xlsx_is_the_same_bytes_twice() -> None:
    sheets = [Sheet("Apoyos", COLUMNS, [ROW]), Sheet("Fondos", COLUMNS, [])]
    assert render_xlsx(sheets) == render_xlsx(sheets)
    created = load_workbook(BytesIO(render_xlsx(sheets))).properties.created
    assert created == datetime.fromisoformat("2000-01-01")


def test_xlsx_keeps_as_text_what_a_spreadsheet_would_round_or_refuse() -> None:
    row: list[Cell] = [10**15, Decimal("1234567890123456.78"), float("nan"), date(1821, 9, 27), Money(5, "MXN"), None]
    sheet = load_workbook(BytesIO(render_xlsx([Sheet("A", [SheetColumn(str(n)) for n in range(len(row))], [row])])))[
        "A"
    ]
    assert [cell.value for cell in sheet[2]] == [
        "1000000000000000",
        "1234567890123456.78",
        "nan",
        "1821-09-27",
        0.05,
        None,
    ]


def test_sheet_names_are_made_legal_and_different() -> None:
    names = ["Apoyos [2026]/1", "x" * 40, "x" * 40, "apoyos  2026  1", "'", "History"]
    workbook = load_workbook(BytesIO(render_xlsx([Sheet(name, [SheetColumn("a")], []) for name in names])))
    assert workbook.sheetnames == [
        "Apoyos  2026  1",
        "x" * 31,
        "x" * 29 + " 2",
        "apoyos  2026  1 2",
        "Hoja",
        "History 2",
    ]
