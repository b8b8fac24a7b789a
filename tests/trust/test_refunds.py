"""Money that goes back: asked for once, granted once, and undone where the bank sends it back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock
from core.jobs import run_due
from core.money import Money
from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.trust import make_fund, pesos
from tests.trust.paid import FEE, balances, learn, paid_order, spend
from trust import gateway, queries, simulator
from trust.errors import (
    FundOverdrawn,
    PaidOnline,
    PaymentUnavailable,
    ReasonRequired,
    RefundNotPossible,
    RefundTooLarge,
)
from trust.models import CheckoutOrder, Contribution, FundKind, RefundRequest
from trust.services import (
    catch_up_payments,
    correct_entry,
    request_refund,
    start_checkout,
    verify_ledger,
)
from trust.simulator import aftermath
from trust.states import ContributionState, ReceiptState, RefundState

pytestmark = pytest.mark.usefixtures("clock", "caught")


@pytest.fixture
def order(session: Session, payer: Client) -> CheckoutOrder:
    return paid_order(session, payer)


class TestRefunds:
    def test_part_of_a_payment_goes_back_and_then_the_rest(
        self, session: Session, order: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        login(Role.TREASURER)
        address = f"/es/tesoreria/pagos-en-linea/{order.id}"
        assert f"{address}/reembolso" in client.get(address).get_data(as_text=True)
        typed = {"amount": "10,000", "reason": "Pagó dos veces"}
        for bad in ({"amount": "25,000.01"}, {"amount": "0"}, {"reason": " "}):
            answer = client.post(f"{address}/reembolso", data={**typed, **bad})
            assert answer.status_code == 422
        assert client.post(f"{address}/reembolso", data=typed).status_code == 303
        session.expire_all()
        gift = session.scalars(select(Contribution)).one()
        assert (gift.state, gift.refunded, gift.kept) == (ContributionState.RECEIVED, pesos(10_000), pesos(15_000))
        assert balances() == {"1.1.2": 15_000_00 - FEE, "5.2.1": FEE, "4.1.1": -15_000_00}
        assert gift.receipt is not None
        assert gift.receipt.state == ReceiptState.VALID
        assert "10,000.00" in client.get(f"/es/recibos/{gift.receipt.code}").get_data(as_text=True)
        assert client.post(f"{address}/reembolso", data={**typed, "amount": "15,000.01"}).status_code == 422
        assert client.post(f"{address}/reembolso", data={**typed, "amount": "15,000"}).status_code == 303
        session.expire_all()
        assert (gift.state, gift.receipt.state) == (ContributionState.REFUNDED, ReceiptState.CANCELLED)
        assert balances() == {"1.1.2": -FEE, "5.2.1": FEE}
        letters = [one.subject for one in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]
        assert letters[1:] == [f"Devolución de tu aportación {gift.receipt.code}"] * 2
        assert f"{address}/reembolso" not in client.get(address).get_data(as_text=True)
        assert verify_ledger() == []

    def test_a_refund_that_the_bank_sends_back_undoes_itself(self, session: Session, order: CheckoutOrder) -> None:
        made = aftermath.refund(simulator.store(), {"charge": order.charge_id, "amount": 5_000_00})
        learn(session, order)
        assert balances()["4.1.1"] == -20_000_00
        aftermath.fail_refund(simulator.store(), made["id"])
        learn(session, order)
        learn(session, order)
        assert balances() == {"1.1.2": 25_000_00 - FEE, "5.2.1": FEE, "4.1.1": -25_000_00}
        assert session.scalars(select(Contribution)).one().refunded == pesos(0)
        assert verify_ledger() == []

    def test_who_gave_reads_that_it_went_back_wherever_they_look(
        self, session: Session, order: CheckoutOrder, client: FlaskClient
    ) -> None:
        thanks = f"/es/aportar/gracias/{order.token}"
        gift = session.scalars(select(Contribution)).one()
        assert gift.receipt is not None
        document = f"/es/recibos/documento/{gift.receipt.token}"
        assert f"/es/recibos/archivo/{gift.receipt.token}" in client.get(thanks).get_data(as_text=True)
        assert "Este recibo se canceló" not in client.get(document).get_data(as_text=True)
        aftermath.refund(simulator.store(), {"charge": order.charge_id})
        learn(session, order)
        page = client.get(thanks).get_data(as_text=True)
        assert "Te devolvimos este pago" in page
        assert "/es/recibos/archivo/" not in page
        assert "Este recibo se canceló" in client.get(document).get_data(as_text=True)

    def test_one_of_everything_that_the_bank_sends_back_leaves_the_gift_here_and_its_receipt_cancelled(
        self, session: Session, order: CheckoutOrder
    ) -> None:
        made = aftermath.refund(simulator.store(), {"charge": order.charge_id})
        learn(session, order)
        gift = session.scalars(select(Contribution)).one()
        assert gift.state == ContributionState.REFUNDED
        aftermath.fail_refund(simulator.store(), made["id"])
        learn(session, order)
        assert gift.receipt is not None
        assert (gift.state, gift.kept, gift.receipt.state) == (
            ContributionState.RECEIVED, pesos(25_000), ReceiptState.CANCELLED,
        )  # fmt: skip
        assert balances() == {"1.1.2": 25_000_00 - FEE, "5.2.1": FEE, "4.1.1": -25_000_00}
        assert verify_ledger() == []

    def test_what_cannot_go_back_is_refused_by_name(
        self, session: Session, payer: Client, order: CheckoutOrder
    ) -> None:
        with pytest.raises(ReasonRequired):
            request_refund(order, pesos(1), reason=" ")
        for money in (pesos(0), pesos(-1), pesos(25_001), Money(100, "EUR")):
            with pytest.raises(RefundTooLarge):
                request_refund(order, money, reason="x")
        restricted = paid_order(session, payer, make_fund(FundKind.RESTRICTED, accepts_gifts=True))
        spend(restricted.fund, pesos(23_500))
        with pytest.raises(FundOverdrawn):
            request_refund(restricted, pesos(1_000), reason="x")
        shop = start_checkout(fund=order.fund, money=pesos(500), method="oxxo")
        with pytest.raises(RefundNotPossible):
            request_refund(shop, pesos(1), reason="x")
        assert session.scalars(select(RefundRequest)).all() == []

    def test_two_wishes_never_add_up_to_more_than_was_paid(self, session: Session, order: CheckoutOrder) -> None:
        request_refund(order, pesos(20_000), reason="x")
        with pytest.raises(RefundTooLarge):
            request_refund(order, pesos(5_001), reason="x")

    def test_a_wish_that_got_no_answer_is_asked_once_more_and_granted_once(
        self, session: Session, order: CheckoutOrder, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
    ) -> None:
        clock.advance(minutes=15)
        run_due()  # what was asked after the payment itself; nothing is left to ask
        request_refund(order, pesos(1_000), reason="x")
        session.commit()
        really = gateway.refund

        def lost(*given: Any, **named: Any) -> str:
            really(*given, **named)
            raise PaymentUnavailable()

        monkeypatch.setattr(gateway, "refund", lost)
        catch_up_payments(settle=session.commit)
        assert [one.state for one in queries.requests_of(order)] == [RefundState.REQUESTED]
        monkeypatch.undo()
        session.commit()
        clock.advance(minutes=30)
        run_due()  # by itself, although no payment is on its way
        session.expire_all()
        assert [one.state for one in queries.requests_of(order)] == [RefundState.ACCEPTED]
        catch_up_payments(settle=session.commit)
        session.expire_all()
        assert [one.state for one in queries.requests_of(order)] == [RefundState.ACCEPTED]
        assert session.scalars(select(Contribution)).one().refunded == pesos(1_000)
        assert len([one for one in simulator.store().all("refund") if one["charge"] == order.charge_id]) == 1

    def test_what_the_bank_sent_back_may_be_asked_for_again(
        self, session: Session, order: CheckoutOrder, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        login(Role.TREASURER)
        page = f"/es/tesoreria/pagos-en-linea/{order.id}/reembolso"
        typed = {"amount": "25,000", "reason": "Pagó dos veces"}
        assert client.post(page, data=typed).status_code == 303
        (made,) = [one for one in simulator.store().all("refund") if one["charge"] == order.charge_id]
        aftermath.fail_refund(simulator.store(), made["id"])
        learn(session, order)
        learn(session, order)
        assert [one.state for one in queries.requests_of(order)] == [RefundState.REFUSED]
        assert "no recibió la devolución" in client.get(page.removesuffix("/reembolso")).get_data(as_text=True)
        assert client.post(page, data=typed).status_code == 303
        session.expire_all()
        assert [one.state for one in queries.requests_of(order)] == [RefundState.REFUSED, RefundState.ACCEPTED]
        assert session.scalars(select(Contribution)).one().state == ContributionState.REFUNDED
        assert verify_ledger() == []

    def test_what_was_paid_on_line_is_given_back_not_reversed(self, session: Session, order: CheckoutOrder) -> None:
        entry = queries.entry_of(order.contribution) if order.contribution else None
        assert entry is not None
        with pytest.raises(PaidOnline):
            correct_entry(entry, reason="x")
