"""Signing in through the front door, the second step, and sessions until they end."""

import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import services
from accounts.models import UserSession
from accounts.rules.second_factor import step_at
from core.clock import FrozenClock
from core.jobs import run_due
from core.roles import Role
from tests.accounts.front_door import OTHER_PASSWORD, Code, Link, Login, enter, status
from tests.factories.accounts import PASSWORD, make_user, sign_in_as

# --- at the door -------------------------------------------------------------


def test_lockout_page_says_how_long(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    make_user(email="ana@example.org")
    session.commit()
    for _ in range(3):
        assert enter(client, "ana@example.org", OTHER_PASSWORD).status_code == 422
    refused = enter(client, "ana@example.org")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "Espera 1 segundo" in refused.text
    assert 'value="ana@example.org"' in refused.text
    clock.advance(seconds=1)
    assert enter(client, "ana@example.org").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/es/cuenta/sesiones", "/es/cuenta/sesiones"),
        ("https://evil.example/", "/es/mi-espacio"),
        ("//evil.example", "/es/mi-espacio"),
        ("/\\evil.example", "/es/mi-espacio"),
        ("javascript:alert(1)", "/es/mi-espacio"),
    ],
)
def test_sign_in_leads_only_to_this_site(
    session: Session, client: FlaskClient, clock: FrozenClock, wanted: str, place: str
) -> None:
    make_user(email="ana@example.org")
    session.commit()
    assert enter(client, "ana@example.org", next=wanted).location == place
    again = client.get("/es/cuenta/entrar", query_string={"next": wanted})
    assert (again.status_code, again.location) == (303, place)


def test_safe_place_survives_the_second_factor(
    session: Session, client: FlaskClient, clock: FrozenClock, code_now: Code
) -> None:
    make_user(Role.REVIEWER, email="eva@example.org")
    session.commit()
    step = enter(client, "eva@example.org", next="/es/cuenta/sesiones")
    assert step.location == "/es/cuenta/segundo-paso?next=/es/cuenta/sesiones"
    done = client.post(step.location, data={"code": code_now()})
    assert (done.status_code, done.location) == (303, "/es/cuenta/sesiones")
    assert status(client) == 200


def test_pending_session_reaches_nothing_but_its_step(
    session: Session, client: FlaskClient, clock: FrozenClock, code_now: Code
) -> None:
    make_user(Role.ADMINISTRATOR, email="eva@example.org")
    session.commit()
    enter(client, "eva@example.org")
    for path in (
        "/es/cuenta",
        "/es/personas",
        "/es/organizaciones",
        "/es/mi-espacio",
        "/es/cuenta/segundo-paso/codigos",
    ):
        response = client.get(path)
        assert (response.status_code, response.location) == (303, f"/es/cuenta/entrar?next={path}")
    led = client.get("/es/cuenta/entrar?next=/es/personas")
    assert led.location == "/es/cuenta/segundo-paso?next=/es/personas"
    assert client.post("/es/cuenta/cambiar-contrasena").status_code == 401
    assert client.get("/es/cuenta/segundo-paso/activar").location == "/es/cuenta/segundo-paso"
    assert client.post("/es/cuenta/segundo-paso/activar").location == "/es/cuenta/segundo-paso"
    assert status(client, "/es/cuenta/segundo-paso/codigo.svg") == 404
    wrong = client.post("/es/cuenta/segundo-paso", data={"code": "000000"})
    assert wrong.status_code == 422
    assert 'href="#code"' in wrong.text
    assert client.post("/es/cuenta/segundo-paso", data={"code": code_now()}).status_code == 303
    assert status(client, "/es/personas") == 200


