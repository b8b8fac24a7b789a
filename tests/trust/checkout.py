"""Paying on line in the tests, and what came of it."""

import json
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from tests.factories.trust import make_fund, pesos
from tests.trust.conftest import Caught
from trust import simulator
from trust.models import CheckoutOrder, Contribution
from trust.services import (
    start_checkout,
)
from trust.simulator.notices import sign
from trust.states import CheckoutState

GOOD_CARD = "4242 4242 4242 4242"


def pay(payer: Client, order: CheckoutOrder, **form: str) -> int:
    return payer.post(f"/cobro/{order.session_id}", data=form or {"numero": GOOD_CARD}).status_code


def contributions(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count(Contribution.id))) or 0


def state(session: Session, order: CheckoutOrder) -> CheckoutState:
    session.expire_all()
    return session.get_one(CheckoutOrder, order.id).state


def signed(body: dict[str, Any]) -> Caught:
    payload = json.dumps(body).encode()
    return Caught(payload, {"Stripe-Signature": sign(payload, simulator.webhook_secret())})


def oxxo(session: Session) -> CheckoutOrder:
    opened = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(500), method="oxxo")
    session.commit()
    return opened
