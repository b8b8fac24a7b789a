"""The simulator's notices are caught here instead of travelling: a test delivers them when and how it wants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client
from werkzeug.wrappers import Response

from trust import simulator


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