def test_staff_without_authenticator_is_led_to_enrol(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    user = make_user(email="eva@example.org")
    services.grant_role(user, Role.REVIEWER)
    session.commit()
    step = enter(client, "eva@example.org")
    assert step.location == "/es/cuenta/segundo-paso/activar"
    assert client.get("/es/cuenta").status_code == 303
    page = client.get(step.location)
    (shown,) = re.findall(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.text)
    picture = client.get("/es/cuenta/segundo-paso/codigo.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert picture.headers["Cache-Control"] == "private, no-store"
    assert "style=" not in picture.text
    assert client.post(step.location, data={"code": "000000"}).status_code == 422
    code = pyotp.TOTP(shown.replace(" ", "")).generate_otp(step_at(clock.now()))
    with client.session_transaction() as cookie:
        former = dict(cookie)
    done = client.post(step.location, data={"code": code})
    assert done.status_code == 200
    assert len(re.findall(r"<code[^>]*>(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}</code>", done.text)) == 10
    assert status(client) == 200
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != former["_user_id"]
    assert client.post(step.location, data={"code": code}).status_code == 422  # shown once; now it asks the password


def test_recovery_code_opens_the_door(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    user = make_user(email="eva@example.org")
    codes = services.enrol_second_factor(user)
    session.commit()
    enter(client, "eva@example.org")
    assert client.post("/es/cuenta/segundo-paso/recuperacion", data={"code": "ABCD"}).status_code == 422
    done = client.post("/es/cuenta/segundo-paso/recuperacion", data={"code": codes[0]})
    assert (done.status_code, done.location) == (303, "/es/cuenta")
    page = client.get("/es/cuenta")
    assert page.status_code == 200


def test_changing_phone_takes_the_password(
    session: Session, client: FlaskClient, clock: FrozenClock, code_now: Code, login: Login
) -> None:
    login(Role.REVIEWER)
    path = "/es/cuenta/segundo-paso/activar"
    assert client.post(path, data={"current": "equivocada"}).status_code == 422
    assert client.post(path, data={"current": PASSWORD}).location == path
    (shown,) = re.findall(r"<code[^>]*>([A-Z2-7 ]+)</code>", client.get(path).text)
    code = pyotp.TOTP(shown.replace(" ", "")).generate_otp(step_at(clock.now()))
    assert client.post(path, data={"code": code}).status_code == 200
    assert status(client) == 200


def test_second_factor_can_be_dropped_only_without_duties(session: Session, client: FlaskClient, login: Login) -> None:
    login(Role.REVIEWER)
    assert client.post("/es/cuenta/segundo-paso/quitar", data={"current": PASSWORD}).status_code == 409
    applicant = make_user()
    services.enrol_second_factor(applicant)
    login(applicant)
    assert client.post("/es/cuenta/segundo-paso/quitar", data={"current": "equivocada"}).status_code == 422
    assert client.post("/es/cuenta/segundo-paso/quitar", data={"current": PASSWORD}).location == "/es/cuenta"
    assert status(client, "/es/cuenta/segundo-paso/quitar") == 404


def test_new_recovery_codes_are_shown_once(session: Session, client: FlaskClient, login: Login) -> None:
    login(Role.REVIEWER)
    page = client.post("/es/cuenta/segundo-paso/codigos", data={"current": PASSWORD})
    assert len(re.findall(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", page.text)) == 10


# --- sessions ----------------------------------------------------------------


def test_cookie_of_a_session_that_ended_is_worthless(session: Session, client: FlaskClient, login: Login) -> None:
    login()
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    client.post("/es/cuenta/salir")
    with client.session_transaction() as cookie:
        cookie.update(kept)
    assert status(client) == 303


@pytest.mark.parametrize(
    ("scheme", "others", "told"), [("https", "", '"cache", "storage"'), ("https", "si", None), ("http", "", None)]
)
def test_who_leaves_has_the_browser_forget(
    client: FlaskClient, login: Login, scheme: str, others: str, told: str | None
) -> None:
    login()
    left = client.post("/es/cuenta/salir", data={"otros": others}, base_url=f"{scheme}://localhost")
    assert left.headers.get("Clear-Site-Data") == told


def test_signing_in_replaces_session_and_cookie(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    user = make_user(email="ana@example.org")
    session.commit()
    token = sign_in_as(client, user)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    enter(client, "ana@example.org")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != token
        assert "planted" not in cookie
    session.expire_all()
    ended = session.scalars(select(UserSession).order_by(UserSession.id)).first()
    assert ended is not None
    assert ended.ended_at == clock.now()


def test_reset_ends_the_sessions_of_every_browser(
    session: Session, app: Flask, client: FlaskClient, login: Login, link: Link
) -> None:
    user = login()
    other = app.test_client()
    assert other.post("/es/cuenta/olvide", data={"email": user.email}).status_code == 303
    assert run_due(limit=1) == 1  # sending the letter would blot the link out
    path = link(user.email)
    assert other.get(path).status_code == 200
    assert other.post(path, data={"password": "corta"}).status_code == 422
    assert other.post(path, data={"password": OTHER_PASSWORD}).location == "/es/cuenta/entrar"
    assert other.get(path).status_code == 410
    assert status(client) == 303
    assert enter(client, user.email).status_code == 422
    assert enter(client, user.email, OTHER_PASSWORD).status_code == 303


def test_sessions_are_listed_and_closed(session: Session, app: Flask, client: FlaskClient, login: Login) -> None:
    user = login()
    others = [app.test_client() for _ in range(2)]
    for other in others:
        sign_in_as(other, user)
    stranger = make_user()
    mine, theirs = (
        services.open_session(stranger)[0].id,
        session.scalars(select(UserSession.id).order_by(UserSession.id)).all(),
    )
    session.commit()
    page = client.get("/es/cuenta/sesiones")
    assert page.text.count('/cerrar"') == 2
    assert client.post(f"/es/cuenta/sesiones/{mine}/cerrar").status_code == 404
    assert client.post(f"/es/cuenta/sesiones/{theirs[1]}/cerrar").status_code == 303
    assert [status(other) for other in others] == [303, 200]
    assert client.post("/es/cuenta/sesiones/cerrar-otras").status_code == 303
    assert (status(others[1]), status(client)) == (303, 200)


def test_reading_keeps_a_session_alive(session: Session, client: FlaskClient, clock: FrozenClock, login: Login) -> None:
    login()
    for _ in range(5):
        clock.advance(minutes=110)
        assert status(client) == 200
    clock.advance(minutes=120)
    assert status(client) == 303


def test_forged_form_changes_nothing(session: Session, client: FlaskClient, app: Flask, login: Login) -> None:
    user = login()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path in ("/es/cuenta/datos", "/es/cuenta/salir", "/es/cuenta/sesiones/cerrar-otras"):
            assert client.post(path, data={"name": "Otra", "language": "es", "csrf_token": "x"}).status_code == 400
        assert status(client) == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    session.refresh(user)
    assert user.name != "Otra"
