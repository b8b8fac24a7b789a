"""After the payment: refunds, disputes and deposits. Whatever comes in whatever order, the books end where the
company's own account does.
"""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.money import Money
from core.roles import Role
from tests.factories.trust import give, make_fund, pesos
from tests.trust.checkout import pay, signed
from tests.trust.conftest import Caught
from tests.trust.paid import FEE, balances, learn, paid_order, spend
from trust import gateway, queries, simulator
from trust.models import CheckoutOrder, Contribution, FundKind, OnlineMovement
from trust.services import (
    apply_payout,
    catch_up_payments,
    start_checkout,
    verify_ledger,
)
from trust.simulator import aftermath
from trust.simulator.shapes import event
from trust.states import ContributionState, DisputeState, PayoutState, ReceiptState

pytestmark = pytest.mark.usefixtures("clock", "caught")


@pytest.fixture
def order(session: Session, payer: Client) -> CheckoutOrder:
    return paid_order(session, payer)


class TestDisputes:
    def test_a_dispute_that_is_won_leaves_no_trace_in_any_balance(self, session: Session, order: CheckoutOrder) -> None:
        opened = aftermath.dispute(simulator.store(), order.charge_id or "")
        learn(session, order)
        fee = aftermath.DISPUTE_FEE_CENTS
        assert balances() == {
            "1.1.2": -FEE - fee, "1.1.4": 25_000_00, "5.2.1": FEE + fee, "4.1.1": -25_000_00,
        }  # fmt: skip
        assert queries.disputes_open() == 1
        aftermath.decide(simulator.store(), opened["id"], won=True)
        learn(session, order)
        assert balances() == {"1.1.2": 25_000_00 - FEE, "5.2.1": FEE, "4.1.1": -25_000_00}
        assert [one.state for one in queries.disputes_of(order)] == [DisputeState.WON]
        assert verify_ledger() == []

    def test_a_dispute_that_is_lost_takes_the_gift_and_its_receipt_back(
        self, session: Session, order: CheckoutOrder
    ) -> None:
        opened = aftermath.dispute(simulator.store(), order.charge_id or "")
        aftermath.decide(simulator.store(), opened["id"], won=False)
        learn(session, order)
        learn(session, order)
        fee = aftermath.DISPUTE_FEE_CENTS
        assert balances() == {"1.1.2": -FEE - fee, "5.2.1": FEE + fee}
        gift = session.scalars(select(Contribution)).one()
        assert gift.receipt is not None
        assert (gift.state, gift.receipt.state) == (ContributionState.REFUNDED, ReceiptState.CANCELLED)
        assert [one.state for one in queries.disputes_of(order)] == [DisputeState.LOST]
        assert verify_ledger() == []

    @pytest.mark.parametrize("first", [25_000_00, 10_000_00])
    def test_what_leaves_beyond_the_gift_is_an_expense_and_never_income_below_nothing(
        self, session: Session, order: CheckoutOrder, first: int
    ) -> None:
        store = simulator.store()
        aftermath.refund(store, {"charge": order.charge_id, "amount": first})
        learn(session, order)
        store.put({**(store.get(order.charge_id or "") or {}), "amount_refunded": 0})  # the bank contests all of it
        opened = aftermath.dispute(store, order.charge_id or "")
        aftermath.decide(store, opened["id"], won=False)
        learn(session, order)
        learn(session, order)
        fee = aftermath.DISPUTE_FEE_CENTS
        assert balances() == {"1.1.2": -FEE - fee - first, "5.2.1": FEE + fee, "5.2.2": first}
        gift = session.scalars(select(Contribution)).one()
        assert (gift.state, gift.refunded) == (ContributionState.REFUNDED, pesos(25_000))
        assert verify_ledger() == []

    def test_what_a_restricted_fund_has_spent_the_general_fund_bears_in_the_open(
        self, session: Session, payer: Client
    ) -> None:
        general = make_fund()
        give(general, pesos(50_000))
        restricted = make_fund(FundKind.RESTRICTED, accepts_gifts=True)
        order = paid_order(session, payer, restricted)
        spend(restricted, pesos(20_000))
        session.commit()
        opened = aftermath.dispute(simulator.store(), order.charge_id or "")
        aftermath.decide(simulator.store(), opened["id"], won=False)
        learn(session, order)
        fee = aftermath.DISPUTE_FEE_CENTS
        assert balances(general) == {
            "1.1.1": 50_000_00, "1.1.2": -25_000_00 - fee, "5.2.1": fee, "5.2.2": 25_000_00, "4.1.1": -50_000_00,
        }  # fmt: skip
        assert balances(restricted)["1.1.2"] == 5_000_00 - FEE
        assert verify_ledger() == []


