"""What the database refuses is told as a page: nothing saved, nothing typed lost, and never a fault of ours."""

from functools import wraps

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.web.dom import parse, text_of

WRITTEN = "Tres talleres con jóvenes y un concierto abierto."


@pytest.mark.parametrize(
    ("trouble", "answered"),
    [
        (IntegrityError("INSERT", {}, Exception("unique")), (409, False)),
        (StaleDataError("0 were matched"), (409, True)),
        (DataError("INSERT", {}, Exception("out of range")), (422, False)),
        (OperationalError("INSERT", {}, Exception("database is locked")), (503, False)),
    ],
)
def test_trouble_with_the_database_is_a_page(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, trouble: Exception, answered: tuple[int, bool]
) -> None:
    page = app.view_functions["accounts.forgot_password"]

    @wraps(page)  # it keeps the page's guard
    def fails() -> None:
        raise trouble

    monkeypatch.setitem(app.view_functions, "accounts.forgot_password", fails)
    answer = client.post("/es/cuenta/olvide", data={"summary": WRITTEN})
    tree = parse(answer.get_data())
    assert (answer.status_code, WRITTEN in text_of(tree)) == answered
    assert len(text_of(tree.xpath("//main")[0]).split()) > 12
