"""Packages on their pages: chosen by a giver, written and kept by staff, seen by the sponsor alone."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.money import Money
from core.roles import Role
from tests.factories.accounts import make_organisation
from tests.factories.awards import written_pdf
from tests.factories.trust import give, make_fund, make_package, pesos
from tests.trust.test_pages import text_of
from trust import queries
from trust.models import CheckoutOrder, Contribution, SponsorPackage
from trust.services import close_package, deliver_benefit
from trust.states.packages import BenefitState, PackageState

pytestmark = pytest.mark.usefixtures("clock", "caught")
Login = Callable[..., User]


@pytest.fixture
def package(session: Session) -> SponsorPackage:
    make_fund(accepts_gifts=True)
    written = make_package(pesos(50_000), places=1)
    session.commit()
    return written


def gift(package: SponsorPackage, session: Session, **facts: Any) -> Contribution:
    facts.setdefault("fund", queries.funds_offered()[0])
    made = give(facts.pop("fund"), pesos(50_000), kind="sponsorship", package=package, **facts)
    session.commit()
    return made


class TestGiving:
    def test_the_page_tells_what_each_gives_back_and_fills_the_form(
        self, client: FlaskClient, package: SponsorPackage
    ) -> None:
        page = text_of(client, "/es/aportar")
        for told in ("Paquete Jacaranda", "Boletos para el concierto", "queda 1 lugar", "$5,000.00", "$45,000.00"):
            assert told in page
        chosen = text_of(client, f"/es/aportar?paquete={package.id}")
        assert 'value="50,000.00"' in chosen
        assert f'<option value="{package.id}" selected>' in chosen

    @pytest.mark.parametrize("amount", ["50,000", "", "75000.50"])
    def test_choosing_one_makes_a_sponsorship(
        self, client: FlaskClient, package: SponsorPackage, session: Session, amount: str
    ) -> None:
        data = {"amount": amount, "package": str(package.id), "method": "card", "kind": "donation"}
        answer = client.post("/es/aportar", data={**data, "fund": queries.funds_offered()[0].code})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        order = session.scalars(select(CheckoutOrder)).one()
        choice = queries.choice_of_order(order.id)
        assert choice is not None
        assert (order.kind, choice.package_id) == ("sponsorship", package.id)
        assert order.money == (Money(75_000_50, "MXN") if "." in amount else pesos(50_000))

    @pytest.mark.parametrize(
        ("bad", "field", "sentence"),
        [
            ({"amount": "49,999.99"}, "amount", "pide al menos"),
            ({"amount": "0"}, "amount", "mayor que cero"),
            ({"amount": "-50,000"}, "amount", "mayor que cero"),
            ({"amount": "50000.005"}, "amount", "no es una cantidad válida"),
            ({"amount": "50,000 XXX"}, "amount", "no es una cantidad válida"),
            ({"amount": "50,000 EUR"}, "amount", "no es una cantidad válida"),
            ({"amount": "9" * 30}, "amount", "demasiado grande"),
            ({"amount": "1,000,000"}, "amount", "se puede aportar de"),
            ({"package": "999999"}, "package", "No encontramos este paquete"),
            ({"package": "²"}, "package", "No encontramos este paquete"),
            ({"package": "9" * 30}, "package", "No encontramos este paquete"),
        ],
    )
    def test_a_bad_choice_is_told_beside_its_field_and_nothing_is_lost(  # noqa: PLR0917 (fixtures)
        self, client: FlaskClient, package: SponsorPackage, session: Session,
        bad: dict[str, str], field: str, sentence: str,
    ) -> None:  # fmt: skip
        typed = {"amount": "50,000", "package": str(package.id), "method": "card", "name": "Panadería Ñ", "email": ""}
        answer = client.post("/es/aportar", data={**typed, **bad})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in page
        assert sentence in page.split(f'id="{field}-error"')[1][:600]
        assert 'value="Panadería Ñ"' in page
        assert f'value="{bad.get("amount", "50,000")}"' in page
        assert session.scalars(select(CheckoutOrder)).all() == []

    def test_one_that_closed_or_sold_out_meanwhile_is_told_at_the_package(
        self, client: FlaskClient, package: SponsorPackage, session: Session
    ) -> None:
        typed = {"amount": "50,000", "package": str(package.id), "method": "card", "name": "Panadería Ñ"}
        gift(package, session)
        page = client.post("/es/aportar", data=typed).get_data(as_text=True)
        assert "Ya no quedan lugares" in page.split('id="package-error"')[1][:600]
        assert "Agotado" in page
        other = make_package(pesos(50_000))
        close_package(other)
        session.commit()
        answer = client.post("/es/aportar", data={**typed, "package": str(other.id)})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "ya no se puede elegir" in page.split('id="package-error"')[1][:600]
        assert 'value="Panadería Ñ"' in page

    def test_one_that_is_not_public_is_neither_shown_nor_chosen(
        self, client: FlaskClient, package: SponsorPackage, session: Session
    ) -> None:
        hidden = make_package(pesos(900), name={"es": "Solo entre nosotros", "en": "Between us"}, is_public=False)
        session.commit()
        assert "Solo entre nosotros" not in text_of(client, f"/es/aportar?paquete={hidden.id}")
        answer = client.post("/es/aportar", data={"amount": "900", "package": str(hidden.id), "method": "card"})
        assert answer.status_code == 422
        assert "No encontramos este paquete" in answer.get_data(as_text=True)


PACKAGE = {
    "name_es": "Ahuehuete", "name_en": "Cypress", "currency": "MXN", "amount": "250,000", "is_public": "y",
    "opens_on": "2026-03-02", "closes_on": "", "places": "4",
    "lines-0-what_es": "Logotipo", "lines-0-what_en": "Logo", "lines-0-quantity": "1",
    "lines-0-due_rule": "after_payment", "lines-0-due_days": "30", "lines-0-value": "",
    "lines-1-what_es": "Boletos", "lines-1-what_en": "Tickets", "lines-1-quantity": "10",
    "lines-1-due_rule": "on_date", "lines-1-due_on": "2026-10-01", "lines-1-value": "15,000",
    "lines-2-what_es": "", "lines-2-what_en": "", "lines-2-quantity": "1", "lines-2-due_rule": "after_payment",
}  # fmt: skip


class TestStaff:
    def test_a_package_is_read_before_it_is_kept_and_then_closed(
        self, client: FlaskClient, login: Login, session: Session
    ) -> None:
        login(Role.PROGRAMME_OFFICER)
        shown = client.post("/es/tesoreria/paquetes/nuevo", data={**PACKAGE, "accion": "revisar"})
        page = shown.get_data(as_text=True)
        assert shown.status_code == 200
        for told in ("$235,000.00", "a más tardar 30 días después", "1 oct 2026", "10 × Boletos"):
            assert told in re.sub("</?(data|span)[^>]*>", "", page)
        assert session.scalars(select(SponsorPackage)).all() == []
        more = client.post("/es/tesoreria/paquetes/nuevo", data={**PACKAGE, "accion": "linea"})
        assert 'name="lines-3-what_es"' in more.get_data(as_text=True)
        kept = client.post("/es/tesoreria/paquetes/nuevo", data=PACKAGE)
        assert kept.status_code == 303
        package = session.scalars(select(SponsorPackage)).one()
        assert [(one.quantity, one.due_days, one.fair_value_cents) for one in package.benefits] == [
            (1, 30, 0), (10, None, 15_000_00),
        ]  # fmt: skip
        assert "Ahuehuete" in text_of(client, "/es/tesoreria/paquetes")
        page = text_of(client, kept.location.removeprefix("http://localhost"))
        assert "Nadie lo ha elegido" in page
        assert "¿Cerrar el paquete" in text_of(client, f"/es/tesoreria/paquetes/{package.id}/cerrar")
        assert client.post(f"/es/tesoreria/paquetes/{package.id}/cerrar").status_code == 303
        assert client.post(f"/es/tesoreria/paquetes/{package.id}/cerrar").status_code == 409
        session.expire_all()
        assert session.get_one(SponsorPackage, package.id).state == PackageState.CLOSED

    @pytest.mark.parametrize(
        "bad",
        [
            {"amount": "0"}, {"amount": "15,000"}, {"amount": "1.005"}, {"currency": "XXX"}, {"name_en": ""},
            {"closes_on": "2026-03-01"}, {"places": "0"}, {"opens_on": "ayer"}, {"lines-1-due_on": ""},
            {"lines-1-quantity": "-1"}, {"lines-1-value": "mil"}, {"lines-1-value": "-1"}, {"lines-0-what_en": ""},
            {"lines-0-due_days": "99999"}, {"lines-0-what_es": "", "lines-0-what_en": "", "lines-1-what_es": "",
             "lines-1-what_en": ""},
        ],
    )  # fmt: skip
    def test_a_bad_package_is_refused_at_its_field_and_kept_as_typed(
        self, client: FlaskClient, login: Login, session: Session, bad: dict[str, str]
    ) -> None:
        login(Role.TREASURER)
        answer = client.post("/es/tesoreria/paquetes/nuevo", data={**PACKAGE, **bad})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "error-summary" in page
        assert 'value="Ahuehuete"' in page
        assert session.scalars(select(SponsorPackage)).all() == []

    def test_a_transfer_takes_one_once_however_often_the_form_is_sent(
        self, client: FlaskClient, login: Login, package: SponsorPackage, session: Session
    ) -> None:
        login(Role.TREASURER)
        data = {
            "key": "abc", "kind": "sponsorship", "fund": queries.funds_offered()[0].code, "amount": "60,000",
            "currency": "MXN", "received_on": "2026-03-02", "package": str(package.id),
        }  # fmt: skip
        refused = client.post("/es/tesoreria/aportaciones/nueva", data={**data, "kind": "donation"})
        assert "Solo un patrocinio lleva paquete" in refused.get_data(as_text=True)
        first, again = (client.post("/es/tesoreria/aportaciones/nueva", data=data) for _ in range(2))
        assert (first.status_code, again.status_code, first.location) == (303, 303, again.location)
        assert len(session.scalars(queries.benefits()).all()) == 2

    def test_a_delivery_is_noted_with_its_evidence_seen_and_corrected(
        self, client: FlaskClient, login: Login, package: SponsorPackage, session: Session, clock: FrozenClock
    ) -> None:
        owed = queries.benefits_of(gift(package, session).id)[0]
        login(Role.PROGRAMME_OFFICER)
        page = f"/es/tesoreria/beneficios/{owed.id}"
        assert page in text_of(client, "/es/tesoreria/beneficios")
        assert page not in text_of(client, "/es/tesoreria/beneficios?estado=atrasados")
        assert 'value="2026-03-02"' in text_of(client, page)  # the day is today's until somebody says otherwise
        typed = {"entrega-on": "2026-03-02", "entrega-note": "En el pie de la página"}
        for bad in ({"entrega-on": "2026-03-03"}, {"entrega-on": ""}, {"entrega-note": ""}):
            assert client.post(f"{page}/entrega", data={**typed, **bad}).status_code == 422
        fake = {"entrega-evidence": (io.BytesIO(b"<script>"), "foto.png")}
        refused = client.post(f"{page}/entrega", data={**typed, **fake}, content_type="multipart/form-data")
        assert (refused.status_code, "no es un PDF" in refused.get_data(as_text=True)) == (422, True)
        proof = {"entrega-evidence": (io.BytesIO(written_pdf("El logotipo")), "captura.pdf")}
        kept = client.post(f"{page}/entrega", data={**typed, **proof}, content_type="multipart/form-data")
        assert kept.status_code == 303
        assert client.get(f"{page}/evidencia").data.startswith(b"%PDF-")
        assert client.post(f"{page}/entrega", data=typed).status_code == 409
        assert client.post(f"{page}/corregir", data={"corregir-reason": ""}).status_code == 422
        assert client.post(f"{page}/corregir", data={"corregir-reason": "Era otra"}).status_code == 303
        session.expire_all()
        assert queries.benefit(owed.id).state == BenefitState.DUE
        assert client.get(f"{page}/evidencia").status_code == 404

    def test_late_ones_wait_on_the_desk_of_both(
        self, client: FlaskClient, login: Login, package: SponsorPackage, session: Session, clock: FrozenClock
    ) -> None:
        gift(package, session)
        clock.advance(days=31)
        for role in (Role.TREASURER, Role.PROGRAMME_OFFICER):
            login(role)
            assert "/es/tesoreria/beneficios?estado=atrasados" in text_of(client, "/es/mi-espacio")
        assert "Logotipo" in text_of(client, "/es/tesoreria/beneficios?estado=atrasados")

    @pytest.mark.parametrize("address", ["/es/tesoreria/paquetes", "/es/tesoreria/beneficios"])
    def test_only_staff_and_the_auditor_read_them_and_the_auditor_changes_nothing(
        self, client: FlaskClient, login: Login, package: SponsorPackage, session: Session, address: str
    ) -> None:
        owed = queries.benefits_of(gift(package, session).id)[0]
        assert client.get(address).status_code in (302, 303, 401)
        login(Role.SPONSOR_CONTACT)
        assert client.get(address).status_code == 403
        login(Role.AUDITOR)
        assert client.get(address).status_code == 200
        assert client.post(f"/es/tesoreria/beneficios/{owed.id}/entrega").status_code == 403
        assert client.post("/es/tesoreria/paquetes/nuevo").status_code == 403

    def test_the_list_is_taken_home_as_it_is_filtered(
        self, client: FlaskClient, login: Login, package: SponsorPackage, session: Session
    ) -> None:
        made = gift(package, session, public_name="=Banco")
        logo, _tickets = queries.benefits_of(made.id)
        deliver_benefit(logo, on=date(2026, 3, 2), note="En el pie")
        session.commit()
        login(Role.PROGRAMME_OFFICER)
        answer = client.get("/es/tesoreria/beneficios.csv?estado=delivered")
        assert answer.content_type == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
        assert rows[1:] == [
            ["Logotipo en la página", "1", "'=Banco", "Paquete Jacaranda", str(made.id), "2026-04-01", "2026-03-02",
             "En el pie", "0.00", "MXN", "Ya se entregó"],
        ]  # fmt: skip
        assert "beneficios.csv?estado=delivered" in text_of(client, "/es/tesoreria/beneficios?estado=delivered")

    @pytest.mark.parametrize(
        "address",
        ["/es/tesoreria/paquetes", "/es/tesoreria/beneficios", "/es/tesoreria/beneficios.csv", "/es/aportar"],
    )
    def test_a_list_sends_as_many_queries_for_one_row_as_for_many(
        self, client: FlaskClient, login: Login, session: Session, count_queries: Any, address: str
    ) -> None:
        login(Role.TREASURER)
        fund, counts = make_fund(accepts_gifts=True), []
        for more in (1, 5):
            for _ in range(more):
                gift(make_package(pesos(50_000)), session, fund=fund, giver_organisation=make_organisation())
            client.get(address)
            with count_queries() as sent:
                assert client.get(address).status_code == 200
            counts.append(len(sent))
        assert counts[0] == counts[1]
