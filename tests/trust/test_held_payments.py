"""Payments that wait: for the company's fee, or for a person who decides."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock
from core.jobs import run_due
from core.roles import Role
from tests.factories.trust import make_fund, pesos
from tests.trust.checkout import contributions, pay, signed, state
from tests.trust.conftest import Caught
from trust import queries, simulator
from trust.errors import (
    NothingCharged,
)
from trust.models import CheckoutOrder
from trust.services import (
    ask_payment,
    assign_held_payment,
    fulfil_checkout,
    verify_ledger,
)
from trust.simulator.shapes import event, fee_cents
from trust.states import CheckoutState

pytestmark = pytest.mark.usefixtures("clock", "caught")


@pytest.fixture
def captured(session: Session, order: CheckoutOrder, payer: Client) -> Callable[[], None]:
    """Pay an order of which the company has not worked out its fee yet; what is returned lets it."""
    pay(payer, order)
    store = simulator.store()
    charge = store.get((store.get((store.get(order.company_id) or {})["payment_intent"]) or {})["latest_charge"]) or {}
    store.put({**charge, "balance_transaction": None})
    return lambda: store.put(charge)


class TestAFeeThatIsNotKnownYet:
    def test_a_payment_waits_for_it_and_for_nobody(  # noqa: PLR0917 (fixtures)
        self, session: Session, order: CheckoutOrder, captured: Callable[[], None], caught: list[Caught],
        client: FlaskClient, clock: FrozenClock,
    ) -> None:  # fmt: skip
        assert caught[0].deliver(client) == (200, "applied")
        assert (contributions(session), state(session, order)) == (0, CheckoutState.PROCESSING)
        assert queries.payments_held() == 0
        captured()
        clock.advance(minutes=15)
        run_due()
        assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)

    def test_the_news_that_it_is_known_brings_the_payment_in(
        self, session: Session, order: CheckoutOrder, captured: Callable[[], None], client: FlaskClient
    ) -> None:
        fulfil_checkout(order.company_id)
        session.commit()
        captured()
        (charge,) = [one for one in simulator.store().all("charge") if one["amount"] == 25_000_00][:1]
        assert signed(event(simulator.store(), "charge.updated", charge)).deliver(client) == (200, "applied")
        assert (contributions(session), state(session, order)) == (1, CheckoutState.PAID)

    def test_a_held_payment_is_not_decided_before(
        self, session: Session, order: CheckoutOrder, captured: Callable[[], None], client: FlaskClient, login: Any
    ) -> None:
        store = simulator.store()
        store.put({**(store.get(order.company_id) or {}), "amount_total": 1})
        fulfil_checkout(order.company_id)
        session.commit()
        login(Role.TREASURER)
        here = f"/es/tesoreria/pagos-en-linea/{order.id}"
        for act, typed in (("asignar", {"asignar-fund": order.fund.code}), ("devolver", {})):
            answer = client.post(f"{here}/{act}", data={**typed, f"{act}-reason": "No cuadra"})
            assert (answer.status_code, "todavía no dice cuánto cobró" in answer.get_data(as_text=True)) == (422, True)
            assert state(session, order) == CheckoutState.HELD


@pytest.fixture
def held(session: Session, order: CheckoutOrder, payer: Client, caught: list[Caught], client: FlaskClient) -> Any:
    """A payment of which the company charged a peso less than was ordered."""
    pay(payer, order)
    store = simulator.store()
    paid = store.get(order.company_id) or {}
    charge = store.get((store.get(paid["payment_intent"]) or {})["latest_charge"]) or {}
    balance = store.get(charge["balance_transaction"]) or {}
    store.put({**paid, "amount_total": 24_999_00})
    store.put({**balance, "amount": 24_999_00, "net": 24_999_00 - balance["fee"]})
    assert caught[0].deliver(client) == (200, "applied")
    session.expire_all()
    return order


class TestHeldPayments:
    def test_the_treasurer_enters_what_was_really_charged_in_a_fund(
        self, session: Session, held: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        other = make_fund()
        session.commit()
        login(Role.TREASURER)
        address = f"/es/tesoreria/pagos-en-linea/{held.id}"
        assert "24,999.00" in client.get(address).get_data(as_text=True).replace("\u2009", "")
        missing = client.post(f"{address}/asignar", data={"asignar-fund": other.code, "asignar-reason": " "})
        assert missing.status_code == 422
        typed = {"asignar-fund": other.code, "asignar-reason": "El banco cobró un peso menos"}
        assert client.post(f"{address}/asignar", data=typed).status_code == 303
        assert state(session, held) == CheckoutState.PAID
        contribution = session.get_one(CheckoutOrder, held.id).contribution
        assert contribution is not None
        assert (contribution.money, contribution.fund.id) == (pesos(24_999), other.id)
        assert client.post(f"{address}/asignar", data=typed).status_code == 409
        assert contributions(session) == 1
        assert verify_ledger() == []

    def test_or_marks_it_to_be_given_back_and_nothing_enters_the_books(
        self,
        session: Session,
        held: CheckoutOrder,
        client: FlaskClient,
        login: Callable[..., Any],
        caught: list[Caught],
    ) -> None:
        login(Role.TREASURER)
        address = f"/es/tesoreria/pagos-en-linea/{held.id}/devolver"
        assert client.post(address, data={"devolver-reason": ""}).status_code == 422
        assert client.post(address, data={"devolver-reason": "No es de nadie que conozcamos"}).status_code == 303
        thanks = client.get(f"/es/aportar/gracias/{held.token}")
        assert (thanks.status_code, "Te devolvimos este pago" in thanks.get_data(as_text=True)) == (200, True)
        assert (state(session, held), contributions(session)) == (CheckoutState.REFUNDED, 0)
        assert held.decision_reason == "No es de nadie que conozcamos"
        assert queries.unsettled_orders() == []
        balances = {row.account_code: row.balance_cents for row in queries.balances()}
        fee = fee_cents("card", 25_000_00)
        assert balances == {"1.1.2": -fee, "5.2.1": fee}  # the company keeps its fee
        assert verify_ledger() == []

    def test_no_news_moves_what_a_person_must_decide(self, session: Session, held: CheckoutOrder) -> None:
        store = simulator.store()
        store.put({**(store.get(held.company_id) or {}), "amount_total": 25_000_00})
        assert fulfil_checkout(held.company_id).state == CheckoutState.HELD

    def test_what_was_never_charged_does_not_enter_the_books(self, session: Session, held: CheckoutOrder) -> None:
        store = simulator.store()
        store.put({**(store.get(held.company_id) or {}), "payment_status": "unpaid"})
        with pytest.raises(NothingCharged):
            assign_held_payment(held, ask_payment(held.company_id), fund=held.fund, reason="x")
        assert contributions(session) == 0

    def test_only_the_treasurer_decides(
        self, held: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        login(Role.AUDITOR)
        assert client.get(f"/es/tesoreria/pagos-en-linea/{held.id}").status_code == 200
        for act in ("asignar", "devolver"):
            assert client.post(f"/es/tesoreria/pagos-en-linea/{held.id}/{act}").status_code == 403
