"""Payments that arrived, and what the books say of them."""

from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import today
from core.money import Money
from tests.factories.trust import make_fund, pesos
from tests.trust.checkout import pay
from trust import queries
from trust.models import CheckoutOrder, Fund
from trust.services import (
    Line,
    catch_up_payments,
    entering_charge,
    post_entry,
    start_checkout,
)
from trust.simulator.shapes import fee_cents
from trust.states import CheckoutState

FEE = fee_cents("card", 25_000_00)


def paid_order(session: Session, payer: Client, fund: Fund | None = None, money: Money | None = None) -> CheckoutOrder:
    order = start_checkout(
        fund=fund or make_fund(accepts_gifts=True), money=money or pesos(25_000), method="card", email="ana@ejemplo.mx"
    )
    session.commit()
    pay(payer, order)
    catch_up_payments()
    session.commit()
    session.expire_all()
    assert order.state == CheckoutState.PAID
    return order


def balances(fund: Fund | None = None) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in queries.balances():
        if not row.account_code.startswith("8.") and (fund is None or row.fund_id == fund.id):
            found[row.account_code] = found.get(row.account_code, 0) + row.balance_cents
    return found


def learn(session: Session, order: CheckoutOrder) -> None:
    """Ask the company about a charge and enter what it says."""
    enter = entering_charge(order.charge_id or "")
    assert enter is not None
    enter()
    session.commit()
    session.expire_all()


def spend(fund: Fund, money: Money) -> None:
    lines = [Line("5.1.1", fund, money), Line("1.1.2", fund, -money)]
    post_entry(
        kind="adjustment",
        entry_date=today(),
        memo="Gasto",
        source="tests:1",
        lines=lines,
        idempotency_key=f"g{fund.id}",
    )