def test_what_happened_to_a_payment_while_it_was_held_enters_the_books_with_it(
    session: Session, payer: Client, caught: list[Caught], client: FlaskClient, login: Callable[..., Any]
) -> None:
    order = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(25_000), method="card")
    session.commit()
    pay(payer, order)
    store = simulator.store()
    paid = store.get(order.company_id) or {}
    store.put({**paid, "amount_total": 1})
    assert caught[0].deliver(client) == (200, "applied")
    store.put(paid)
    charge = (store.get(paid["payment_intent"]) or {})["latest_charge"]
    made = aftermath.refund(store, {"charge": charge, "amount": 5_000_00})
    assert signed(event(store, "refund.created", made)).deliver(client) == (
        200,
        "applied",
    )
    login(Role.TREASURER)
    typed = {"asignar-fund": order.fund.code, "asignar-reason": "Sí era suyo"}
    assert client.post(f"/es/tesoreria/pagos-en-linea/{order.id}/asignar", data=typed).status_code == 303
    session.expire_all()
    assert session.scalars(select(Contribution)).one().refunded == pesos(5_000)
    assert balances() == {"1.1.2": 20_000_00 - FEE, "5.2.1": FEE, "4.1.1": -20_000_00}
    assert verify_ledger() == []


class TestDeposits:
    def test_a_deposit_is_posted_once_when_every_movement_in_it_is_known(
        self, session: Session, payer: Client, client: FlaskClient, login: Callable[..., Any]
    ) -> None:
        orders = [paid_order(session, payer), paid_order(session, payer)]
        aftermath.refund(simulator.store(), {"charge": orders[0].charge_id, "amount": 5_000_00})
        made = aftermath.pay_out(simulator.store(), [order.charge_id or "" for order in orders])
        payout = apply_payout(gateway.payout(made["id"]))
        session.commit()
        assert payout is not None
        assert (payout.state, payout.entry_id, queries.payouts_unmatched()) == (PayoutState.UNMATCHED, None, 1)
        login(Role.TREASURER)
        page = client.get(f"/es/tesoreria/depositos/{payout.id}").get_data(as_text=True)
        assert "movimientos que los libros no tienen" in page
        catch_up_payments(settle=session.commit)  # the notice of the refund was lost: asking brings it
        learn(session, orders[0])
        catch_up_payments(settle=session.commit)
        session.expire_all()
        assert payout.state == PayoutState.POSTED
        expected = 45_000_00 - 2 * FEE
        assert (balances()["1.1.1"], balances().get("1.1.2", 0), payout.amount_cents) == (expected, 0, expected)
        page = client.get(f"/es/tesoreria/depositos/{payout.id}").get_data(as_text=True)
        assert page.count("Cobro") == 2
        assert client.get("/es/tesoreria/depositos").status_code == 200
        apply_payout(gateway.payout(made["id"]))
        assert balances()["1.1.1"] == expected
        assert verify_ledger() == []

    def test_a_deposit_the_bank_refused_is_undone_and_its_movements_wait_again(
        self, session: Session, order: CheckoutOrder
    ) -> None:
        made = aftermath.pay_out(simulator.store(), [order.charge_id or ""])
        payout = apply_payout(gateway.payout(made["id"]))
        simulator.store().put({**made, "status": "failed"})
        for _again in range(2):
            apply_payout(gateway.payout(made["id"]))
        assert payout is not None
        assert payout.state == PayoutState.FAILED
        assert (balances().get("1.1.1", 0), balances()["1.1.2"]) == (0, 25_000_00 - FEE)
        assert {one.payout_id for one in session.scalars(select(OnlineMovement))} == {None}
        assert verify_ledger() == []

    @pytest.mark.parametrize("page", ["disputas", "depositos"])
    def test_staff_reads_and_strangers_do_not(
        self, client: FlaskClient, login: Callable[..., Any], order: CheckoutOrder, page: str
    ) -> None:
        assert client.get(f"/es/tesoreria/{page}").status_code in (302, 303, 401)
        login(Role.APPLICANT)
        assert client.get(f"/es/tesoreria/{page}").status_code == 403
        login(Role.AUDITOR)
        assert client.get(f"/es/tesoreria/{page}").status_code == 200
        assert client.post(f"/es/tesoreria/pagos-en-linea/{order.id}/reembolso").status_code == 403


