"""The rules a call is judged by, read and worked out by anybody."""

import hashlib

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")


def test_anyone_reads_the_rulebook_and_can_hash_it(client: FlaskClient, session: Session) -> None:
    version = make.rulebook()
    session.commit()
    page = client.get(f"/es/reglas-de-evaluacion/{version.sha256}")
    assert page.status_code == 200
    assert version.sha256 in page.text
    assert "max-age=86400" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers
    again = client.get(f"/es/reglas-de-evaluacion/{version.sha256}", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    document = client.get(f"/es/reglas-de-evaluacion/{version.sha256}.json")
    assert hashlib.sha256(document.data).hexdigest() == version.sha256
    assert client.get("/es/reglas-de-evaluacion/abc").status_code == 404


def test_the_rulebook_is_worked_out_step_by_step(client: FlaskClient, session: Session) -> None:
    version = make.rulebook()
    session.commit()
    page = client.get(f"/es/reglas-de-evaluacion/{version.sha256}").text
    assert "Calificación oficial: 100.00. Cumple los mínimos y entra al orden." in page
    assert "No cumple los mínimos y no entra al orden." in page
    assert "se llama a otra persona." in page


def test_the_rulebook_reads_in_english(client: FlaskClient, session: Session) -> None:
    version = make.rulebook()
    session.commit()
    assert "Quality of the proposal" in client.get(f"/en/reglas-de-evaluacion/{version.sha256}").text
