"""Stamps: given once, refused by name, asked for again, cancelled; whatever the provider does."""

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.database import db
from core.files import read
from core.jobs import run_due
from tests.trust.cfdi import configured
from tests.trust.fiscal import donate, facts_of, made_of
from trust.errors.fiscal import NothingToRetry, PacRejected
from trust.gateway import cfdi
from trust.gateway.pac import Stamped
from trust.models import FiscalReceipt
from trust.queries.fiscal import fiscal_failed, fiscal_waiting
from trust.rules.cfdi_words import CancelCode
from trust.services import (
    cancel_receipt,
)
from trust.services.fiscal import fiscal_xml, retry_fiscal, retry_waiting, stamp_fiscal
from trust.simulator.pac import SimulatedPac
from trust.states.fiscal import FiscalState

pytestmark = pytest.mark.usefixtures("clock", "caught")


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
