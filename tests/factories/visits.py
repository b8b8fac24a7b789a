"""Pages opened and forms sent, with the answer one expects."""

from typing import Any

from flask.testing import FlaskClient

from core.database import session


def ok(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


def posted(client: FlaskClient, url: str, status: int = 303, /, **data: Any) -> Any:
    answer = client.post(url, data=data)
    assert answer.status_code == status, (url, answer.status_code, answer.get_data(as_text=True)[-3000:])
    return answer


def fresh(kind: type[Any], number: int) -> Any:
    session().expire_all()
    found = session().get(kind, number)
    assert found is not None
    return found
