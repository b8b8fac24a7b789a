"""Registering through the front door, and what a stranger cannot learn there."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts import services
from accounts.models import User
from core.clock import FrozenClock
from core.jobs import run_due
from mail.models import OutboxMessage
from tests.accounts.front_door import OTHER_PASSWORD, Link, answer, enter, status
from tests.factories.accounts import PASSWORD, make_user
from tests.web.dom import parse

# --- arriving ----------------------------------------------------------------


def test_everything_to_mend_in_a_registration_is_told_at_once(client: FlaskClient) -> None:
    typed = {"email": "ana arroba", "name": " \u200b ", "password": "corta"}
    answer = client.post("/es/cuenta/registro", data=typed)
    assert answer.status_code == 422
    page = parse(answer.get_data())
    invalid = page.xpath("//main//form//*[@aria-invalid='true']")
    assert {node.get("name") for node in invalid} == {"email", "name", "password"}
    assert len(page.xpath("//*[contains(@class, 'error-summary')]//li")) == 3
    assert page.xpath("string(//input[@name='email']/@value)") == "ana arroba"


def test_person_registers_confirms_enters_and_leaves(session: Session, client: FlaskClient, link: Link) -> None:
    sent = client.post(
        "/en/cuenta/registro", data={"name": "Ana Ruiz", "email": "ana@example.org", "password": PASSWORD}
    )
    assert (sent.status_code, sent.location) == (303, "/en/cuenta/registro/enviado")
    assert client.get(sent.location).status_code == 200
    assert enter(client, "ana@example.org").status_code == 422
    path = link("ana@example.org")
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200  # a mail program that opens links confirms nothing
    refused = client.post(path, data={"password": OTHER_PASSWORD})
    assert (refused.status_code, 'href="#password"' in refused.text) == (422, True)
    entered = client.post(path, data={"password": PASSWORD})
    assert (entered.status_code, entered.location) == (303, "/en/mi-espacio")
    assert client.get(path).status_code == 410
    page = client.get("/es/cuenta")
    assert "Ana Ruiz" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    left = client.post("/es/cuenta/salir")
    assert (left.status_code, left.location) == (303, "/es/")
    assert client.get("/es/cuenta").location == "/es/cuenta/entrar?next=/es/cuenta"


def test_the_link_of_a_registration_leads_on_to_where_the_person_was_going(client: FlaskClient, link: Link) -> None:
    typed = {"name": "Ana Ruiz", "email": "ana@example.org", "password": PASSWORD}
    client.post("/es/cuenta/registro?next=/es/convocatorias/x/consulta", data=typed)
    path = link("ana@example.org")
    assert client.post(path, data={"password": PASSWORD}).location == "/es/convocatorias/x/consulta"


def test_the_link_of_a_registration_leads_to_no_other_site(client: FlaskClient, link: Link) -> None:
    typed = {"name": "Ana Ruiz", "email": "ana@example.org", "password": PASSWORD}
    client.post("/es/cuenta/registro?next=https://otro.example/", data=typed)
    assert client.post(link("ana@example.org"), data={"password": PASSWORD}).location == "/es/mi-espacio"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ana"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a" * 300 + "@example.org"}, "email"),
        ({"name": "\x00 "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"password": "corta"}, "password"),
        ({"password": "contraseña123"}, "password"),
        ({"password": "x" * 5000}, "password"),
    ],
)
def test_registration_says_what_to_mend_and_keeps_the_rest(
    session: Session, client: FlaskClient, change: dict[str, str], field: str
) -> None:
    facts = {"name": "Ana Ruiz", "email": "ana@example.org", "password": PASSWORD, **change}
    response = client.post("/es/cuenta/registro", data=facts)
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert PASSWORD not in response.text
    if field != "name":
        assert 'value="Ana Ruiz"' in response.text
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_broken_utf8_and_null_bytes_are_no_fault_of_ours(session: Session, client: FlaskClient) -> None:
    body = b"email=ana%ff%00@example.org&password=%c3%28%00xxxxxxxxxxxxxx&name=%fe%ff"
    kind = "application/x-www-form-urlencoded"
    # Werkzeug writes a broken byte as %FF, which is a strange name and a possible address.
    for path, expected in (("registro", 303), ("entrar", 422), ("olvide", 303)):
        assert client.post(f"/es/cuenta/{path}", data=body, content_type=kind).status_code == expected
    (registered,) = session.scalars(select(User))
    assert (registered.email, registered.name) == ("ana%ff@example.org", "%FE%FF")
    assert status(client, "/es/cuenta/verificar/%00") == 400
    assert client.get("/es/cuenta/verificar/%ff%fe").status_code == 410
    assert client.get("/es/cuenta/contrasena/" + "x" * 5000).status_code == 410


# --- nobody learns who has an account ----------------------------------------


def test_registration_answers_the_same_for_a_known_address(session: Session, app: Flask, clock: FrozenClock) -> None:
    make_user(email="ana@example.org")
    session.commit()
    facts = {"name": "Ana", "password": OTHER_PASSWORD}
    seen = []
    app.config["WTF_CSRF_ENABLED"] = False
    for email in ("ana@example.org", "nadie@example.org"):
        client = app.test_client()
        first = client.post("/es/cuenta/registro", data={**facts, "email": email})
        seen.append((answer(first), answer(client.get(first.location))))
    assert seen[0] == seen[1]


def test_reset_answers_the_same_for_a_known_address(
    session: Session, app: Flask, clock: FrozenClock, count_queries: Any
) -> None:
    make_user(email="ana@example.org")
    session.commit()
    seen, work = [], []
    app.config["WTF_CSRF_ENABLED"] = False
    for email in ("ana@example.org", "nadie@example.org"):
        client = app.test_client()
        with count_queries() as sent:
            first = client.post("/es/cuenta/olvide", data={"email": email})
        seen.append((answer(first), answer(client.get(first.location))))
        work.append(list(sent))
    assert seen[0] == seen[1]
    assert work[0] == work[1]
    run_due()
    assert [letter.to for letter in session.scalars(select(OutboxMessage))] == ["ana@example.org"]


def test_sign_in_answers_the_same_for_a_known_address(
    session: Session, app: Flask, clock: FrozenClock, count_queries: Any
) -> None:
    make_user(email="ana@example.org")
    services.register_user(email="eva@example.org", name="Eva", password=PASSWORD)
    services.suspend_account(make_user(email="leo@example.org"))
    session.commit()
    app.config["WTF_CSRF_ENABLED"] = False
    seen, work = [], []
    for email in ("ana@example.org", "eva@example.org", "leo@example.org", "sol@example.org"):
        client = app.test_client()
        with count_queries() as sent:
            tries = [answer(enter(client, email, OTHER_PASSWORD)) for _ in range(5)]
        seen.append([(code, body.replace(email, ""), headers) for code, body, headers in tries])
        work.append(len(sent))
    assert [code for code, _body, _headers in seen[0]] == [422, 422, 422, 429, 429]
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert len(set(work)) == 1


def test_argon2_runs_for_strangers_too(
    session: Session, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    verified: list[str] = []
    original = PasswordHasher.verify

    def verify(self: PasswordHasher, hashed: str, password: str) -> Any:
        verified.append(password)
        return original(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    make_user(email="ana@example.org")
    session.commit()
    for email in ("ana@example.org", "nadie@example.org", "no es un correo"):
        enter(client, email, OTHER_PASSWORD)
    assert verified == [OTHER_PASSWORD] * 3


def test_place_one_was_going_to_survives_the_detour_to_register(client: FlaskClient) -> None:
    place = "next=/es/solicitudes"
    assert f"/es/cuenta/registro?{place}" in client.get(f"/es/cuenta/entrar?{place}").text
    assert f"/es/cuenta/entrar?{place}" in client.get(f"/es/cuenta/registro?{place}").text
    assert f"/es/cuenta/entrar?{place}" in client.get(f"/es/cuenta/registro/enviado?{place}").text
