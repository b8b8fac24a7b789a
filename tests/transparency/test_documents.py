"""One report in five forms, all saying the same."""

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from pypdf import PdfReader

from core.language import in_language
from core.money import Money
from grants.states.application import ApplicantKind
from grants.states.award import AwardState
from tests.transparency.figures import a_report, mxn
from transparency.documents import files, open_data
from transparency.documents.sections import Section, headlines, sections
from transparency.documents.words import Cell, shown
from transparency.queries import Beneficiary
from transparency.rules.figures import Books, PlanLine, Process, Report
from transparency.rules.periods import ScopeKind

pytestmark = pytest.mark.usefixtures("app")


def flat(content: str) -> str:
    return "".join(content.split())


def cells(one: Section) -> list[str]:
    return [shown(cell) for row in (*(row.cells for row in one.rows), one.foot) for cell in row]


def an_award(**changes: Any) -> Beneficiary:
    award = Beneficiary(
        award_id=1,
        folio="MOV-2026-000001-A",
        name="Colectivo Jarana",
        kind=ApplicantKind.COLLECTIVE,
        project="=Son en el puerto",
        call_slug="movilidad-2026",
        call_title={"es": "Movilidad 2026", "en": "Mobility 2026"},
        amount=Money(4_786_807, "MXN"),
        awarded_on=date(2026, 7, 9),
        state=AwardState.COMMITTED,
    )
    return replace(award, **changes)


class TestSections:
    def test_every_section_is_a_question_with_an_answer(self) -> None:
        for one in sections(a_report()):
            assert one.question.startswith("¿")
            assert one.answer.endswith((".", "%"))

    def test_answers_carry_the_figure(self) -> None:
        answers = {one.id: flat(one.answer) for one in sections(a_report())}
        assert answers["ingresos"] == flat("Entraron $1,000.00 MXN en dinero, de 2 aportaciones.")
        assert answers["destino"] == flat("Se pagaron $300.00 MXN en apoyos y $10.00 MXN en comisiones de cobro.")
        assert answers["libros"] == flat("Cuadra con los libros: sí, 12 asientos.")

    def test_what_came_in_kind_is_not_in_the_total(self) -> None:
        income = sections(a_report())[0]
        assert income.foot[-1] == Money(100_000, "MXN")
        assert any("$250.00" in note for note in income.notes)

    def test_hidden_rows_stand_together_with_what_is_left_of_the_total(self) -> None:
        axis = next(one for one in sections(a_report()) if one.id == "apoyos-eje")
        assert [shown(cell) for cell in axis.rows[0].cells[:4]] == ["Ciudad creativa", "20", "11", "55.0\u00a0%"]
        assert axis.rows[1].cells == (
            "Juntos: Ciudad de derechos, Laboratorio urbano",
            21,
            9,
            Decimal("0.429"),
            Money(9_000, "MXN"),
        )
        assert len(axis.rows) == 2

    def test_every_money_row_leads_to_its_entries(self) -> None:
        for one in sections(a_report()):
            if one.id in ("ingresos", "destino", "saldos", "presupuesto"):
                assert all(row.entries and row.entries["desde"] == "2026-01-01" for row in one.rows)

    def test_the_budget_is_said_in_plain_words_and_its_accounts_apart(self) -> None:
        found = {one.id: one for one in sections(a_report())}
        plain = found["presupuesto"]
        assert [column.heading for column in plain.columns] == ["Bolsa", "Planeado", "Prometido", "Pagado"]
        assert plain.rows[0].cells == ("Fondo general", mxn(0), mxn(50_000), mxn(30_000))
        accounts = found["cuentas-presupuesto"]
        assert [row.cells[0] for row in accounts.rows] == ["8.2.4 Comprometido", "8.2.7 Pagado"]
        assert [row.entries["cuenta"] for row in accounts.rows if row.entries] == ["8.2.4", "8.2.7"]

    def test_a_report_opens_with_what_readers_come_for(self) -> None:
        opening = [(one.question, flat(one.figure), one.section_id) for one in headlines(a_report())]
        assert opening == [
            ("¿De dónde vino?", flat("$1,000.00 MXN"), "ingresos"),
            ("¿A dónde fue?", flat("$300.00 MXN"), "destino"),
            ("¿Quién lo recibió?", flat("20 apoyos"), "apoyos-eje"),
            ("¿Cuánto queda?", flat("$740.00 MXN"), "saldos"),
        ]
        ids = {one.id for one in sections(a_report())}
        assert {one.section_id for one in headlines(a_report())} <= ids

    def test_each_target_stands_beside_its_result_unless_few_people_are_behind_it(self) -> None:
        def line(axis: str, target: int) -> PlanLine:
            name = {"es": f"Programa {axis}", "en": f"Programme {axis}"}
            return PlanLine(axis, name, name, target, {"es": "proyectos", "en": "projects"}, mxn(500_000))

        report = replace(a_report(), plan=(line("1", 11), line("1", 12), line("2", 1), line("9", 1)))
        report = replace(report, scope=replace(report.scope, kind=ScopeKind.YEAR, quarter=None))
        found = next(one for one in sections(report) if one.id == "plan")
        assert flat(found.answer) == flat("Metas alcanzadas: 1 de 4, contando los apoyos dados en cada eje.")
        assert [row.cells[2:4] for row in found.rows] == [
            ("11 proyectos", 11),
            ("12 proyectos", 11),
            ("1 proyectos", "Reservado"),
            ("1 proyectos", 0),
        ]
        assert any(note.startswith("Reservado:") for note in found.notes)
        assert [one.question for one in headlines(report)][-1] == "¿Funcionó?"

    def test_how_often_reviewers_thought_to_know_who_it_was_is_told_where_they_were_asked(self) -> None:
        def rows(report: Report) -> list[tuple[Cell, ...]]:
            return [row.cells for one in sections(report) if one.id == "proceso" for row in one.rows]

        asked = replace(a_report(), process=replace(a_report().process, guesses_asked=120, guesses_made=7))
        told = ("Dictámenes en que se creyó saber quién solicitaba", "7 de 120")
        assert told in rows(asked)
        assert all(row[0] != told[0] for row in rows(a_report()))

    def test_english_says_the_same(self) -> None:
        with in_language("en"):
            assert sections(a_report())[0].question == "How much money came in, and from whom?"


