"""Fiscal receipts on the pages: asked for by who wants one, fetched by who holds the receipt, kept in view."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.jobs import run_due
from core.roles import Role
from tests.factories.trust import give, make_fund, pesos
from tests.trust.cfdi import configured, emitter_settings
from trust.gateway import cfdi
from trust.models import CheckoutOrder, Contribution, FiscalReceipt, InvoiceDetails, Receipt
from trust.rules.cfdi import Receiver
from trust.services.invoice_details import keep_invoice_details
from trust.simulator.pac import SimulatedPac
from trust.states.fiscal import FiscalState

pytestmark = pytest.mark.usefixtures("clock", "caught")
Login = Callable[..., User]
GOOD = {
    "wants_invoice": "y",
    "rfc": "gode-561231 gr8",
    "tax_name": "Emilia Gómez",
    "regime": "612",
    "postal_code": "04100",
    "cfdi_use": "D04",
}
WANTED = Receiver("GODE561231GR8", "EMILIA GÓMEZ", "04100", "612", "D04")


def form(**facts: str) -> dict[str, str]:
    return {"amount": "500", "fund": "", "method": "card", "kind": "donation", **facts}


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def issued(session: Session, **facts: object) -> tuple[Contribution, Receipt]:
    given = give(make_fund(accepts_gifts=True), pesos(500), **facts)
    session.commit()
    assert given.receipt is not None
    return given, given.receipt


def test_tax_data_are_asked_for_only_where_fiscal_receipts_are_issued(
    client: FlaskClient, session: Session, app: Flask, tmp_path: Path
) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    assert 'name="rfc"' not in text_of(client, "/es/aportar")
    with configured(app, emitter_settings(tmp_path)):
        page = text_of(client, "/es/aportar")
    assert 'name="rfc"' in page
    assert "<details>" in page


def test_who_wants_it_in_a_name_leaves_tax_data_with_the_order(
    client: FlaskClient, session: Session, issuing: None
) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    assert client.post("/es/aportar", data=form(**GOOD)).status_code == 303
    kept = session.scalars(select(InvoiceDetails)).one()
    assert (kept.rfc, kept.name, kept.regime, kept.postal_code, kept.use) == (
        "GODE561231GR8",
        "EMILIA GÓMEZ",
        "612",
        "04100",
        "D04",
    )
    assert kept.order_id == session.scalars(select(CheckoutOrder.id)).one()


def test_who_marks_nothing_leaves_nothing_whatever_was_typed(
    client: FlaskClient, session: Session, issuing: None
) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    assert client.post("/es/aportar", data=form(rfc="nada", postal_code="1")).status_code == 303
    assert session.scalar(select(func.count()).select_from(InvoiceDetails)) == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rfc": ""}, "Este dato hace falta para el CFDI"),
        ({"rfc": "GODE561331GR8"}, "no tiene la forma correcta"),
        ({"rfc": "GODE561231GR9"}, "El último carácter no corresponde"),
        ({"rfc": "XAXX010101000"}, "Ese RFC es genérico"),
        ({"tax_name": " | "}, "Este dato hace falta para el CFDI"),
        ({"regime": ""}, "Este dato hace falta para el CFDI"),
        ({"regime": "999"}, "error"),
        ({"postal_code": "0410"}, "Escribe los cinco dígitos"),
        ({"postal_code": "٠٤١٠٠"}, "Escribe los cinco dígitos"),
        ({"regime": "601"}, "El SAT no admite ese uso"),
        ({"cfdi_use": "P01"}, "error"),
    ],
)
def test_wrong_tax_data_are_refused_beside_their_field_and_nothing_is_ordered(
    client: FlaskClient, session: Session, issuing: None, wrong: dict[str, str], said: str
) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    answer = client.post("/es/aportar", data=form(**{**GOOD, **wrong}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "<details open>" in page
    assert session.scalar(select(func.count()).select_from(CheckoutOrder)) == 0


def test_who_insists_on_a_wrong_check_digit_is_believed(client: FlaskClient, session: Session, issuing: None) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    wanted = form(**{**GOOD, "rfc": "GODE561231GR9", "rfc_as_issued": "y"})
    assert client.post("/es/aportar", data=wanted).status_code == 303
    assert session.scalars(select(InvoiceDetails.rfc)).one() == "GODE561231GR9"


def test_a_sponsorship_is_told_to_ask_for_its_invoice(client: FlaskClient, session: Session, issuing: None) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    answer = client.post("/es/aportar", data=form(**{**GOOD, "kind": "sponsorship"}))
    assert answer.status_code == 422
    assert "Un patrocinio no es un donativo" in answer.get_data(as_text=True)


def test_the_holder_of_a_receipt_fetches_both_files_and_nobody_else_does(
    client: FlaskClient, session: Session, issuing: None
) -> None:
    _given, receipt = issued(session)
    address = f"/es/recibos/documento/{receipt.token}"
    assert "Se está preparando" in text_of(client, address)
    text_of(client, f"{address}/cfdi.xml", 404)
    run_due()
    page = text_of(client, address)
    assert "Borrador sin validez fiscal" in page
    assert "Descargar CFDI (XML)" in page
    xml = client.get(f"{address}/cfdi.xml")
    assert xml.headers["Content-Disposition"] == f"attachment; filename=cfdi-sin-validez-fiscal-{receipt.code}.xml"
    assert cfdi.facts_in(xml.data)["reference"] == receipt.code
    assert client.get(f"{address}/cfdi.pdf").data.startswith(b"%PDF-")
    text_of(client, "/es/recibos/documento/otra/cfdi.xml", 404)
    assert "cfdi" not in text_of(client, f"/es/recibos/{receipt.code}").lower()


def test_a_giver_deletes_their_tax_data_from_the_receipt(client: FlaskClient, session: Session, issuing: None) -> None:
    given, receipt = issued(session)
    keep_invoice_details(WANTED, contribution=given)
    session.commit()
    run_due()
    address = f"/es/recibos/documento/{receipt.token}"
    assert "Borrar mis datos fiscales" in text_of(client, address)
    assert "¿Borrar los datos fiscales" in text_of(client, f"{address}/datos-fiscales")
    assert client.post(f"{address}/datos-fiscales").status_code == 303
    run_due()
    assert "Borrar mis datos fiscales" not in text_of(client, address)
    assert b"GODE561231GR8" not in client.get(f"{address}/cfdi.xml").data
    assert client.get(f"{address}/datos-fiscales").status_code == 303


def test_tax_data_of_an_order_nobody_paid_are_forgotten(
    client: FlaskClient, session: Session, issuing: None, clock: FrozenClock
) -> None:
    make_fund(accepts_gifts=True)
    session.commit()
    client.post("/es/aportar", data=form(**GOOD))
    run_due()
    assert session.scalar(select(func.count()).select_from(InvoiceDetails)) == 1
    clock.advance(days=46)
    run_due()
    assert session.scalar(select(func.count()).select_from(InvoiceDetails)) == 0


def test_the_treasurer_sees_what_failed_on_the_desk_and_tries_again(
    client: FlaskClient, session: Session, login: Login, pac: SimulatedPac
) -> None:
    pac.faults.append("down")
    given, receipt = issued(session)
    run_due()
    login(Role.TREASURER)
    assert "CFDI que fallaron" in text_of(client, "/es/mi-espacio")
    page = text_of(client, "/es/tesoreria/cfdi?estado=fallaron")
    assert receipt.code in page
    assert "no respondió" in page
    one = session.scalars(select(FiscalReceipt)).one()
    assert client.post(f"/es/tesoreria/cfdi/{one.id}/reintentar").status_code == 303
    run_due()
    session.expire_all()
    assert session.scalars(select(FiscalReceipt)).one().state == FiscalState.STAMPED
    assert receipt.code not in text_of(client, "/es/tesoreria/cfdi?estado=fallaron")
    assert client.post(f"/es/tesoreria/cfdi/{one.id}/reintentar").status_code == 409
    shown = text_of(client, f"/es/tesoreria/aportaciones/{given.id}")
    assert "Timbre de prueba, sin validez fiscal" in shown


def test_all_that_wait_are_tried_again_at_once(
    client: FlaskClient, session: Session, login: Login, app: Flask, pac: SimulatedPac
) -> None:
    with configured(app, {"PAC": ""}):
        issued(session)
        issued(session)
        run_due()
        login(Role.TREASURER)
        assert "No hay proveedor de certificación" in text_of(client, "/es/tesoreria/cfdi")
    assert client.post("/es/tesoreria/cfdi/reintentar").status_code == 303
    run_due()
    session.expire_all()
    assert {one.state for one in session.scalars(select(FiscalReceipt))} == {FiscalState.STAMPED}


def test_the_list_is_the_treasurys(client: FlaskClient, session: Session, login: Login, issuing: None) -> None:
    issued(session)
    run_due()
    one = session.scalars(select(FiscalReceipt)).one()
    addresses = ["/es/tesoreria/cfdi", *(f"/es/tesoreria/cfdi/{one.id}/archivo.{kind}" for kind in ("xml", "pdf"))]
    for who, status in ((Role.APPLICANT, 403), (Role.AUDITOR, 200), (Role.TREASURER, 200)):
        login(who)
        assert [client.get(address).status_code for address in addresses] == [status] * 3
    login(Role.AUDITOR)
    assert client.post(f"/es/tesoreria/cfdi/{one.id}/reintentar").status_code == 403


def test_the_list_asks_as_much_for_many_as_for_one(
    client: FlaskClient, session: Session, login: Login, issuing: None, count_queries: Callable[[], object]
) -> None:
    login(Role.TREASURER)
    issued(session)
    counts = []
    for _turn in range(2):
        client.get("/es/tesoreria/cfdi")
        with count_queries() as asked:  # type: ignore[attr-defined]
            client.get("/es/tesoreria/cfdi")
        counts.append(len(asked))
        for _gift in range(4):
            issued(session)
    assert counts[0] == counts[1]


def test_without_the_extra_the_treasurers_page_says_what_is_missing(
    client: FlaskClient, session: Session, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cfdi, "find_spec", lambda _name: None)
    login(Role.TREASURER)
    assert "Los CFDI no están instalados" in text_of(client, "/es/tesoreria/cfdi")
    monkeypatch.undo()
    assert "No se emiten CFDI" in text_of(client, "/es/tesoreria/cfdi")
