"""What went back of a gift gets a credit note beside the gift's fiscal receipt, and only what really went back."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock
from core.jobs import run_due
from core.money import Money
from core.roles import Role
from tests.factories.trust import pesos
from tests.trust.cfdi import configured
from tests.trust.paid import learn, paid_order
from trust import simulator
from trust.gateway import cfdi
from trust.gateway.seals import certificate_in, signed_by
from trust.models import CheckoutOrder, FiscalReceipt
from trust.queries.fiscal import credit_notes_of, fiscal_receipt_of, fiscal_waiting
from trust.rules.cfdi import Receiver
from trust.services.fiscal import fiscal_pdf, fiscal_xml, retry_waiting
from trust.services.invoice_details import erase_invoice_details, keep_invoice_details
from trust.simulator import aftermath
from trust.simulator.pac import SimulatedPac
from trust.states.fiscal import FiscalState

pytestmark = pytest.mark.usefixtures("clock", "caught")
NAMED = Receiver("GODE561231GR8", "EMILIA GOMEZ DIAZ", "04100", "612", "D04")


def back(session: Session, order: CheckoutOrder, money: Money) -> str:
    made = aftermath.refund(simulator.store(), {"charge": order.charge_id, "amount": money.amount_cents})
    learn(session, order)
    return str(made["id"])


def gift_of(order: CheckoutOrder) -> FiscalReceipt:
    assert order.contribution is not None
    found = fiscal_receipt_of(order.contribution.receipt)
    assert found is not None
    return found


def notes_of(order: CheckoutOrder) -> list[FiscalReceipt]:
    return credit_notes_of(gift_of(order))


def test_each_part_that_went_back_is_credited_to_the_gifts_own_folio(
    session: Session, payer: Client, pac: SimulatedPac
) -> None:
    order = paid_order(session, payer)
    run_due()
    back(session, order, pesos(5_000))
    back(session, order, pesos(1_000))
    run_due()
    session.expire_all()
    gift = gift_of(order)
    for note, cents, number in zip(notes_of(order), ("5000.00", "1000.00"), (1, 2), strict=True):
        xml = fiscal_xml(note)
        cfdi.validate(xml)
        facts = cfdi.facts_in(xml)
        assert signed_by(certificate_in(cfdi.parse(xml).get("Certificado")), cfdi.chain_of(xml), facts["seal"])
        wanted = {
            "kind": "E", "credits": gift.uuid, "total": cents, "series": "NCA2026", "folio": f"000001-{number}",
            "authorisation": "", "use": "S01",
        }  # fmt: skip
        assert {name: facts[name] for name in wanted} == wanted
        assert cfdi.parse(xml).find(f"{{{cfdi.NAMESPACE}}}CfdiRelacionados").get("TipoRelacion") == "01"
        assert (note.state, note.livemode) == (FiscalState.STAMPED, False)
    assert gift.state == FiscalState.STAMPED
    assert cfdi.facts_in(fiscal_xml(gift))["kind"] == "I"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(fiscal_pdf(notes_of(order)[0], "es"))).pages)
    assert "Nota de crédito (CFDI 4.0)" in text
    assert gift.uuid is not None
    assert gift.uuid in text


def test_a_note_waits_for_the_gifts_own_and_follows_it(
    app: Flask, session: Session, payer: Client, issuing: None, clock: FrozenClock
) -> None:
    order = paid_order(session, payer)
    run_due()
    back(session, order, pesos(5_000))
    run_due()
    (note,) = notes_of(order)
    assert (note.state, note.xml_file_id) == (FiscalState.DRAFT, None)
    assert note in fiscal_waiting()
    with configured(app, {"PAC": "simulator"}):
        retry_waiting()
        session.commit()
        run_due()
        run_due()
    session.expire_all()
    assert [one.state for one in (gift_of(order), *notes_of(order))] == [FiscalState.STAMPED] * 2


def test_it_is_made_out_as_the_gifts_own_even_after_the_tax_data_went(
    session: Session, payer: Client, pac: SimulatedPac
) -> None:
    order = paid_order(session, payer)
    assert order.contribution is not None
    keep_invoice_details(NAMED, contribution=order.contribution)
    session.commit()
    run_due()
    session.expire_all()
    assert order.contribution.receipt is not None
    assert erase_invoice_details(order.contribution.receipt)
    session.commit()
    back(session, order, pesos(5_000))
    run_due()
    session.expire_all()
    facts = cfdi.facts_in(fiscal_xml(notes_of(order)[0]))
    assert [facts[name] for name in ("receiver_rfc", "receiver_regime", "use")] == ["GODE561231GR8", "612", "G02"]


def test_a_refund_that_the_bank_sends_back_takes_its_note_back(
    session: Session, payer: Client, pac: SimulatedPac
) -> None:
    order = paid_order(session, payer)
    run_due()
    back(session, order, pesos(1_000))
    made = back(session, order, pesos(5_000))
    run_due()
    aftermath.fail_refund(simulator.store(), made)
    learn(session, order)
    learn(session, order)
    run_due()
    session.expire_all()
    assert [(one.credit_cents, one.state) for one in notes_of(order)] == [
        (1_000_00, FiscalState.STAMPED), (5_000_00, FiscalState.CANCELLED),
    ]  # fmt: skip
    assert gift_of(order).state == FiscalState.STAMPED


def test_what_went_back_whole_is_cancelled_with_its_notes_and_needs_none(
    session: Session, payer: Client, pac: SimulatedPac
) -> None:
    order = paid_order(session, payer)
    run_due()
    back(session, order, pesos(5_000))
    run_due()
    back(session, order, pesos(20_000))
    run_due()
    session.expire_all()
    assert [one.state for one in (gift_of(order), *notes_of(order))] == [FiscalState.CANCELLED] * 2


def test_without_an_emitter_nothing_is_credited(session: Session, payer: Client) -> None:
    order = paid_order(session, payer)
    back(session, order, pesos(5_000))
    assert order.contribution is not None
    assert fiscal_receipt_of(order.contribution.receipt) is None


def test_the_giver_and_the_treasurer_read_and_download_it(
    session: Session, payer: Client, pac: SimulatedPac, client: FlaskClient, login: Callable[..., Any]
) -> None:
    order = paid_order(session, payer)
    run_due()
    back(session, order, pesos(5_000))
    assert order.contribution is not None
    receipt = order.contribution.receipt
    assert receipt is not None
    document = f"/es/recibos/documento/{receipt.token}"
    assert "Se prepara cuando se timbre el CFDI" in client.get(document).get_data(as_text=True)
    run_due()
    assert f"{document}/nota-1.xml" in client.get(document).get_data(as_text=True)
    assert b"<cfdi:Comprobante" in client.get(f"{document}/nota-1.xml").data
    assert client.get(f"{document}/nota-1.pdf").data.startswith(b"%PDF-")
    assert client.get(f"{document}/nota-2.pdf").status_code == 404
    login(Role.TREASURER)
    page = client.get("/es/tesoreria/cfdi").get_data(as_text=True)
    assert f"Nota de crédito 1 de {receipt.code}" in page
    assert "5,000.00" in page
    session.expire_all()
    note = notes_of(order)[0]
    name = client.get(f"/es/tesoreria/cfdi/{note.id}/archivo.xml").headers["Content-Disposition"]
    assert f"{receipt.code}-NC1.xml" in name
