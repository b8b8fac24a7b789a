"""A register of paper applications, as an office keeps it: titles above, totals below, every spelling in between."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, local, now
from core.roles import Role
from grants import services
from grants.commands.paper import import_register
from grants.errors.calls import CallNotOpen
from grants.models import Application, ApplicationVersion, Call, PaperApplication
from grants.queries.likeness import likeness_of
from grants.queries.paper import source_of
from grants.rules import paper
from grants.rules.likeness import Likeness, LikenessKind, likenesses
from grants.rules.paper.countries import Country, read_country
from grants.rules.paper.values import read_day, read_gender
from grants.services import RowOutcome, TakenRow
from grants.states.application import ApplicationState
from tests.factories.accounts import make_user
from tests.factories.grants import make_draft_call, make_open_call, make_submitted_application

REGISTER = """Secretaría de Becas;;;;;;;
Relación de solicitudes recibidas en ventanilla;;;;;;;
;;;;;;;
No.;Nombre completo;Correo electrónico;País;Ciudad;Fecha inicio;Fecha término;Programa de estudios
1;Ana  Lucía Ñáñez Pérez;ana@example.org;ESPAÑA;Madrid;01/09/2026;31/12/2026;Maestría en danza
2;Bruno Díaz;;E.U.A.;Chicago;sep-26;dic-26;Residencia de grabado
;;;;;;;
No.;Nombre completo;Correo electrónico;País;Ciudad;Fecha inicio;Fecha término;Programa de estudios
3;Carla Soto;;Atlántida;;;;Beca de arpa
4;;;Francia;París;;;Sin nombre
5;Darío Luna;;Alemnia;Berlín;31/02/2026;;Violín
6;Elsa Paz;;Francia;París;01/10/2026;01/09/2026;Canto
7;bruno  DIAZ;;Italia;Roma;;;Otra beca
8;Fabián Rey;no-es-correo;Italia;Roma;;;Escultura
9;Gema Ruiz;;N/D;;;;=HYPERLINK("http://malo.example")
TOTAL;9;;;;;;
Fuente: ventanilla;;;;;;;
"""


@pytest.fixture
def call(session: Session, clock: FrozenClock) -> Call:
    return make_open_call()


def take(call: Call, data: bytes, **more: object) -> list[TakenRow]:
    """Read a register whole, committing each row as the command does."""
    return list(services.take_rows(services.open_register(call, data, "registro.csv", **more)))  # type: ignore[arg-type]


def application_of(session: Session, folio: str) -> Application:
    return session.query(Application).filter_by(folio=folio).one()


def test_a_curp_of_the_register_is_compared(call: Call, session: Session) -> None:
    rows = (
        "No.;Nombre completo;CURP;País\n1;Ana Peña;PEGA850315MDFRRN09;Francia\n2;Ana Paz;PEGA 850315MDFRRN09;Italia\n"
    )
    first, second = (application_of(session, row.folio) for row in take(call, rows.encode()))
    assert likenesses(*likeness_of(first)) == [Likeness(second.id, LikenessKind.CURP, "…RN09")]


class TestValues:
    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("ESPAÑA ", "ES"),
            ("E.U.A.", "US"),
            ("EE. UU.", "US"),
            ("Estados Unidos de Norteamérica", "US"),
            ("USA", "US"),
            ("Dominicana", "DO"),
            ("Rep. Dominicana", "DO"),
            ("REP. CHECA", "CZ"),
            ("Nueva Zelandia", "NZ"),
            ("Escocia, Reino Unido", "GB"),
            ("España / Francia", None),
            ("Inglaterra", "GB"),
            ("Reino  Unido", "GB"),
            ("Holanda", "NL"),
            ("los Países Bajos", "NL"),
            ("Corea del Sur", "KR"),
            ("República Checa", "CZ"),
            ("Suiza (Ginebra)", "CH"),
            ("R.P. China", "CN"),
            ("Brazil", "BR"),
            ("FR", "FR"),
            ("mx", "MX"),
            ("Atlántida", None),
            ("Varios", None),
            ("", None),
        ],
    )
    def test_countries(self, written: str, code: str | None) -> None:
        found = read_country(written)
        assert (found.code if found else None) == code
        assert found is None or not found.guessed

    @pytest.mark.parametrize(
        ("written", "code"), [("ALEMNIA", "DE"), ("Guayana", "GY"), ("Argentinaa", "AR"), ("Londres, Inglaterra", "GB")]
    )
    def test_a_near_miss_is_a_guess(self, written: str, code: str) -> None:
        assert read_country(written) == Country(code, guessed=True)

    @pytest.mark.parametrize(
        ("written", "first", "last"),
        [
            ("2026-09-01", date(2026, 9, 1), date(2026, 9, 1)),
            ("01/09/2026 00:00:00", date(2026, 9, 1), date(2026, 9, 1)),
            ("1-9-26", date(2026, 9, 1), date(2026, 9, 1)),
            ("1 de septiembre de 2026", date(2026, 9, 1), date(2026, 9, 1)),
            ("31 AGO. 2026", date(2026, 8, 31), date(2026, 8, 31)),
            ("feb-28", date(2028, 2, 1), date(2028, 2, 29)),
            ("Setiembre 2026", date(2026, 9, 1), date(2026, 9, 30)),
            ("46266", date(2026, 9, 1), date(2026, 9, 1)),
            ("31/02/2026", None, None),
            ("ju-26", None, None),
            ("pendiente", None, None),
        ],
    )
    def test_days(self, written: str, first: date | None, last: date | None) -> None:
        assert (read_day(written), read_day(written, last=True)) == (first, last)

    def test_a_letter_that_offices_read_both_ways_is_no_gender(self) -> None:
        assert [read_gender(one) for one in ("F", "Mujer", "H", "Masculino", "M", "")] == [
            "woman",
            "woman",
            "man",
            "man",
            None,
            None,
        ]


class TestTable:
    @pytest.mark.parametrize(
        "headings",
        [
            "CVU|NOMBRE DEL BECARIO|INSTITUCIÓN DE DESTINO|PAÍS DE LA INSTITUCIÓN|INICIO DE LA BECA|FIN DE LA BECA",
            "No. de CVU|Nombre Becario/a|Universidad/Centro|País destino|Fecha de inicio de la beca|Fecha de término",
            "Expediente|Nombre (s)|Institución receptora|PAÍS DE ESTANCIA|Inicio vigencia|Fin de vigencia",
            "Folio|Nombre completo de la persona beneficiaria|Anfitrión|País|Desde|Hasta",
            "CVU|Nombre|Institución de origen|Institución de destino|País de origen|País|Inicio|Fin",
        ],
    )
    def test_headings_as_offices_write_them(self, headings: str) -> None:
        _number, columns, said = paper.find_headings([(1, headings.split("|"))], {})
        assert set(columns) == {"reference", "name", "host", "country", "starts_on", "ends_on"}
        assert not any("origen" in text for text in said.values())

    def test_prose_above_a_list_does_not_hide_what_parts_it(self) -> None:
        text = "Becas, apoyos, estancias y más, todas, juntas\n\nNombre;País\n" + '"Paz; Ana, «la Negra»";Perú\n' * 3
        assert list(paper.read_rows(text.encode()))[-1] == (6, ["Paz; Ana, «la Negra»", "Perú"])

    def test_what_spreadsheets_call_unicode_text_is_read(self) -> None:
        assert list(paper.read_rows("Nombre\tPaís\nAna Ñ\tPerú\n".encode("utf-16"))) == [
            (1, ["Nombre", "País"]),
            (2, ["Ana Ñ", "Perú"]),
        ]

    def test_the_longest_sheet_is_the_list(self) -> None:
        book = Workbook()
        assert book.active is not None
        book.active.append(["Portada"])
        for row in (["Nombre", "País"], ["Ana", "Perú"]):
            (book["Lista"] if "Lista" in book else book.create_sheet("Lista")).append(row)
        data = io.BytesIO()
        book.save(data)
        assert list(paper.read_rows(data.getvalue())) == [(1, ["Nombre", "País"]), (2, ["Ana", "Perú"])]


class TestRegister:
    def test_each_row_is_taken_or_refused_with_its_reason(self, session: Session, call: Call) -> None:
        taken = take(call, REGISTER.encode())
        assert [(row.number, row.outcome.value) for row in taken] == [
            (5, "imported"),
            (6, "imported"),
            (8, "skipped"),
            (9, "refused"),
            (10, "refused"),
            (11, "refused"),
            (12, "refused"),
            (13, "refused"),
            (14, "refused"),
            (15, "imported"),
            (16, "skipped"),
            (17, "skipped"),
        ]
        reasons = {row.number: row.reason for row in taken if row.reason}
        assert reasons == {
            9: "No entendemos el país «Atlántida».",
            10: "No trae el nombre de la persona.",
            11: "No entendemos la fecha «31/02/2026» de la columna «Fecha inicio».",
            12: "El viaje termina (2026-09-01) antes de empezar (2026-10-01).",
            13: f"«bruno DIAZ» ya tiene la solicitud {taken[1].folio} en esta convocatoria. "
            "Si es otra persona, agrega su correo.",
            14: "«no-es-correo» no parece un correo electrónico. Escríbelo como nombre@dominio.mx.",
        }
        assert session.query(Application).count() == 3

    def test_what_a_row_says_is_submitted_with_folio_and_hash(self, session: Session, call: Call) -> None:
        first = take(call, REGISTER.encode())[0]
        found = application_of(session, first.folio)
        assert (found.state, found.submissions, found.sent_title) == (
            ApplicationState.SUBMITTED,
            1,
            "Maestría en danza",
        )
        assert (found.applicant.name, found.applicant.email) == ("Ana Lucía Ñáñez Pérez", "ana@example.org")
        leg = found.itinerary[0]
        assert (leg["country"], leg["city"], leg["starts_on"], leg["ends_on"]) == (
            "ES",
            "Madrid",
            "2026-09-01",
            "2026-12-31",
        )
        assert (leg["origin_country"], leg["origin_city"]) == ("MX", "Ciudad de México")
        assert leg["kilometres"] > 9000
        assert found.requested_cents > 0
        version = session.query(ApplicationVersion).filter_by(application_id=found.id).one()
        assert version.sha256 == found.content_sha256
        source = source_of(found)
        assert source is not None
        assert (source.row_number, source.source.file_name) == (5, "registro.csv")

    def test_whoever_has_a_name_is_no_total(self, session: Session, call: Call) -> None:
        data = (
            "No.,Nombre,Primer apellido,País\n1,Notario,Totalán,Chile\n2,Fuente,Elaborosa,Chile\n3,Total,,Chile\n"
            "TOTAL GENERAL: 2,,,\nNota: dos renglones,,,\nElaboró Lic. Paz,,,\n,,,Fuente: ventanilla\n"
        )
        taken = take(call, data.encode())
        assert [(row.outcome.value, row.name) for row in taken] == [
            ("imported", "Notario Totalán"),
            ("imported", "Fuente Elaborosa"),
            ("skipped", "3"),
            ("skipped", "TOTAL GENERAL: 2"),
            ("skipped", "Nota: dos renglones"),
            ("skipped", "Elaboró Lic. Paz"),
            ("skipped", "Fuente: ventanilla"),
        ]

    def test_a_guess_is_reported(self, session: Session, call: Call) -> None:
        sure, unsure = take(call, "Nombre,País\nAda Luz,Alemania\nEva Luz,Alemnia\n".encode())
        assert (sure.guessed, unsure.guessed) == ((), ("Alemnia → DE",))

    def test_a_draft_not_sent_is_told_as_one(self, session: Session, call: Call) -> None:
        person = make_user(email="ana@example.org", name="Ana Ñáñez")
        services.start_application(call, person, kind="person")
        (row,) = take(call, b"Nombre,Correo,Pais\nAna N.,ana@example.org,Chile\n")
        assert row.reason == (
            "«Ana N.» tiene en esta convocatoria un borrador sin enviar. "
            "Pídele que lo retire, o que lo envíe en lugar del papel."
        )

    def test_the_same_file_again_and_a_longer_one_add_nothing_twice(self, session: Session, call: Call) -> None:
        take(call, REGISTER.encode())
        longer = REGISTER + "10;Hilda Mora;;Perú;Lima;;;Teatro\n"
        again = [row.outcome for row in take(call, longer.encode("cp1252"))]
        assert (again.count(RowOutcome.KNOWN), again.count(RowOutcome.IMPORTED)) == (3, 1)
        assert session.query(PaperApplication).count() == 4

    def test_who_applied_on_line_is_not_taken_again(self, session: Session, call: Call) -> None:
        person = make_user(email="ana@example.org", name="Ana Lucía Ñáñez")
        standing = make_submitted_application(call, person)
        (row,) = take(call, b"Nombre,Correo,Pais\nAna N.,ana@example.org,Chile\n")
        assert row.outcome is RowOutcome.REFUSED
        assert standing.folio is not None
        assert standing.folio in row.reason

    def test_a_person_without_an_address_gets_an_account_nobody_can_enter(self, session: Session, call: Call) -> None:
        take(call, REGISTER.encode())
        person = session.query(User).filter_by(name="Bruno Díaz").one()
        assert person.email.endswith("@papel.invalid")
        assert (person.password_hash, person.email_verified_at) == (None, None)

    def test_a_spreadsheet_is_read_like_a_csv(self, session: Session, call: Call) -> None:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Becas 2026"])
        sheet.append(["Nombre", "Primer apellido", "Segundo apellido", "País", "Ciudad", "Inicio", "Sexo"])
        sheet.append(["Inés", "Vega", "Luz", "Japón", "Tokio", date(2026, 9, 1), "Mujer"])
        data = io.BytesIO()
        book.save(data)
        (row,) = take(call, data.getvalue())
        found = application_of(session, row.folio)
        assert (found.applicant.name, found.gender) == ("Inés Vega Luz", "woman")
        assert found.itinerary[0]["starts_on"] == "2026-09-01"

    def test_named_columns_answer_questions_and_are_remembered(self, session: Session, call: Call) -> None:
        data = b"Nombre,Quien recibe,Tema,Pais\nIris Vera,Casa de la Danza,9,Chile\n"
        (row,) = take(call, data, columns={"host": "Quien recibe", "axis": "Tema"})
        assert application_of(session, row.folio).answers["host"] == "Casa de la Danza"
        assert row.left_empty == ("Tema",)
        (again,) = take(call, b"Nombre,Quien recibe,Tema,Pais\nJuan Vera,Museo del Sur,1,Chile\n")
        assert application_of(session, again.folio).answers["host"] == "Museo del Sur"
        assert application_of(session, again.folio).axis == 1

    @pytest.mark.parametrize(
        ("data", "columns", "refusal"),
        [
            (b"uno,dos\n1,2\n", {}, paper.HeadingsNotFound),
            (b"", {}, paper.HeadingsNotFound),
            (b"\x00\x01\x02", {}, paper.RegisterUnreadable),
            (b"PK\x03\x04 not a book", {}, paper.RegisterUnreadable),
            (b"Nombre,Pais\nA,Peru\n", {"host": "Institucion"}, paper.ColumnMissing),
            (b"Nombre,Pais\nA,Peru\n", {"sueldo": "Pais"}, paper.FieldUnknown),
        ],
    )
    def test_what_is_no_register_is_refused_whole(
        self, session: Session, call: Call, data: bytes, columns: dict[str, str], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            take(call, data, columns=columns)

    def test_only_a_call_that_takes_applications_takes_paper(self, session: Session, clock: FrozenClock) -> None:
        with pytest.raises(CallNotOpen):
            take(make_draft_call(), REGISTER.encode())


class TestDeadline:
    def test_a_paper_is_in_time_until_the_end_of_the_last_day(
        self, session: Session, call: Call, clock: FrozenClock
    ) -> None:
        assert call.closes_at is not None
        last = local(call.closes_at).date()
        clock.set(call.closes_at + timedelta(days=3))
        data = f"Nombre,Pais,Fecha de recepcion\nA B,Chile,{last}\nC D,Chile,{last + timedelta(days=1)}\n"
        in_time, late = take(call, data.encode())
        assert (in_time.outcome, late.outcome) == (RowOutcome.IMPORTED, RowOutcome.REFUSED)
        assert "fuera del plazo" in late.reason
        submitted = application_of(session, in_time.folio).submitted_at
        assert submitted is not None
        assert submitted <= call.closes_at

    def test_without_a_day_it_came_today(self, session: Session, call: Call, clock: FrozenClock) -> None:
        assert call.closes_at is not None
        clock.set(call.closes_at + timedelta(days=3))
        (row,) = take(call, b"Nombre,Pais\nA B,Chile\n")
        assert row.outcome is RowOutcome.REFUSED

    def test_a_day_that_has_not_come_is_refused(self, session: Session, call: Call) -> None:
        (row,) = take(call, b"Nombre,Pais\nA B,Chile\n", received_on=local(now()).date() + timedelta(days=1))
        assert "todavía no llega" in row.reason


class TestCommand:
    def run(self, app: Flask, *arguments: str) -> tuple[int, str]:
        found = app.test_cli_runner().invoke(import_register, arguments)
        return found.exit_code, found.stdout

    def test_it_tells_and_reports_every_row(self, app: Flask, session: Session, call: Call, tmp_path: Path) -> None:
        file, report = tmp_path / "registro.csv", tmp_path / "informe.csv"
        file.write_text(REGISTER, encoding="utf-8")
        session.commit()
        code, said = self.run(app, call.slug, str(file), "--json", "--report", str(report))
        told = json.loads(said)
        assert (code, told["imported"], told["refused"], told["skipped"], told["known"]) == (0, 3, 6, 3, 0)
        assert [row["row"] for row in told["rows"]] == [9, 10, 11, 12, 13, 14]
        rows = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines()))
        assert len(rows) == 12
        assert {row["outcome"] for row in rows} == {"imported", "refused", "skipped"}
        assert session.query(Application).count() == 3

    def test_a_rehearsal_keeps_nothing(self, app: Flask, session: Session, call: Call, tmp_path: Path) -> None:
        file = tmp_path / "registro.csv"
        file.write_text(REGISTER, encoding="utf-8")
        session.commit()
        code, said = self.run(app, call.slug, str(file), "--dry-run")
        assert (code, "3 imported" in said) == (0, True)
        assert session.query(Application).count() == 0

    def test_a_call_that_is_not_there_is_said(self, app: Flask, session: Session, tmp_path: Path) -> None:
        file = tmp_path / "registro.csv"
        file.write_text(REGISTER, encoding="utf-8")
        found = app.test_cli_runner().invoke(import_register, ["nada", str(file)])
        assert found.exit_code == 1
        assert "Error:" in found.output


def test_staff_see_where_it_was_read_and_what_it_leaves_open(
    client: FlaskClient, login: Callable[..., User], session: Session, call: Call
) -> None:
    taken = take(call, "Nombre,País,Ciudad\nAda Lira,,\nEva Lira,Francia,Brujas del Mar\n".encode())
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    for row in taken:
        page = client.get(f"/es/programa/solicitudes/{application_of(session, row.folio).id}")
        assert page.status_code == 200
        assert f"Renglón {row.number} de «registro.csv»" in page.get_data(as_text=True)
    assert client.get(f"/es/programa/{call.slug}/solicitudes").status_code == 200
