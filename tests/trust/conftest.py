"""What the tests of the trust share.

The simulator's notices are caught here instead of travelling: a test delivers them when and how it wants.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import Client
from werkzeug.wrappers import Response

from accounts.models import User
from core.roles import Role
from tests.factories.accounts import make_user
from tests.factories.trust import make_fund, pesos
from tests.trust.cfdi import configured, emitter_settings
from trust import simulator
from trust.models import CheckoutOrder
from trust.services import start_checkout
from trust.simulator.pac import SimulatedPac, simulated_pac


@dataclass
class Caught:
    """One signed notice on its way to us."""

    payload: bytes
    headers: Mapping[str, str]

    def deliver(self, client: FlaskClient) -> tuple[int, str]:
        """Hand it in, as it is, and return status and answer."""
        answer = client.post("/stripe/avisos", data=self.payload, headers=dict(self.headers))
        return answer.status_code, answer.get_data(as_text=True)


@pytest.fixture
def caught(app: Flask) -> Iterator[list[Caught]]:
    """Every notice the simulator sent in this test, oldest first."""
    notices: list[Caught] = []
    simulator.store().clear()

    def keep(_url: str, payload: bytes, headers: Mapping[str, str]) -> int:
        notices.append(Caught(payload, headers))
        return 202

    previous = simulator.set_deliverer(keep)
    yield notices
    simulator.set_deliverer(previous)


@pytest.fixture
def payer(app: Flask) -> Client:
    """A browser on the payment company's pages."""
    return Client(simulator.wsgi_app(), Response)


@pytest.fixture
def order(session: Session) -> CheckoutOrder:
    """A gift on line whose giver is on the payment company's page."""
    opened = start_checkout(fund=make_fund(accepts_gifts=True), money=pesos(25_000), method="card")
    session.commit()
    return opened


@pytest.fixture
def issuing(app: Flask, tmp_path: Path) -> Iterator[None]:
    """An emitter of fiscal receipts is configured and nobody stamps."""
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


@pytest.fixture
def treasurer(session: Session) -> User:
    """Whoever closes months."""
    return make_user(Role.TREASURER, name="Ana Tesorera")


@pytest.fixture
def authoriser(session: Session) -> User:
    """Whoever else it takes to open one again."""
    return make_user(Role.PAYMENT_AUTHORISER, name="Pía Autoriza")
