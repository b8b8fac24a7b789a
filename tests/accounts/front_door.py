"""What people do at the front door, and what they see of the answer."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.models import User
from tests.factories.accounts import PASSWORD

OTHER_PASSWORD = "otra frase bien distinta"
Login = Callable[..., User]
Link = Callable[[str], str]
Code = Callable[..., str]


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **query: str) -> TestResponse:
    return client.post("/es/cuenta/entrar", query_string=query, data={"email": email, "password": password})


def status(client: FlaskClient, path: str = "/es/cuenta") -> int:
    return client.get(path).status_code


def answer(response: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """What somebody outside sees of a response, without what differs on every request."""
    headers = [(name, value) for name, value in response.headers if name not in ("X-Request-Id", "Set-Cookie", "Date")]
    return response.status_code, re.sub(r'value="[^"]*"', "", response.text), headers
