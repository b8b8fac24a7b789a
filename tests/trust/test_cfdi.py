"""Fiscal receipts: built, sealed and valid by the tax office's schema, stamped once, never in the way."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock
from core.jobs import Job, JobState, run_due
from tests.factories.trust import euros, give, make_fund, pesos
from tests.trust.cfdi import configured
from tests.trust.checkout import pay
from tests.trust.fiscal import WANTED, donate, facts_of, made_of, text_of
from trust.errors.fiscal import FiscalInvalid
from trust.gateway import cfdi
from trust.gateway.seals import certificate_in, signed_by
from trust.models import InvoiceDetails
from trust.queries import entry_of
from trust.queries.fiscal import fiscal_receipt_of
from trust.rules import Rate
from trust.rules.cfdi_words import CancelCode
from trust.services import (
    catch_up_payments,
    confirm_in_kind_delivery,
    correct_entry,
    offer_in_kind,
    request_refund,
    start_checkout,
)
from trust.services.fiscal import fiscal_pdf, fiscal_xml
from trust.services.invoice_details import erase_invoice_details, keep_invoice_details
from trust.simulator.pac import SimulatedPac
from trust.states.fiscal import FiscalState

pytestmark = pytest.mark.usefixtures("clock", "caught")


def test_without_an_emitter_no_fiscal_receipt_is_made_and_nothing_waits(session: Session) -> None:
    given = donate(session)
    assert fiscal_receipt_of(given.receipt) is None
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "trust.stamp_cfdi")) == 0


def test_a_draft_is_sealed_by_the_emitter_and_valid_by_the_offices_schema(session: Session, issuing: None) -> None:
    given = donate(session, public_name="Ana")
    assert run_due() == 1
    xml = fiscal_xml(made_of(given))
    cfdi.validate(xml)
    facts = cfdi.facts_in(xml)
    certificate = certificate_in(cfdi.parse(xml).get("Certificado"))
    assert signed_by(certificate, cfdi.chain_of(xml), facts["seal"])
    assert b"BORRADOR SIN VALIDEZ FISCAL" in xml
    assert made_of(given).state == FiscalState.DRAFT
    assert given.receipt is not None
    assert {name: facts[name] for name in ("series", "folio", "total", "currency", "payment_form", "dated")} == {
        "series": "A2026",
        "folio": "000001",
        "total": "500.00",
        "currency": "MXN",
        "payment_form": "03",
        "dated": "2026-03-02T12:00:00",
    }
    assert [facts[name] for name in ("receiver_rfc", "receiver_name", "receiver_regime", "use")] == [
        "XAXX010101000",
        "PUBLICO EN GENERAL",
        "616",
        "S01",
    ]
    assert (facts["emitter_name"], facts["authorisation"]) == ("ESCUELA KEMPER URGATE", "325-SAT-09-III-2026-001")
    assert facts["uuid"] == ""


def test_a_changed_receipt_is_no_longer_what_the_seal_signed(session: Session, issuing: None) -> None:
    given = donate(session)
    run_due()
    forged = fiscal_xml(made_of(given)).replace(b'Total="500.00"', b'Total="900.00"')
    certificate = certificate_in(cfdi.parse(forged).get("Certificado"))
    assert not signed_by(certificate, cfdi.chain_of(forged), cfdi.facts_in(forged)["seal"])
    with pytest.raises(FiscalInvalid):
        cfdi.validate(forged.replace(b'Moneda="MXN"', b'Moneda="MXX"'))


def test_whoever_left_tax_data_gets_it_in_their_name(session: Session, issuing: None) -> None:
    given = give(make_fund(), pesos(800))
    keep_invoice_details(WANTED, contribution=given)
    session.commit()
    run_due()
    facts = facts_of(given)
    told = [facts[name] for name in ("receiver_rfc", "receiver_name", "receiver_postal_code", "receiver_regime", "use")]
    assert told == ["GODE561231GR8", "EMILIA GOMEZ DIAZ", "04100", "612", "D04"]
    assert not made_of(given).is_generic


def test_what_comes_in_kind_says_how_many_of_what_at_which_value(session: Session, issuing: None) -> None:
    offer = offer_in_kind(
        kind="donation",
        fund=make_fund(),
        value=pesos(1_000),
        description="Noches | de hotel",
        quantity=3,
        unit="noches",
        valuation="published_rate",
        idempotency_key="hotel",
    )
    given = confirm_in_kind_delivery(offer, received_on=offer.created_at.date(), delivered_to="Coordinación")
    session.commit()
    run_due()
    facts = facts_of(given)
    told = [facts[name] for name in ("payment_form", "quantity", "unit", "unit_value", "total", "description")]
    assert told == ["12", "3", "noches", "333.333333", "1000.00", "Donativo en especie: Noches de hotel"]


def test_another_currency_carries_the_rate_of_the_books(session: Session, issuing: None, clock: FrozenClock) -> None:
    rate = Rate("EUR", "MXN", "20.1234", clock.now().date(), "DOF")
    given = donate(session, euros(100), rate=rate)
    run_due()
    facts = facts_of(given)
    assert (facts["currency"], facts["exchange_rate"], facts["total"]) == ("EUR", "20.123400", "100.00")


@pytest.mark.parametrize("kind", ["sponsorship", "subsidy"])
def test_what_is_no_gift_gets_no_fiscal_receipt(session: Session, issuing: None, kind: str) -> None:
    assert fiscal_receipt_of(donate(session, kind=kind).receipt) is None


def test_paid_on_line_it_is_in_the_name_left_with_the_order_and_a_refund_cancels_it(
    session: Session, payer: Client, pac: SimulatedPac
) -> None:
    order = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(900), method="card", email="ana@ejemplo.mx")
    keep_invoice_details(WANTED, order=order)
    session.commit()
    pay(payer, order)
    catch_up_payments()
    session.commit()
    run_due()
    session.expire_all()
    assert order.contribution is not None
    facts = facts_of(order.contribution)
    assert (facts["receiver_rfc"], facts["payment_form"]) == ("GODE561231GR8", "04")
    request_refund(order, pesos(900), reason="Se equivocó")
    session.commit()
    catch_up_payments()
    session.commit()
    run_due()
    session.expire_all()
    one = made_of(order.contribution)
    assert (one.state, one.cancel_code) == (FiscalState.CANCELLED, CancelCode.NOT_CARRIED_OUT)
    assert pac.cancelled_for(str(one.uuid)) == "03"


def test_correcting_a_gift_cancels_its_fiscal_receipt(session: Session, pac: SimulatedPac) -> None:
    given = donate(session)
    run_due()
    entry = entry_of(given)
    assert entry is not None
    correct_entry(entry, reason="Capturada dos veces")
    session.commit()
    run_due()
    session.expire_all()
    assert made_of(given).state == FiscalState.CANCELLED


def test_erasing_tax_data_rebuilds_the_draft_for_the_public_at_large(session: Session, issuing: None) -> None:
    given = give(make_fund(), pesos(800))
    keep_invoice_details(WANTED, contribution=given)
    session.commit()
    run_due()
    old = made_of(given).xml_file_id
    assert given.receipt is not None
    assert erase_invoice_details(given.receipt) is False
    session.commit()
    run_due()
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(InvoiceDetails)) == 0
    assert made_of(given).xml_file_id != old
    assert facts_of(given)["receiver_rfc"] == "XAXX010101000"


def test_a_stamped_one_outlives_the_erased_data_as_the_law_wants(session: Session, pac: SimulatedPac) -> None:
    given = give(make_fund(), pesos(800))
    keep_invoice_details(WANTED, contribution=given)
    session.commit()
    run_due()
    assert given.receipt is not None
    assert erase_invoice_details(given.receipt) is True
    session.commit()
    assert session.scalar(select(func.count()).select_from(InvoiceDetails)) == 0
    assert facts_of(given)["receiver_rfc"] == "GODE561231GR8"


def test_without_the_extra_gifts_arrive_and_no_fiscal_receipt_is_promised(
    session: Session, issuing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cfdi, "find_spec", lambda _name: None)
    given = donate(session)
    assert given.receipt is not None
    assert fiscal_receipt_of(given.receipt) is None


def test_a_seal_that_cannot_be_used_is_told_and_tried_again(
    app: Flask, session: Session, issuing: None, clock: FrozenClock
) -> None:
    with configured(app, {"CFDI_KEY_PASSWORD": "otra"}):
        given = donate(session)
        run_due()
    assert "sello digital" in str(made_of(given).last_error)
    clock.advance(minutes=1)
    run_due()
    session.expire_all()
    assert made_of(given).xml_file_id is not None


def test_the_pdf_says_what_it_is_worth(session: Session, pac: SimulatedPac, app: Flask) -> None:
    with configured(app, {"PAC": ""}):
        draft = donate(session)
        run_due()
    stamped = donate(session)
    session.commit()
    run_due()
    for given, words in ((draft, "Borrador sin validez fiscal"), (stamped, "Timbre de prueba, sin validez fiscal")):
        data = fiscal_pdf(made_of(given), "es")
        assert words in text_of(data)
        assert data == fiscal_pdf(made_of(given), "es")


def test_the_database_refuses_a_stamp_without_its_number(session: Session, issuing: None) -> None:
    given = donate(session)
    one = made_of(given)
    one.state = FiscalState.STAMPED
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    assert session.scalar(select(Job.state).where(Job.kind == "trust.stamp_cfdi")) == JobState.QUEUED
