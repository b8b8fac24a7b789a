"""A form whose token is not ours is refused, to the one who sent it; who is in already is led on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.roles import Role
from tests.factories.accounts import PASSWORD, make_user
from tests.web.dom import parse

SIGN_IN = "/es/cuenta/entrar"


@pytest.fixture(autouse=True)
def guard(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms' guard is up, which the client lowers."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def token(client: FlaskClient, path: str = SIGN_IN) -> str:
    return str(parse(client.get(path).get_data()).xpath("//main//input[@name='csrf_token']/@value")[0])


@pytest.mark.parametrize(
    ("roles", "wanted", "place"),
    [
        ((), "", "/es/mi-espacio"),
        ((), "?next=/es/cuenta", "/es/cuenta"),
        ((), "?next=https://example.org/&_scheme=http&_external=1", "/es/mi-espacio"),
        ((Role.TREASURER,), "", "/es/cuenta/segundo-paso"),
    ],
)
def test_the_second_of_two_sign_in_tabs_is_led_on(
    session: Session, client: FlaskClient, roles: tuple[Role, ...], wanted: str, place: str
) -> None:
    make_user(*roles, email="ana@example.org")
    session.commit()
    typed = {"csrf_token": token(client), "email": "ana@example.org", "password": PASSWORD}
    assert client.post(SIGN_IN, data=typed).status_code == 303
    led = client.post(SIGN_IN + wanted, data=typed, follow_redirects=True)
    assert [step.status_code for step in led.history] == [303, 303]
    assert led.request.path == place


def test_a_visitor_is_refused_as_a_visitor(
    app: Flask, session: Session, client: FlaskClient, login: Callable[..., Any]
) -> None:
    login(make_user(email="ana@example.org", name="Ana Ruiz"))
    page = client.get("/es/mi-espacio")
    assert "Ana Ruiz" in page.get_data(as_text=True)
    refused = app.test_client().post(SIGN_IN, data={"csrf_token": "x", "email": "ana@example.org"})
    assert refused.status_code == 400
    assert "Ana Ruiz" not in refused.get_data(as_text=True)
    assert refused.headers["X-Request-Id"] != page.headers["X-Request-Id"]
