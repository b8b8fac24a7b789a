"""An officer keeps filters of the queue by name; the address is the filter, and one of them opens the list."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.database import db
from core.roles import Role
from grants.errors.queue import TooManyFilters
from grants.models import Call, SavedFilter
from grants.queries import bulk as queries
from grants.services import saved_filters
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import make_open_call
from tests.web.dom import parse, text_of


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def page(client: FlaskClient, officer: User) -> str:
    call: Call = make_open_call()
    db.session.commit()
    sign_in_as(client, officer)
    return f"/es/programa/{call.slug}/"


def kept(officer: User) -> list[tuple[str, dict[str, str], bool]]:
    db.session.expire_all()
    return [(one.name, one.query, one.is_default) for one in queries.saved_filters(officer.id)]


def test_the_address_is_kept_by_name_without_what_means_nothing(client: FlaskClient, page: str, officer: User) -> None:
    address = f"{page}solicitudes/filtros?estado=in_cure&orden=-monto&q=&tipo=nadie&pagina=7&hack=1"
    assert client.post(address, data={"name": "Por corregir"}).status_code == 303
    assert kept(officer) == [("Por corregir", {"estado": "in_cure", "orden": "-monto"}, False)]
    again = client.post(address, data={"name": "por corregír"})
    assert again.status_code == 422
    assert "Ya tienes un filtro con ese nombre" in text_of(parse(again.get_data()))
    for fields, said in (({"name": ""}, "Escribe un nombre."), ({"name": "x" * 61}, "Es demasiado largo")):
        answer = client.post(address, data=fields)
        assert (answer.status_code, said in text_of(parse(answer.get_data()))) == (422, True)
    empty = client.post(f"{page}solicitudes/filtros", data={"name": "Nada"})
    assert (empty.status_code, "No hay nada filtrado" in text_of(parse(empty.get_data()))) == (422, True)


def test_the_list_opens_with_the_default_and_the_whole_list_stays_one_click_away(
    client: FlaskClient, page: str, officer: User
) -> None:
    for name in ("uno", "dos"):
        client.post(f"{page}solicitudes/filtros?q={name}", data={"name": name, "default": "y"})
    assert kept(officer) == [("dos", {"q": "dos"}, True), ("uno", {"q": "uno"}, False)]
    answer = client.get(f"{page}solicitudes")
    assert (answer.status_code, answer.location) == (302, f"{page}solicitudes?q=dos")
    whole = parse(client.get(f"{page}solicitudes?q=dos").get_data()).xpath("//a[normalize-space()='Todas']/@href")
    assert client.get(str(whole[0])).status_code == 200
    number = queries.saved_filters(officer.id)[0].id
    assert client.post(f"{page}filtros/{number}/abrir").status_code == 303
    assert client.get(f"{page}solicitudes").status_code == 200


def test_rename_and_delete_one_s_own_and_nobody_else_s(client: FlaskClient, page: str, officer: User) -> None:
    client.post(f"{page}solicitudes/filtros?q=uno", data={"name": "Uno"})
    number = queries.saved_filters(officer.id)[0].id
    assert client.post(f"{page}filtros/{number}", data={"name": "Otro"}).status_code == 303
    assert kept(officer) == [("Otro", {"q": "uno"}, False)]
    sign_in_as(client, make_user(Role.PROGRAMME_OFFICER))
    for address in (f"filtros/{number}", f"filtros/{number}/abrir", f"filtros/{number}/borrar"):
        assert client.post(page + address, data={"name": "Hack"}).status_code == 404
    sign_in_as(client, officer)
    assert client.post(f"{page}filtros/{number}/borrar").status_code == 303
    assert kept(officer) == []
    assert client.post(f"{page}filtros/{number}/borrar").status_code == 404


def test_thirty_are_enough(officer: User) -> None:
    for number in range(saved_filters.MOST_FILTERS):
        saved_filters.save_filter(officer.id, name=f"Filtro {number}", query={"q": str(number)})
    with pytest.raises(TooManyFilters):
        saved_filters.save_filter(officer.id, name="Uno más", query={"q": "x"})


def test_double_clicks_save_once_and_leave_one_default(app: Flask, page: str, officer: User) -> None:
    clients = [app.test_client() for _click in range(4)]
    for one in clients:
        sign_in_as(one, officer)
    together, answers = threading.Barrier(4), list[int]()

    def click(one: FlaskClient, number: int) -> None:
        together.wait()
        address, name = f"{page}solicitudes/filtros?q=uno", f"Filtro {number // 2}"  # two of each name
        answers.append(one.post(address, data={"name": name, "default": "y"}).status_code)

    threads = [threading.Thread(target=click, args=(one, number)) for number, one in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 303, 422, 422]
    assert len(kept(officer)) == 2
    assert db.session.scalar(select(func.count()).select_from(SavedFilter).where(SavedFilter.is_default)) == 1