class TestForms:
    def test_the_pdf_says_what_the_page_says(self) -> None:
        report = a_report()
        text = flat("".join(page.extract_text() for page in PdfReader(io.BytesIO(files.report_pdf(report))).pages))
        for one in sections(report):
            assert flat(one.question) in text
            assert flat(one.answer) in text
            assert [cell for cell in cells(one) if flat(cell).removesuffix("MXN").replace("$", "") not in text] == []

    def test_the_same_report_gives_the_same_pdf(self) -> None:
        assert files.report_pdf(a_report()) == files.report_pdf(a_report())

    def test_the_workbook_has_every_figure_as_a_number(self) -> None:
        report = a_report()
        book = openpyxl.load_workbook(io.BytesIO(files.report_xlsx(report)))
        income = [[cell.value for cell in row] for row in book["ingresos"].iter_rows(min_row=2)]
        assert income[0] == ["Donativo", "En dinero", "Empresa", "Fondo general", 2, 1000, 1000, "MXN"]
        together = [[cell.value for cell in row] for row in book["apoyos-eje"].iter_rows(min_row=2)][1]
        assert together[1:5] == [21, 9, 0.429, 90]
        assert book.sheetnames == [one.id for one in sections(report)]

    def test_the_csv_has_every_figure_once(self) -> None:
        report = a_report()
        lines = b"".join(files.report_csv(report)).decode("utf-8-sig").splitlines()
        assert "ingresos,1,Donativo · En dinero · Empresa · Fondo general,Monto,1000.00,MXN" in lines
        figures = sum(
            sum(column.kind != "text" for column in one.columns) * len(one.rows)
            for one in sections(report)
            if one.id != "libros"
        )
        assert len(lines) == 1 + figures + len(sections(report)[-1].rows)

    def test_the_json_is_the_figures_with_nothing_hidden_in_it(self) -> None:
        content = json.loads(files.report_json(a_report()))
        assert content["format"] == "puente-report/1"
        assert content["income"][0]["money"] == {"amount_cents": 100_000, "currency": "MXN"}
        assert content["funds"][0]["closing"]["amount_cents"] == 74_000
        assert content["breakdowns"][0]["groups"][2] == {"key": "3", "decided": None, "awarded": None, "amount": None}
        assert "id" not in content["funds"][0]["fund"]

    def test_an_empty_report_has_every_form(self) -> None:
        report = replace(
            a_report(),
            income=(),
            uses=(),
            destinations=(),
            funds=(),
            moments=(),
            breakdowns=(),
            process=Process(*[0] * 10),
            books=Books(0, None, None),
        )
        assert report.is_empty
        assert files.report_pdf(report).startswith(b"%PDF")
        assert len(b"".join(files.report_csv(report)).splitlines()) > 1
        assert json.loads(files.report_json(report))["entries"] == 0
        assert files.report_xlsx(report).startswith(b"PK")


class TestOpenData:
    def test_a_grant_has_what_360giving_requires(self) -> None:
        grant = open_data.giving_360([an_award()])["grants"][0]
        assert {key: grant[key] for key in ("id", "title", "currency", "amountAwarded", "awardDate")} == {
            "id": "360G-puente-MOV-2026-000001-A",
            "title": "=Son en el puerto",
            "currency": "MXN",
            "amountAwarded": 47868.07,
            "awardDate": "2026-07-09",
        }
        assert grant["description"] == "Movilidad 2026: =Son en el puerto"
        assert grant["recipientOrganization"] == [
            {"id": "360G-puente-recipient-MOV-2026-000001-A", "name": "Colectivo Jarana"}
        ]
        assert set(grant["fundingOrganization"][0]) == {"id", "name"}
        assert "recipientIndividual" not in grant

    def test_a_person_is_an_individual_recipient(self) -> None:
        grant = open_data.giving_360([an_award(kind=ApplicantKind.PERSON)])["grants"][0]
        assert grant["recipientIndividual"]["name"] == "Colectivo Jarana"
        assert "recipientOrganization" not in grant

    def test_tables_have_the_documented_fields_and_no_formula(self) -> None:
        header, row = b"".join(open_data.grants_csv([an_award()])).decode("utf-8-sig").splitlines()
        assert header.split(",") == [name for name, *_rest in open_data.GRANT_FIELDS]
        assert "'=Son en el puerto" in row

    def test_the_package_describes_every_field(self, app: Flask) -> None:
        package = open_data.data_package({"grants": "https://x/apoyos.csv", "entries": "https://x/asientos.csv"})
        assert [one["name"] for one in package["resources"]] == ["grants", "entries"]
        for resource, fields in zip(
            package["resources"], (open_data.GRANT_FIELDS, open_data.ENTRY_FIELDS), strict=True
        ):
            assert [one["name"] for one in resource["schema"]["fields"]] == [name for name, *_rest in fields]
            assert all(one["description"] for one in resource["schema"]["fields"])
