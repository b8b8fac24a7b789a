"""Registers as public offices really publish them: what is taken, what is refused and why, and what is nobody."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.errors import Refusal
from grants import services
from grants.models import Application, Call
from grants.rules import paper
from grants.rules.paper import table
from grants.rules.paper.countries import Country, names_several_countries, read_country
from grants.rules.paper.values import gender_words, is_no_person, read_cents, read_curp, read_email, read_person
from grants.rules.places import fold_place
from grants.services import RowOutcome, TakenRow
from tests.factories.grants import make_open_call
from tests.factories.registers import Line, Person, as_text, as_workbook, lines

Taken = tuple[str, Any, Any, Any] | str | None
FORMATS: dict[str, Callable[[list[Line]], bytes]] = {
    "cp1252": lambda rows: as_text(rows, separator=";", encoding="cp1252"),
    "latin-1": lambda rows: as_text(rows, separator="|", encoding="latin-1"),
    "utf-8-sig": lambda rows: as_text(rows, separator=",", encoding="utf-8-sig"),
    "utf-16": lambda rows: as_text(rows, separator="\t", encoding="utf-16"),
    "utf-16-le": lambda rows: as_text(rows, separator=";", encoding="utf-16-le"),
    "xlsx": as_workbook,
}


def expected(taken: Person | str | None) -> Taken:
    if not isinstance(taken, Person):
        return taken
    days = [day.isoformat() if day else None for day in (taken.starts, taken.ends)]
    return fold_place(taken.name), taken.country, days[0], days[1]


def understood(row: list[str], columns: dict[str, int], headings: dict[str, str]) -> Taken:
    """What is taken from a row, what is wrong with it, or None where it is nobody."""
    cells = {field: row[place] if place < len(row) else "" for field, place in columns.items()}
    parts = [paper.cell(cells, part) for part in (paper.NAME, paper.SURNAME, paper.SECOND_SURNAME)]
    name = read_person(" ".join(part for part in parts if part))
    if is_no_person(row, name) or not any(row):
        return None
    if not name:
        return "name"
    try:
        journey, _guessed = paper.journey_of(cells, headings, home=("MX", ""))
    except Refusal as refusal:
        return "day" if "Day" in type(refusal).__name__ else "country"
    leg = journey[0] if journey else {"country": "", "starts_on": None, "ends_on": None}
    return fold_place(name), leg["country"], leg["starts_on"], leg["ends_on"]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("parted_names", [False, True])
def test_a_hard_register_is_read_as_a_careful_reader_would(kind: str, parted_names: bool) -> None:
    written = list(lines(300, seed=4, parted_names=parted_names))
    read = list(paper.read_rows(FORMATS[kind](written)))
    number, columns, headings = paper.find_headings(read, {})
    assert set(columns) - {"surname", "second_surname"} == {"name", "country", "starts_on", "ends_on"}
    titles = [row for _number, row in read[:number]]
    wrong = [
        (row, understood(row, columns, headings), line.taken)
        for (_number, row), line in zip(read[number:], written[number:], strict=True)
        if row not in titles and understood(row, columns, headings) != expected(line.taken)
    ]
    assert wrong == []


class TestTaking:
    @pytest.fixture
    def call(self, session: Session, clock: FrozenClock) -> Call:
        return make_open_call()

    def take(self, call: Call, data: bytes) -> list[TakenRow]:
        return list(services.take_rows(services.open_register(call, data, "registro.csv")))

    def test_every_person_is_taken_once_and_nothing_else_is(self, session: Session, call: Call) -> None:
        written = list(lines(55, seed=9))
        data = as_text(written, separator=";", encoding="cp1252")
        outcomes = {row.number: row for row in self.take(call, data)}
        for number, line in enumerate(written[5:], start=6):
            if isinstance(line.taken, Person):
                assert outcomes[number].outcome is RowOutcome.IMPORTED, outcomes[number]
            elif line.taken is None:
                assert number not in outcomes or outcomes[number].outcome is RowOutcome.SKIPPED, outcomes[number]
            else:
                assert (outcomes[number].outcome, bool(outcomes[number].reason)) == (RowOutcome.REFUSED, True)
        count = session.query(Application).count()
        again = [row.outcome for row in self.take(call, data)]
        assert (again.count(RowOutcome.IMPORTED), again.count(RowOutcome.KNOWN)) == (0, count)
        assert session.query(Application).count() == count

    def test_namesakes_are_told_apart_by_their_curp(self, session: Session, call: Call) -> None:
        data = (
            "Nombre;CURP;País\nAna Paz;PAZA900101MDFXXN01;Perú\nAna Paz;PAZA 910202 MDF XXN 02;Perú\n"
            "ANA PAZ;PAZA900101MDFXXN01;Chile\nAna Paz;S/D;Chile\n"
        )
        found = self.take(call, data.encode())
        assert [row.outcome.value for row in found] == ["imported", "imported", "refused", "refused"]
        assert found[0].folio in found[2].reason
        longer = data + "Ana Paz;PAZA920303MDFXXN03;Cuba\n"
        assert [row.outcome.value for row in self.take(call, longer.encode())][-1] == "imported"

    def test_an_m_means_what_its_column_says(self, session: Session, call: Call) -> None:
        for data, genders in (("H;M", ["man", "woman"]), ("F;M", ["woman", "man"])):
            words = data.split(";")
            rows = "".join(f"{data[0]}{word} Luz;{word}\n" for word in words)
            taken = self.take(call, f"Nombre;Sexo\n{rows}".encode())
            found = session.query(Application).filter(Application.folio.in_([row.folio for row in taken]))
            assert [one.gender for one in found.order_by(Application.id)] == genders


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("R.U.", Country("GB", guessed=True)),  # the standard's RU is Russia
        ("Hong Kong, China", Country("HK")),
        ("R. P. CHINA", Country("CN")),
        ("REPÚBLICA FEDERAL ALEMANA", Country("DE")),
        ("Reino Unido de la Gran Bretaña e Irlanda del Norte", Country("GB")),
        ("Berlín, Alemnia", Country("DE", guessed=True)),
        ("Bosnia y Hercegovina", Country("BA", guessed=True)),
        ("Nuevo León", Country("MX", guessed=True)),
        ("Francia-Italia", None),
        ("En línea", None),
    ],
)
def test_countries_as_offices_write_them(written: str, meant: Country | None) -> None:
    assert read_country(written) == meant


def test_two_countries_are_told_from_none() -> None:
    assert [names_several_countries(one) for one in ("Alemania/Austria", "Atlántida", "Lima, Perú")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("$ 12,500.00 M.N.", 1_250_000),
        ("12.500,00", 1_250_000),
        ("12,500", 1_250_000),
        ("1.234.567", 123_456_700),
        ("$12500.5 MXN", 1_250_050),
        ("-3,50", -350),
        ("12.500,00 €", None),
        ("1,2345", None),
        ("doce mil", None),
    ],
)
def test_amounts(written: str, cents: int | None) -> None:
    assert read_cents(written) == cents


def test_names_addresses_and_curps() -> None:
    names = ["PAZ LÓPEZ, ANA", "12.- Ana Paz *", "Danza Sur, A.C.", "Paz, Ana, Luz", "3 Marías Teatro"]
    assert [read_person(one) for one in names] == ["ANA PAZ LÓPEZ", "Ana Paz", *names[2:]]
    assert read_email("Ana Paz <ana @example.org>; otra@example.org") == "ana@example.org"
    assert [read_curp(one) for one in ("paza 900101 mdfxxn01", "S/D")] == ["PAZA900101MDFXXN01", ""]
    assert [gender_words(one) for one in (["H", "M"], ["F", "m."], ["M"], ["H", "F", "M"])] == [
        {"m": "woman"},
        {"m": "man"},
        {},
        {},
    ]


def test_a_quote_that_nobody_closed_swallows_no_other_row() -> None:
    rows = 'Nombre;País;Tema\n"Ana «la Negra;Perú;Arpa\nEva;Chile;"Dos\nrenglones"\n"Luz;Cuba;Son\nIris;Perú;Canto\n'
    assert [row for _number, row in paper.read_rows(rows.encode())][1:] == [
        ["Ana «la Negra", "Perú", "Arpa"],
        ["Eva", "Chile", "Dos renglones"],
        ["Luz", "Cuba", "Son"],
        ["Iris", "Perú", "Canto"],
    ]


def test_other_sheets_are_told_and_read_by_name() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.title = "Enero"
    for title, people in (("Enero", ["Ana", "Eva"]), ("Febrero ", ["Luz"])):
        sheet = book[title] if title in book else book.create_sheet(title)
        for row in (["Nombre", "País"], *([one, "Perú"] for one in people)):
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    assert paper.sheets_left(data.getvalue()) == ["Febrero "]
    assert paper.sheets_left(data.getvalue(), "febrero") == ["Enero"]
    assert [row for _number, row in paper.read_rows(data.getvalue(), "febrero")][1:] == [["Luz", "Perú"]]
    with pytest.raises(paper.SheetMissing, match=r"Enero, Febrero"):
        list(paper.read_rows(data.getvalue(), "Marzo"))
    assert paper.sheets_left(b"Nombre,Pais\n") == []


def book_that_says(size: bytes, *, cover_rows: int = 0, empty_rows: int = 0) -> bytes:
    """A cover and a list, whose sheets claim to be of one `size` and keep formatted rows that say nothing."""
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Portada"
    for number in range(3):
        cover.append([f"Aviso {number}"])
    sheet = book.create_sheet("Becas")
    for row in (["Padrón"], [], ["Nombre", "País"], ["Ana Paz", "Perú"], ["Eva Luz", "Chile"]):
        sheet.append(row)
    plain = io.BytesIO()
    book.save(plain)
    written = io.BytesIO()
    extra = {"xl/worksheets/sheet1.xml": (4, cover_rows), "xl/worksheets/sheet2.xml": (6, empty_rows)}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name in extra:
                start, count = extra[name]
                blank = b"".join(
                    b'<row r="%d"><c r="A%d" s="0"/></row>' % (at, at) for at in range(start, start + count)
                )
                content = re.sub(rb"<dimension [^>]*>", size, content).replace(b"</sheetData>", blank + b"</sheetData>")
            target.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize("size", [b"", b'<dimension ref="A1"/>', b'<dimension ref="A1:XFD1048576"/>'])
def test_what_a_spreadsheet_says_of_its_size_is_not_believed(size: bytes) -> None:
    data = book_that_says(size, cover_rows=40, empty_rows=20)
    assert list(paper.read_rows(data)) == [
        *((1, ["Padrón"]), (2, []), (3, ["Nombre", "País"]), (4, ["Ana Paz", "Perú"]), (5, ["Eva Luz", "Chile"])),
    ]
    assert paper.sheets_left(data) == ["Portada"]


def test_empty_rows_are_no_rows_of_a_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 4)
    assert [number for number, _row in paper.read_rows(book_that_says(b"", empty_rows=30))] == [1, 2, 3, 4, 5]
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    with pytest.raises(paper.RegisterTooLarge):
        list(paper.read_rows(book_that_says(b"")))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "guárdalo como .xlsx"),
        (b"%PDF-1.7\n%\xe2\xe3", "Pide la lista en .xlsx o .csv"),
    ],
)
def test_other_files_are_refused_by_their_kind(data: bytes, said: str) -> None:
    with pytest.raises(paper.RegisterUnreadable) as refused:
        list(paper.read_rows(data))
    assert said in refused.value.message()


def test_a_sheet_of_libreoffice_is_refused_by_its_kind() -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", "<x/>")
    with pytest.raises(paper.RegisterUnreadable) as refused:
        list(paper.read_rows(package.getvalue()))
    assert "(.ods)" in refused.value.message()


def test_a_page_that_is_called_a_spreadsheet_is_read() -> None:
    page = (
        "<html><meta charset=utf-8><style>td{}</style><p>Padrón</p><table><tr><th colspan=2>PERSONA<th>DESTINO</tr>"
        "<tr><td>No.<td>Nombre</td><td>Pa&iacute;s</td></tr><TR><td>1</td><td>Ana<br>Paz &amp; Luz</td><td>Perú</table>"
    )
    assert [row for _number, row in paper.read_rows(page.encode("cp1252"))] == [
        ["PERSONA", "", "DESTINO"],
        ["No.", "Nombre", "País"],
        ["1", "Ana Paz & Luz", "Perú"],
    ]
    assert list(paper.read_rows(b"<tr> is no name;x\n")) == [(1, ["<tr> is no name", "x"])]


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        ("Nombre(s) del beneficiario(a)|Primer Apellido del beneficiario(a)|País", ["name", "surname", "country"]),
        ("NOMBRE DEL ALUMNO(A)|País de residencia|PAÍS SEDE|FECHA FINAL", ["name", "country", "ends_on"]),
        ("No.|Apellidos y nombre|País de acogida|Fecha de finalización", ["name", "country", "ends_on"]),
        ("BENEFICIARIO|NIF|IMPORTE CONCEDIDO", ["name"]),
    ],
)
def test_more_headings_as_offices_write_them(headings: str, found: list[str]) -> None:
    _number, columns, said = paper.find_headings([(1, ["Padrón 2024"]), (2, headings.split("|"))], {})
    assert set(columns) == set(found)
    assert "residencia" not in said.get("country", "")


def test_a_row_below_is_no_heading_for_one_word() -> None:
    rows = [(1, ["Becado", "País", "Tipo"]), (2, ["Ana Paz", "Perú", "Titular"])]
    with pytest.raises(paper.HeadingsNotFound):
        paper.find_headings(rows, {})


def test_what_stands_alone_is_nobody_unless_it_is_a_name() -> None:
    alone = ["Jalisco", "* Cifras preliminares", "Corte al 31 de mayo", "Ana Lucía Paz"]
    assert [is_no_person(["", one, ""], one) for one in alone] == [True, True, True, False]
    assert is_no_person(["TOTAL", "125 becarios", "Perú"], "125 becarios")
    assert not is_no_person(["Total", "Ana Paz", "Perú"], "Ana Paz")  # a kind of scholarship