def test_looking_for_missed_notices_asks_the_same_however_many_there_were(
    session: Session, order: CheckoutOrder, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    asked = []
    for more in (1, 30):  # a database takes so many values in one question, and a month has more notices
        for _number in range(more):
            event(simulator.store(), "customer.created", {"id": "cus_1", "object": "customer"})
            event(simulator.store(), "checkout.session.expired", {"id": "cs_otro", "object": "checkout.session"})
        catch_up_payments(settle=session.commit)
        with count_queries() as sent:
            catch_up_payments(settle=session.commit)
        asked.append([one for one in sent if "processed_event" in one])
    assert len(asked[0]) == 1
    assert asked[0] == asked[1]


class Storm:
    """Givers, the bank and the company at random; notices repeated, swapped, late, lost and twisted on their way."""

    def __init__(self, seed: int, session: Session, payer: Client, client: FlaskClient, caught: list[Caught]) -> None:
        self.dice = random.Random(seed)
        self.session, self.payer, self.client, self.caught = session, payer, client, caught
        self.store = simulator.store()
        self.funds = [make_fund(accepts_gifts=True), make_fund(FundKind.RESTRICTED, accepts_gifts=True)]
        session.commit()
        self.orders: list[CheckoutOrder] = []
        self.disputes: list[str] = []
        self.late: list[Caught] = []

    def tell(self, kind: str, about: dict[str, Any]) -> None:
        self.caught.append(signed(event(self.store, kind, about)))

    def charges(self) -> list[dict[str, Any]]:
        intents = {(self.store.get(order.company_id) or {}).get("payment_intent") for order in self.orders}
        return [one for one in self.store.all("charge", limit=100_000) if one["payment_intent"] in intents]

    def act(self) -> None:
        charges = [one for one in self.charges() if not one.get("disputed") and not one["refunded"]]
        act = self.dice.choice(["give", "give", "refund", "dispute", "decide", "deposit", "deliver", "deliver"])
        if act == "give":
            money = Money(self.dice.randint(1_000, 500_000), "MXN")
            self.orders.append(start_checkout(fund=self.dice.choice(self.funds), money=money, method="card"))
            self.session.commit()
            pay(self.payer, self.orders[-1])
        elif act == "refund" and charges:
            charge = self.dice.choice(charges)
            amount = self.dice.randint(1, charge["amount"] - charge["amount_refunded"])
            made = aftermath.refund(self.store, {"charge": charge["id"], "amount": amount})
            self.tell("refund.created", made)
            if self.dice.random() < 0.2:
                self.tell("refund.failed", aftermath.fail_refund(self.store, made["id"]))
        elif act == "dispute" and charges:
            made = aftermath.dispute(self.store, self.dice.choice(charges)["id"])
            self.disputes.append(made["id"])
            self.tell("charge.dispute.created", made)
        elif act == "decide" and self.disputes:
            named = self.disputes.pop(self.dice.randrange(len(self.disputes)))
            self.tell("charge.dispute.closed", aftermath.decide(self.store, named, won=self.dice.random() < 0.5))
        elif act == "deposit" and self.charges():
            self.tell("payout.paid", aftermath.pay_out(self.store, [one["id"] for one in self.charges()]))
        elif act == "deliver":
            self.deliver()

    def deliver(self) -> None:
        self.dice.shuffle(self.caught)
        for notice in [self.caught.pop() for _number in range(self.dice.randint(0, len(self.caught)))]:
            fate = self.dice.choice(["good", "good", "twice", "lost", "late", "twisted"])
            if fate == "twisted":
                bent = Caught(
                    notice.payload.replace(b'"livemode":false', b'"livemode": false', 1) + b" ", notice.headers
                )
                assert bent.deliver(self.client)[0] == 400
            if fate in ("good", "twice"):
                assert notice.deliver(self.client)[0] == 200
            if fate == "twice":
                assert notice.deliver(self.client) == (200, "repeated")
            if fate == "late":
                self.caught.insert(0, notice)


@pytest.mark.parametrize("seed", range(6))
def test_a_storm_of_notices_ends_where_the_companys_own_account_does(
    session: Session, payer: Client, client: FlaskClient, caught: list[Caught], seed: int
) -> None:
    storm = Storm(seed, session, payer, client, caught)
    for _step in range(40):
        storm.act()
    for _round in range(2):  # a deposit may wait for what the same look brings
        catch_up_payments(settle=session.commit)
    session.expire_all()
    charges = {one["id"] for one in storm.charges()}
    about = charges | {
        one["id"] for kind in ("refund", "dispute") for one in storm.store.all(kind, limit=100_000)
        if one["charge"] in charges
    }  # fmt: skip
    moves = [one for one in storm.store.all("balance_transaction", limit=100_000) if one["source"] in about]
    ours = balances()
    assert ours.get("1.1.2", 0) == sum(one["net"] for one in moves if not one["_payout"])
    assert ours.get("1.1.1", 0) == sum(one["net"] for one in moves if one["_payout"])
    assert ours.get("5.2.1", 0) == sum(one["fee"] for one in moves)
    open_disputes = [
        one for one in storm.store.all("dispute", limit=100_000)
        if one["charge"] in charges and one["status"] == "needs_response"
    ]  # fmt: skip
    assert ours.get("1.1.4", 0) == sum(one["amount"] for one in open_disputes)
    assert -ours.get("4.1.1", 0) - ours.get("5.2.2", 0) == sum(one["amount"] for one in moves) + ours.get("1.1.4", 0)
    assert {one.transaction_id for one in session.scalars(select(OnlineMovement))} == {one["id"] for one in moves}
    assert verify_ledger() == []
