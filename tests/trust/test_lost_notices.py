"""Notices that never came, and a company that is slow: payments are asked after, and nobody waits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock, now
from core.database import db
from core.jobs import Job, JobState, run_due
from tests.factories.trust import make_fund, pesos
from tests.trust.checkout import contributions, oxxo, pay, state
from tests.trust.conftest import Caught
from trust import gateway, queries
from trust.errors import (
    PageGone,
    PaymentUnavailable,
)
from trust.models import CheckoutOrder
from trust.services import (
    ask_for_page,
    catch_up_payments,
    fulfil_checkout,
    keep_page,
    open_order,
    start_checkout,
)
from trust.states import CheckoutState

pytestmark = pytest.mark.usefixtures("clock", "caught")


class TestTheCompanyIsSlow:
    """On SQLite one writer holds everybody else up: no transaction of ours is open while the company is asked."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
        open_while_asked: list[bool] = []
        for name in ("open_session", "payment_session"):
            really = getattr(gateway, name)

            def watched(*given: Any, _really: Callable[..., Any] = really, **named: Any) -> Any:
                open_while_asked.append(db.session().in_transaction())
                return _really(*given, **named)

            monkeypatch.setattr(gateway, name, watched)
        return open_while_asked

    def test_no_road_holds_the_books_while_the_company_is_asked(
        self, session: Session, client: FlaskClient, payer: Client, caught: list[Caught], asked: list[bool]
    ) -> None:
        make_fund(accepts_gifts=True)
        session.commit()
        answer = client.post("/es/aportar", data={"amount": "100", "method": "card", "kind": "donation"})
        assert answer.status_code == 303
        order = session.scalars(select(CheckoutOrder)).one()
        assert client.get(f"/es/aportar/gracias/{order.token}").status_code == 200
        pay(payer, order)
        assert caught[0].deliver(client) == (200, "applied")
        later = open_order(fund=order.fund, money=pesos(300))
        session.commit()
        keep_page(later, ask_for_page(later))
        session.commit()
        catch_up_payments(settle=session.commit)
        assert asked == [False] * 5

    def test_a_crash_between_order_and_page_loses_nothing(
        self, session: Session, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_fund(accepts_gifts=True)
        session.commit()

        def silent(**_named: Any) -> None:
            raise PaymentUnavailable()

        monkeypatch.setattr(gateway, "open_session", silent)
        typed = {"amount": "100", "method": "card", "kind": "donation"}
        answer = client.post("/es/aportar", data=typed)
        assert answer.status_code == 503
        assert 'value="100"' in answer.get_data(as_text=True)
        order = session.scalars(select(CheckoutOrder)).one()
        assert (order.state, order.session_id) == (CheckoutState.OPEN, None)
        monkeypatch.undo()
        page = ask_for_page(order)
        assert ask_for_page(order).id == page.id
        assert keep_page(order, page).session_id == keep_page(order, page).session_id == page.id

    def test_an_order_whose_page_nobody_kept_is_given_up_and_takes_none_later(
        self, session: Session, clock: FrozenClock
    ) -> None:
        order = open_order(fund=make_fund(accepts_gifts=True), money=pesos(300))
        session.commit()
        page = ask_for_page(order)
        clock.advance(hours=1)
        catch_up_payments()
        assert state(session, order) == CheckoutState.OPEN
        clock.advance(seconds=1)
        catch_up_payments()
        assert state(session, order) == CheckoutState.EXPIRED
        with pytest.raises(PageGone):
            keep_page(order, page)


def test_payments_are_asked_after_by_themselves_while_any_is_on_its_way(
    session: Session, order: CheckoutOrder, payer: Client, clock: FrozenClock
) -> None:
    waiting = [job.run_after for job in session.scalars(select(Job).where(Job.kind == "trust.catch_up_payments"))]
    assert [now() < moment <= now() + timedelta(minutes=15) for moment in waiting] == [True]
    clock.advance(minutes=15)
    assert run_due() == 1
    assert state(session, order) == CheckoutState.OPEN
    pay(payer, order)
    clock.advance(minutes=15)
    assert run_due() >= 1
    assert (state(session, order), contributions(session)) == (CheckoutState.PAID, 1)
    clock.advance(minutes=15)
    run_due()
    assert [job.kind for job in session.scalars(select(Job).where(Job.state == JobState.QUEUED))] == []


def test_a_late_payment_whose_notice_was_lost_is_taken_in_all_the_same(session: Session, payer: Client) -> None:
    order = oxxo(session)
    pay(payer, order, accion="ficha")
    pay(payer, order, accion="vencer")
    assert fulfil_checkout(order.company_id).state == CheckoutState.FAILED
    session.commit()
    pay(payer, order, accion="pagar")
    catch_up_payments(settle=session.commit)
    assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)


def test_no_payment_is_waited_for_longer_than_it_can_take_and_a_later_one_is_still_taken_in(
    session: Session, payer: Client, clock: FrozenClock, caught: list[Caught], client: FlaskClient
) -> None:
    order, lost = oxxo(session), oxxo(session)
    lost.session_id = "cs_test_perdida"
    pay(payer, order, accion="ficha")
    session.commit()
    clock.advance(days=35, seconds=-1)
    catch_up_payments(settle=session.commit)
    assert (state(session, order), state(session, lost)) == (CheckoutState.PROCESSING, CheckoutState.OPEN)
    clock.advance(seconds=1)
    catch_up_payments(settle=session.commit)
    assert (state(session, order), state(session, lost)) == (CheckoutState.EXPIRED, CheckoutState.EXPIRED)
    assert (queries.unsettled_orders(), queries.waits_for_company()) == ([], False)
    pay(payer, order, accion="pagar")
    assert caught[-1].deliver(client) == (200, "applied")
    assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)


def test_many_that_wait_do_not_keep_a_new_one_waiting(
    session: Session, payer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = make_fund(accepts_gifts=True)
    orders = [start_checkout(fund=fund, money=pesos(100)) for _number in range(101)]
    session.commit()
    pay(payer, orders[-1])
    monkeypatch.setattr(gateway, "notices_since", lambda *_given: [])
    catch_up_payments(settle=session.commit)
    assert state(session, orders[-1]) == CheckoutState.PAID


def test_payments_whose_notice_was_lost_are_caught_up(session: Session, order: CheckoutOrder, payer: Client) -> None:
    pay(payer, order)
    assert (catch_up_payments(), catch_up_payments()) == (1, 0)
    assert contributions(session) == 1


def test_one_payment_that_cannot_be_asked_after_holds_up_no_other(
    session: Session, order: CheckoutOrder, payer: Client
) -> None:
    lost = start_checkout(fund=order.fund, money=pesos(100), method="card")
    pay(payer, order)
    lost.session_id = "cs_test_perdida"
    session.flush()
    later = start_checkout(fund=order.fund, money=pesos(200), method="card")
    session.commit()
    pay(payer, later)
    assert catch_up_payments() == 2
    assert (state(session, lost), state(session, later)) == (CheckoutState.OPEN, CheckoutState.PAID)
