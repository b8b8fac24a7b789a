"""The menu says where one is, also on pages that are reached from within."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from accounts.models import User
from core.roles import Role
from tests.factories.trust import make_books, make_fund
from tests.web.dom import parse


def marked(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    links = parse(answer.get_data()).xpath("//nav[contains(@class, 'menu-mine')]//a[@aria-current]")
    return [(link.text_content(), link.get("aria-current")) for link in links]


@pytest.mark.parametrize(
    ("role", "path", "there"),
    [
        (Role.TREASURER, "tesoreria/libro", [("Libro", "page")]),
        (Role.TREASURER, "tesoreria/periodos", [("Libro", "true")]),
        (Role.TREASURER, "tesoreria/paquetes", [("Aportaciones", "true")]),
        (Role.TREASURER, "tesoreria/pagos-en-linea", [("Aportaciones", "true")]),
        (Role.TREASURER, "tesoreria/pagos", [("Pagos", "page")]),
        (Role.TREASURER, "tesoreria/presupuesto", [("Estados financieros", "true")]),
        (Role.TREASURER, "ayuda", []),
        (Role.PROGRAMME_OFFICER, "tesoreria/paquetes", [("Patrocinios", "page")]),
        (Role.PROGRAMME_OFFICER, "programa/apoyos", [("Programa", "true")]),
    ],
)
def test_the_menu_marks_the_one_place_one_is_at(
    client: FlaskClient, login: Callable[[Role], User], role: Role, path: str, there: list[tuple[str, str]]
) -> None:
    make_books()
    make_fund()
    login(role)
    assert marked(client, f"/es/{path}") == there
