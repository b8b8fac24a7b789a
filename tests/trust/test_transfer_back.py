"""What the payment company cannot give back goes by transfer, and is entered as the bank shows it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.trust import make_fund, pesos
from tests.trust.checkout import pay
from tests.trust.paid import balances, learn, spend
from trust import queries, simulator
from trust.models import CheckoutOrder, Contribution, FundKind
from trust.services import catch_up_payments, fulfil_checkout, start_checkout, verify_ledger
from trust.simulator import aftermath
from trust.simulator.shapes import fee_cents
from trust.states import CheckoutState, ContributionState, ReceiptState

pytestmark = pytest.mark.usefixtures("clock", "caught")
FEE = fee_cents("oxxo", 500_00)
TYPED = {"amount": "500", "on": "2026-03-02", "bank_reference": "SPEI-77", "reason": "Pagó dos veces"}


def paid_in_a_shop(session: Session, payer: Client, kind: FundKind = FundKind.UNRESTRICTED) -> CheckoutOrder:
    order = start_checkout(
        fund=make_fund(kind, accepts_gifts=True), money=pesos(500), method="oxxo", email="ana@ejemplo.mx"
    )
    session.commit()
    pay(payer, order, accion="ficha")
    pay(payer, order, accion="pagar")
    return order


@pytest.fixture
def gift(session: Session, payer: Client) -> CheckoutOrder:
    order = paid_in_a_shop(session, payer)
    catch_up_payments(settle=session.commit)
    return order


def test_a_payment_of_a_shop_that_is_no_gift_finds_its_way_back(
    session: Session, payer: Client, client: FlaskClient, login: Callable[..., Any]
) -> None:
    order = paid_in_a_shop(session, payer)
    store = simulator.store()
    paid = store.get(order.company_id) or {}
    store.put({**paid, "client_reference_id": "otro"})
    fulfil_checkout(order.company_id)
    session.commit()
    login(Role.TREASURER)
    page = f"/es/tesoreria/pagos-en-linea/{order.id}"
    assert client.post(f"{page}/devolver", data={"devolver-reason": "De otro"}).status_code == 303
    session.expire_all()
    assert (order.state, queries.payments_held()) == (CheckoutState.REFUND_DUE, 1)
    assert balances() == {"1.1.2": 500_00 - FEE, "5.2.1": FEE, "2.1.1": -500_00}
    assert f"{page}/transferencia" in client.get(page).get_data(as_text=True)
    assert f"{page}/reembolso" not in client.get(page).get_data(as_text=True)
    for bad in ({"amount": "500.01"}, {"amount": "0"}, {"on": "2026-03-03"}, {"bank_reference": " "}, {"reason": " "}):
        refused = client.post(f"{page}/transferencia", data={**TYPED, **bad})
        assert (refused.status_code, "Pagó dos veces" in refused.get_data(as_text=True)) == (422, "reason" not in bad)
    assert client.post(f"{page}/transferencia", data=TYPED).status_code == 303
    assert client.post(f"{page}/transferencia", data=TYPED).status_code == 303  # the same line of the bank
    assert client.post(f"{page}/transferencia", data={**TYPED, "amount": "1"}).status_code == 422
    assert client.post(f"{page}/transferencia", data={**TYPED, "bank_reference": "SPEI-78"}).status_code == 422
    session.expire_all()
    assert (order.state, queries.payments_held(), queries.unsettled_orders()) == (CheckoutState.REFUNDED, 0, [])
    assert balances() == {"1.1.2": 500_00 - FEE, "5.2.1": FEE, "1.1.1": -500_00}
    assert verify_ledger() == []


def test_a_gift_of_a_shop_goes_back_in_parts_and_no_news_undoes_it(
    session: Session, gift: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
) -> None:
    login(Role.TREASURER)
    page = f"/es/tesoreria/pagos-en-linea/{gift.id}/transferencia"
    assert client.post(page, data={**TYPED, "amount": "200"}).status_code == 303
    learn(session, gift)
    found = session.scalars(select(Contribution)).one()
    assert (found.kept, queries.refundable(gift)) == (pesos(300), pesos(300))
    assert balances() == {"1.1.1": -200_00, "1.1.2": 500_00 - FEE, "5.2.1": FEE, "4.1.1": -300_00}
    letter = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert letter is not None
    assert "por transferencia" in letter.body_text
    assert client.post(page, data={**TYPED, "amount": "300", "bank_reference": "SPEI-78"}).status_code == 303
    learn(session, gift)
    assert found.receipt is not None
    assert (found.state, found.receipt.state) == (ContributionState.REFUNDED, ReceiptState.CANCELLED)
    assert verify_ledger() == []


def test_what_a_tied_fund_has_spent_is_not_sent_back(
    session: Session, payer: Client, client: FlaskClient, login: Callable[..., Any]
) -> None:
    order = paid_in_a_shop(session, payer, FundKind.RESTRICTED)
    catch_up_payments(settle=session.commit)
    spend(order.fund, pesos(400))
    session.commit()
    login(Role.TREASURER)
    answer = client.post(f"/es/tesoreria/pagos-en-linea/{order.id}/transferencia", data=TYPED)
    assert (answer.status_code, "no tiene saldo libre suficiente" in answer.get_data(as_text=True)) == (422, True)


def test_a_card_that_takes_nothing_back_leaves_the_bank(
    session: Session, payer: Client, client: FlaskClient, login: Callable[..., Any]
) -> None:
    order = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(500), method="card")
    session.commit()
    pay(payer, order)
    catch_up_payments(settle=session.commit)
    login(Role.TREASURER)
    page = f"/es/tesoreria/pagos-en-linea/{order.id}"
    assert f"{page}/transferencia" not in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}/reembolso", data={"amount": "500", "reason": "x"}).status_code == 303
    (made,) = [one for one in simulator.store().all("refund") if one["charge"] == order.charge_id]
    aftermath.fail_refund(simulator.store(), made["id"])
    learn(session, order)
    assert f"{page}/transferencia" in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}/transferencia", data=TYPED).status_code == 303
    learn(session, order)
    assert session.scalars(select(Contribution)).one().state == ContributionState.REFUNDED
    assert queries.refundable(order) == pesos(0)
    assert verify_ledger() == []
