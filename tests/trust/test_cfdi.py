"""Fiscal receipts: built, sealed and valid by the tax office's schema, stamped once, never in the way."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock
from core.database import db
from core.files import read
from core.jobs import Job, JobState, run_due
from core.money import Money
from tests.factories.trust import euros, give, make_fund, pesos
from tests.trust.cfdi import configured, emitter_settings
from tests.trust.test_checkout import pay
from trust.errors.fiscal import FiscalInvalid, NothingToRetry, PacRejected
from trust.gateway import cfdi
from trust.gateway.pac import Stamped
from trust.gateway.seals import certificate_in, signed_by
from trust.models import Contribution, FiscalReceipt, InvoiceDetails
from trust.queries import entry_of
from trust.queries.fiscal import fiscal_failed, fiscal_receipt_of, fiscal_waiting
from trust.rules import Rate
from trust.rules.cfdi import Receiver
from trust.rules.cfdi_words import CancelCode
from trust.services import (
    cancel_receipt,
    catch_up_payments,
    confirm_in_kind_delivery,
    correct_entry,
    offer_in_kind,
    request_refund,
    start_checkout,
)
from trust.services.fiscal import fiscal_pdf, fiscal_xml, retry_fiscal, retry_waiting, stamp_fiscal
from trust.services.invoice_details import erase_invoice_details, keep_invoice_details
from trust.simulator.pac import SimulatedPac, simulated_pac
from trust.states.fiscal import FiscalState

pytestmark = pytest.mark.usefixtures("clock", "caught")
WANTED = Receiver("GODE561231GR8", "EMILIA GOMEZ DIAZ", "04100", "612", "D04")


@pytest.fixture
def issuing(app: Flask, tmp_path: Path) -> Iterator[None]:
    """An emitter is configured and nobody stamps."""
    with configured(app, emitter_settings(tmp_path)):
        yield


@pytest.fixture
def pac(app: Flask, issuing: None) -> Iterator[SimulatedPac]:
    """The simulator stamps."""
    with configured(app, {"PAC": "simulator"}):
        made = simulated_pac()
        made.faults.clear()
        made.asked.clear()
        yield made


def made_of(given: Contribution) -> FiscalReceipt:
    found = fiscal_receipt_of(given.receipt)
    assert found is not None
    return found


def facts_of(given: Contribution) -> dict[str, str]:
    return cfdi.facts_in(fiscal_xml(made_of(given)))


def donate(session: Session, money: Money | None = None, **facts: Any) -> Contribution:
    given = give(make_fund(), money or pesos(500), **facts)
    session.commit()
    return given


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


def test_the_simulator_stamps_and_the_stamp_counts_for_nobody(session: Session, pac: SimulatedPac) -> None:
    given = donate(session)
    run_due()
    one = made_of(given)
    assert (one.state, one.attempts, one.livemode, one.counts) == (FiscalState.STAMPED, 1, False, False)
    xml = fiscal_xml(one)
    cfdi.validate(xml)
    facts = cfdi.facts_in(xml)
    assert facts["uuid"] == one.uuid
    assert facts["stamped_seal"] == facts["seal"]
    assert b"BORRADOR" not in xml


def test_a_provider_that_is_down_blocks_no_receipt_and_is_asked_again(
    session: Session, pac: SimulatedPac, clock: FrozenClock
) -> None:
    pac.faults.extend(["down", "down"])
    given = donate(session)
    assert given.receipt is not None
    run_due()
    one = made_of(given)
    assert (one.state, one.attempts) == (FiscalState.DRAFT, 1)
    assert one.last_error
    assert fiscal_failed() == 1
    for _turn in range(2):
        clock.advance(minutes=1)
        run_due()
    session.expire_all()
    one = made_of(given)
    assert (one.state, one.attempts, one.last_error, fiscal_failed()) == (FiscalState.STAMPED, 3, None, 0)
    assert pac.asked == ["stamp"] * 3


def test_an_answer_lost_on_its_way_never_makes_a_second_stamp(
    session: Session, pac: SimulatedPac, clock: FrozenClock
) -> None:
    pac.faults.append("late")
    given = donate(session)
    run_due()
    assert made_of(given).state == FiscalState.DRAFT
    clock.advance(minutes=1)
    run_due()
    session.expire_all()
    assert pac.stamped() == [made_of(given).uuid]
    assert pac.asked == ["stamp", "stamp"]


def test_the_simulator_refuses_a_seal_that_is_not_of_these_bytes(session: Session, pac: SimulatedPac) -> None:
    given = donate(session)
    pac.faults.append("down")
    run_due()
    xml = fiscal_xml(made_of(given))
    with pytest.raises(PacRejected) as refused:
        pac.stamp(xml.replace(b'Total="500.00"', b'Total="501.00"'))
    assert refused.value.parameters["code"] == "302"


def test_a_refusal_is_kept_for_a_person_and_not_repeated(
    session: Session, pac: SimulatedPac, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_xml: bytes) -> None:
        raise PacRejected(code="CFDI40147", reason="El RFC no está en la lista")

    with monkeypatch.context() as patched:
        patched.setattr(pac, "stamp", refuse)
        given = donate(session)
        run_due()
    one = made_of(given)
    assert one.state == FiscalState.DRAFT
    assert "CFDI40147" in str(one.last_error)
    clock.advance(days=1)
    assert run_due() == 0
    retry_fiscal(one)
    session.commit()
    run_due()
    session.expire_all()
    assert made_of(given).state == FiscalState.STAMPED
    with pytest.raises(NothingToRetry):
        retry_fiscal(made_of(given))


def test_a_draft_too_old_for_the_office_is_sealed_again_with_todays_date(
    app: Flask, session: Session, pac: SimulatedPac, clock: FrozenClock
) -> None:
    with configured(app, {"PAC": ""}):
        given = donate(session)
        run_due()
    clock.advance(days=4)
    assert retry_waiting() == 1
    session.commit()
    run_due()
    session.expire_all()
    one = made_of(given)
    assert one.state == FiscalState.STAMPED
    assert facts_of(given)["dated"].startswith("2026-03-06T")


def test_cancelling_a_draft_nobody_was_asked_about_cancels_it_at_once(session: Session, issuing: None) -> None:
    given = donate(session)
    run_due()
    assert given.receipt is not None
    cancel_receipt(given.receipt, reason="Depósito rechazado")
    session.commit()
    one = made_of(given)
    assert (one.state, one.cancel_code) == (FiscalState.CANCELLED, CancelCode.ERRORS)
    assert not fiscal_waiting()


def test_cancelling_a_receipt_cancels_the_stamped_one_for_the_offices_reason(
    session: Session, pac: SimulatedPac, clock: FrozenClock
) -> None:
    given = donate(session)
    run_due()
    pac.faults.append("late")
    assert given.receipt is not None
    cancel_receipt(given.receipt, reason="Se devolvió", code=CancelCode.NOT_CARRIED_OUT)
    session.commit()
    run_due()
    one = made_of(given)
    assert (one.state, one.waits_to_be_cancelled) == (FiscalState.STAMPED, True)
    assert pac.cancelled_for(str(one.uuid)) == "03"
    clock.advance(minutes=1)
    run_due()
    session.expire_all()
    assert made_of(given).state == FiscalState.CANCELLED


def test_cancelled_while_its_stamp_is_unknown_it_is_stamped_and_then_cancelled(
    session: Session, pac: SimulatedPac, clock: FrozenClock
) -> None:
    pac.faults.append("late")
    given = donate(session)
    run_due()
    entry = session.get_one(type(given), given.id)
    assert entry.receipt is not None
    cancel_receipt(entry.receipt, reason="Error")
    session.commit()
    assert made_of(given).state == FiscalState.DRAFT
    run_due()
    session.expire_all()
    one = made_of(given)
    assert one.state == FiscalState.CANCELLED
    assert pac.cancelled_for(str(one.uuid)) == "02"


def test_the_same_question_twice_gets_the_same_answer_and_the_same_job_twice_does_nothing(
    session: Session, pac: SimulatedPac, app: Flask
) -> None:
    with configured(app, {"PAC": ""}):
        given = donate(session)
        run_due()
    one = made_of(given)
    assert one.xml_file is not None
    draft = read(one.xml_file)
    assert pac.stamp(draft) == pac.stamp(draft)
    with pytest.raises(PacRejected) as refused:
        pac.stamp(pac.stamp(draft).xml)
    assert refused.value.parameters["code"] == "307"
    for _turn in range(2):
        stamp_fiscal(one.id, settle=session.commit)
        session.commit()
    assert pac.stamped() == [made_of(given).uuid]
    assert made_of(given).attempts == 1


def test_that_somebody_was_asked_is_written_down_before_and_nothing_is_held_meanwhile(
    session: Session, pac: SimulatedPac, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    really = pac.stamp

    def watched(xml: bytes) -> Stamped:
        with db.engine.begin() as somebody_else:
            seen.append(somebody_else.execute(select(FiscalReceipt.attempts)).scalar_one())
            somebody_else.execute(update(FiscalReceipt).values(last_error="Otra persona escribió aquí"))
        return really(xml)

    with monkeypatch.context() as patched:
        patched.setattr(pac, "stamp", watched)
        given = donate(session)
        run_due()
    session.expire_all()
    assert seen == [1]
    assert (made_of(given).state, made_of(given).last_error) == (FiscalState.STAMPED, None)


def test_an_answer_that_is_not_our_receipt_is_not_believed(
    session: Session, pac: SimulatedPac, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = donate(session)
    run_due()
    kept = made_of(first)
    answer = Stamped(str(kept.uuid), fiscal_xml(kept), kept.created_at)
    second = donate(session)
    with monkeypatch.context() as patched:
        patched.setattr(pac, "stamp", lambda _xml: answer)
        run_due()
    one = made_of(second)
    assert one.state == FiscalState.DRAFT
    assert "no es de este comprobante" in str(one.last_error)


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


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_the_database_refuses_a_stamp_without_its_number(session: Session, issuing: None) -> None:
    given = donate(session)
    one = made_of(given)
    one.state = FiscalState.STAMPED
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    assert session.scalar(select(Job.state).where(Job.kind == "trust.stamp_cfdi")) == JobState.QUEUED
