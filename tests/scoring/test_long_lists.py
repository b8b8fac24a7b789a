"""A long desk and a large committee are shown part by part, and the parts are all of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.roles import Role
from scoring import queries
from scoring.routes import desk, panels
from tests.factories import scoring as make

pytestmark = pytest.mark.usefixtures("clock", "app")

Login = Callable[..., Any]


def test_a_desk_goes_on_on_its_next_page(
    client: FlaskClient, login: Login, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PER_PAGE", 2)
    panel = make.assigned_panel(3, 3, login(Role.REVIEWER).id)
    session.commit()
    codes = [dossier.code for dossier in queries.open_dossiers(panel)]
    shown = []
    for number in (1, 2, 9):
        page = client.get(f"/es/evaluacion?pagina={number}").text
        assert "Llevas 0 de 3 expedientes." in page
        assert "Te faltan 3." in page
        assert "quedan 20 días." in page
        assert f"Seguir con {codes[0]}" in page
        assert ("Página 1 de 2" in page) == (number == 1)
        shown.append([code for code in codes if f'/es/evaluacion/{code}">{code}' in page])
    assert shown == [codes[:2], codes[2:], codes[2:]]


def test_a_committees_pages_show_whom_to_look_at_first_and_everybody_on_request(
    client: FlaskClient, login: Login, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "SHOWN", 1)
    panel = make.assigned_panel(2, 3)
    for assignment in queries.assignments_of_panel(panel):
        if assignment.seat.letter != "C":
            make.review(assignment, *((2, 2, 2, 2) if assignment.seat.letter == "B" else (4, 4, 4, 4)))
    login(Role.PROGRAMME_OFFICER)
    session.commit()
    base = f"/es/paneles/{panel.id}"
    for address, first, everybody in ((base, "C", ["A", "B", "C"]), (f"{base}/marcha", "A", ["A", "B"])):
        page = client.get(address).text
        assert letters(page) == [first]
        assert f"Ver a las {len(everybody)} personas" in page
        assert letters(client.get(f"{address}?personas=todas").text) == everybody


def letters(page: str) -> list[str]:
    """The letters that head the rows of the table of people."""
    table = next(one for one in page.split("<table")[1:] if re.search("Personas evaluadoras</caption|Inclinación", one))
    return re.findall(r'data-label="Letra"><span class="cell-value">([A-C])<', table)
