"""What the payment company tells about a payment whose fund has closed since reaches the fund that took its rest."""

from datetime import date

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import Client

from mail.models import OutboxMessage
from tests.factories.trust import close_fund, give, make_fund, pesos
from tests.trust.paid import FEE, balances, learn, paid_order
from trust import gateway, queries, simulator
from trust.models import CheckoutOrder, Fund, FundKind
from trust.queries.fund_closings import heir_of
from trust.services import apply_payout, return_by_transfer, verify_ledger
from trust.simulator import aftermath
from trust.states import ContributionState, FundState

pytestmark = pytest.mark.usefixtures("clock", "caught")


def deposited(session: Session, order: CheckoutOrder) -> None:
    apply_payout(gateway.payout(aftermath.pay_out(simulator.store(), [order.charge_id or ""])["id"]))
    session.commit()


def refunded_then_closed(session: Session, payer: Client, heir: Fund | None) -> tuple[CheckoutOrder, str]:
    """A gift of 25,000 of which 5,000 went back, deposited; then its fund closes."""
    order = paid_order(session, payer, make_fund(FundKind.DESIGNATED, accepts_gifts=True))
    made = aftermath.refund(simulator.store(), {"charge": order.charge_id, "amount": 5_000_00})
    learn(session, order)
    deposited(session, order)
    close_fund(order.fund, heir)
    session.commit()
    assert order.fund.state == FundState.CLOSED
    return order, made["id"]


def test_a_refund_that_fails_after_its_fund_closed_brings_the_money_to_the_heir(
    session: Session, payer: Client
) -> None:
    heir = make_fund()
    order, refund_id = refunded_then_closed(session, payer, heir)
    before = balances(order.fund)
    aftermath.fail_refund(simulator.store(), refund_id)
    for _again in range(2):
        learn(session, order)
    assert balances(order.fund) == before
    assert balances(heir)["1.1.2"] == 5_000_00
    assert -balances(heir)["4.1.1"] == 5_000_00
    assert (order.contribution and order.contribution.refunded) == pesos(0)
    deposited(session, order)
    assert balances(heir)["1.1.1"] == 25_000_00 - FEE
    assert session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first() is not None
    assert verify_ledger() == []


def test_what_came_back_to_the_heir_can_go_back_again(session: Session, payer: Client) -> None:
    heir = make_fund()
    order, refund_id = refunded_then_closed(session, payer, heir)
    store = simulator.store()
    aftermath.fail_refund(store, refund_id)
    learn(session, order)
    aftermath.refund(store, {"charge": order.charge_id, "amount": 25_000_00})
    learn(session, order)
    assert order.contribution is not None
    assert order.contribution.state == ContributionState.REFUNDED
    # 5,000 of income that came back went again; the other 20,000 had come as the closed fund's rest: the heir's loss.
    assert (balances(heir).get("4.1.1", 0), balances(heir)["5.2.2"]) == (0, 20_000_00)
    assert verify_ledger() == []


def test_a_refund_after_the_closing_is_borne_by_the_heir_not_by_other_givers(session: Session, payer: Client) -> None:
    general, heir = make_fund(), make_fund(FundKind.DESIGNATED)
    order = paid_order(session, payer, make_fund(FundKind.DESIGNATED, accepts_gifts=True))
    deposited(session, order)
    close_fund(order.fund, heir)
    aftermath.refund(simulator.store(), {"charge": order.charge_id, "amount": 1_000_00})
    learn(session, order)
    assert (balances(heir)["5.2.2"], balances(general)) == (1_000_00, {})
    assert verify_ledger() == []


def test_what_goes_back_by_transfer_after_the_closing_is_counted(session: Session, payer: Client) -> None:
    heir = make_fund()
    order = paid_order(session, payer, make_fund(FundKind.DESIGNATED, accepts_gifts=True))
    deposited(session, order)
    close_fund(order.fund, heir)
    return_by_transfer(order, pesos(300), on=date(2026, 3, 2), bank_reference="SPEI-9", reason="Cerró su tarjeta")
    assert queries.sent_by_transfer(order) == pesos(300)
    assert order.contribution is not None
    assert order.contribution.refunded == pesos(300)
    assert balances(heir)["5.2.2"] == 300_00
    learn(session, order)
    assert order.contribution.refunded == pesos(300)
    assert verify_ledger() == []


def test_a_dispute_won_back_after_the_closing_reaches_the_heir(session: Session, payer: Client) -> None:
    heir = make_fund()
    order = paid_order(session, payer, make_fund(FundKind.DESIGNATED, accepts_gifts=True))
    deposited(session, order)
    close_fund(order.fund, heir)
    store = simulator.store()
    made = aftermath.dispute(store, order.charge_id or "")
    learn(session, order)
    assert balances(heir)["1.1.4"] == 25_000_00
    aftermath.decide(store, made["id"], won=True)
    learn(session, order)
    assert balances(heir).get("1.1.4", 0) == 0
    assert verify_ledger() == []


def test_the_heir_of_an_heir_answers_and_without_one_the_general_fund(session: Session) -> None:
    general, first, second, third = make_fund(), make_fund(), make_fund(), make_fund()
    give(first, pesos(10))
    close_fund(first, second)
    assert heir_of(first) is second
    close_fund(second, third)
    assert (heir_of(first), heir_of(third)) == (third, third)
    close_fund(third, general)
    assert heir_of(first) is general
    empty = make_fund()
    close_fund(empty)
    assert heir_of(empty) is general
