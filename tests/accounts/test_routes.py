"""Accounts through the front door: forms posted, cookies kept, letters opened."""

import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts import services
from accounts.models import EmailToken, Invitation, User, UserSession
from accounts.queries import user_by_email
from accounts.rules.second_factor import step_at
from core.clock import FrozenClock
from core.jobs import run_due
from core.roles import Role
from mail.models import OutboxMessage
from tests.factories.accounts import PASSWORD, make_organisation, make_user, sign_in_as
from tests.web.dom import parse

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


# --- my account --------------------------------------------------------------


def test_profile_changes(session: Session, client: FlaskClient, login: Login) -> None:
    user = login()
    assert status(client, "/es/cuenta/datos") == 200
    assert client.post("/es/cuenta/datos", data={"name": "", "language": "es"}).status_code == 422
    assert client.post("/es/cuenta/datos", data={"name": "Ana", "language": "fr"}).status_code == 422
    assert client.post("/es/cuenta/datos", data={"name": " Ana  Ruiz ", "language": "en"}).status_code == 303
    session.refresh(user)
    assert (user.name, user.language) == ("Ana Ruiz", "en")


def test_password_changes(session: Session, client: FlaskClient, login: Login, clock: FrozenClock) -> None:
    user = login()
    path = "/es/cuenta/cambiar-contrasena"
    assert client.post(path, data={"current": "equivocada", "password": OTHER_PASSWORD}).status_code == 422
    assert client.post(path, data={"current": PASSWORD, "password": "corta"}).status_code == 422
    assert client.post(path, data={"current": PASSWORD, "password": OTHER_PASSWORD}).location == "/es/cuenta"
    assert status(client) == 200
    for _ in range(2):
        client.post(path, data={"current": "equivocada", "password": OTHER_PASSWORD})
    client.post(path, data={"current": "equivocada", "password": OTHER_PASSWORD})
    assert client.post(path, data={"current": PASSWORD, "password": OTHER_PASSWORD}).status_code == 429
    assert user.email


def test_email_changes_by_its_link(session: Session, client: FlaskClient, login: Login, link: Link) -> None:
    user = login()
    path = "/es/cuenta/cambiar-correo"
    assert client.post(path, data={"email": "no", "current": PASSWORD}).status_code == 422
    assert client.post(path, data={"email": "nueva@example.org", "current": "equivocada"}).status_code == 422
    assert client.post(path, data={"email": "nueva@example.org", "current": PASSWORD}).status_code == 303
    found = link("nueva@example.org")
    assert "nueva@example.org" in client.get(found).text
    assert client.post(found).status_code == 303
    session.refresh(user)
    assert user.email == "nueva@example.org"


# --- organisations -----------------------------------------------------------


def test_organisation_is_registered_edited_and_shared(
    session: Session, client: FlaskClient, login: Login, link: Link
) -> None:
    owner = login()
    facts = {"name": "Telar A.C.", "kind": "civil_society", "country": "MX", "tax_id": "no"}
    refused = client.post("/es/organizaciones/nueva", data=facts)
    assert refused.status_code == 422
    assert 'href="#tax_id"' in refused.text
    assert client.post("/es/organizaciones/nueva", data={**facts, "kind": "cartel", "tax_id": ""}).status_code == 422
    place = client.post("/es/organizaciones/nueva", data={**facts, "tax_id": ""}).location
    assert "Telar A.C." in client.get(place).text
    assert client.post(f"{place}/editar", data={**facts, "name": "Telar", "tax_id": ""}).location == place
    assert client.post(f"{place}/invitar", data={"email": "no", "member_role": "viewer"}).status_code == 422
    assert client.post(f"{place}/invitar", data={"email": "eva@example.org", "member_role": "viewer"}).location == place
    found = link("eva@example.org")
    assert client.post(found).status_code == 404
    guest = make_user(email="eva@example.org")
    login(guest)
    assert status(client, place) == 404
    assert "Telar" in client.get(found).text
    assert client.post(found).location == place
    assert status(client, place) == 200
    for path in ("editar", "invitar", f"personas/{owner.id}"):
        assert status(client, f"{place}/{path}") == 403
    assert client.post(f"{place}/personas/{owner.id}/quitar").status_code == 403
    assert client.post(f"{place}/personas/{guest.id}/quitar").location == "/es/organizaciones"
    assert status(client, place) == 404


def test_owner_governs_members_and_invitations(session: Session, client: FlaskClient, login: Login, link: Link) -> None:
    owner, member, stranger = make_user(), make_user(), make_user()
    organisation = make_organisation(owner, member)
    login(owner)
    place = f"/es/organizaciones/{organisation.id}"
    assert client.post(f"{place}/personas/{member.id}", data={"member_role": "king"}).status_code == 422
    assert client.post(f"{place}/personas/{member.id}", data={"member_role": "viewer"}).status_code == 303
    assert client.post(f"{place}/personas/{owner.id}", data={"member_role": "viewer"}).status_code == 409
    assert status(client, f"{place}/personas/{stranger.id}") == 404
    client.post(f"{place}/invitar", data={"email": "eva@example.org", "member_role": "editor"})
    invitation = session.scalars(select(Invitation)).one()
    assert client.post(f"{place}/invitaciones/{invitation.id}/retirar").status_code == 303
    assert client.post(f"{place}/invitaciones/{invitation.id}/retirar").status_code == 404
    assert client.get(link("eva@example.org")).status_code == 410
    assert client.post(f"{place}/personas/{member.id}/quitar").status_code == 303
    login(stranger)
    for path in ("", "/editar", "/invitar", f"/personas/{owner.id}"):
        assert status(client, place + path) == 404


def test_invitation_leads_through_sign_in_and_back(
    session: Session, client: FlaskClient, clock: FrozenClock, link: Link
) -> None:
    owner = make_user()
    services.invite_member(make_organisation(owner), email="eva@example.org", member_role="viewer", inviter=owner)
    make_user(email="eva@example.org")
    session.commit()
    found = link("eva@example.org")
    led = client.get(found)
    assert led.location == f"/es/cuenta/entrar?next={found}"
    assert client.post(led.location, data={"email": "eva@example.org", "password": PASSWORD}).location == found


# --- people ------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_govern_people_and_auditors_look(
    session: Session, client: FlaskClient, login: Login, role: Role
) -> None:
    other = make_user(email="ana@example.org")
    login(role)
    reads = 200 if role in (Role.ADMINISTRATOR, Role.AUDITOR) else 403
    writes = role is Role.ADMINISTRATOR
    assert status(client, "/es/personas") == reads
    assert status(client, f"/es/personas/{other.id}") == reads
    assert status(client, f"/es/personas/{other.id}/suspender") == (200 if writes else 403)
    granted = client.post(f"/es/personas/{other.id}/funciones", data={"role": "reviewer"})
    assert granted.status_code == (303 if writes else 403)
    assert client.post(f"/es/personas/{other.id}/suspender").status_code == (303 if writes else 403)
    session.refresh(other)
    assert (other.state.value == "suspended") is writes


def test_administrator_gives_and_takes_duties(session: Session, client: FlaskClient, login: Login) -> None:
    other = make_user(Role.TREASURER)
    login(Role.ADMINISTRATOR)
    place = f"/es/personas/{other.id}"
    refused = client.post(f"{place}/funciones", data={"role": "payment_authoriser"})
    assert refused.status_code == 409
    assert "no pueden recaer en la misma persona" in refused.text
    assert client.post(f"{place}/funciones", data={"role": "emperor"}).status_code == 422
    assert client.post(f"{place}/funciones/treasurer/quitar").status_code == 303
    assert client.post(f"{place}/funciones/treasurer/quitar").status_code == 409
    assert client.post(f"{place}/funciones/emperor/quitar").status_code == 404
    page = client.get(place)
    assert page.status_code == 200
    assert "Dejó una función" in page.text


def test_administrator_cannot_touch_the_own_account(session: Session, client: FlaskClient, login: Login) -> None:
    me = login(Role.ADMINISTRATOR)
    assert client.post(f"/es/personas/{me.id}/funciones", data={"role": "reviewer"}).status_code == 403
    for act in ("suspender", "cerrar", "segundo-paso"):
        assert client.post(f"/es/personas/{me.id}/{act}").status_code == 404


def test_administrator_helps_with_a_lost_phone(session: Session, client: FlaskClient, login: Login) -> None:
    other = make_user(Role.REVIEWER)
    login(Role.ADMINISTRATOR)
    assert status(client, f"/es/personas/{other.id}/segundo-paso") == 200
    assert client.post(f"/es/personas/{other.id}/segundo-paso").status_code == 303
    session.refresh(other)
    assert other.totp_secret is None


@pytest.mark.parametrize(
    "query",
    ["q=Persona&funcion=reviewer&estado=active", "q=%25_%5C&pagina=99", "funcion=x&estado=y&pagina=-1", "q=%00"],
)
def test_people_list_takes_any_filter(session: Session, client: FlaskClient, login: Login, query: str) -> None:
    make_user(Role.REVIEWER)
    login(Role.ADMINISTRATOR)
    assert status(client, f"/es/personas?{query}") == (400 if "%00" in query else 200)


@pytest.mark.parametrize("many", [1, 20])
def test_people_list_costs_the_same_for_one_and_for_many(
    session: Session, client: FlaskClient, login: Login, many: int, count_queries: Any
) -> None:
    for _ in range(many):
        make_user(Role.REVIEWER)
    login(Role.ADMINISTRATOR)
    session.expunge_all()
    with count_queries() as sent:
        assert status(client, "/es/personas?funcion=reviewer") == 200
    assert len(sent) == 4  # the session, the count, the people, their roles


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_page_of_a_person_opens_in_both_languages(
    session: Session, client: FlaskClient, login: Login, lang: str
) -> None:
    user = login(Role.ADMINISTRATOR)
    organisation = make_organisation(user)
    services.invite_member(organisation, email="eva@example.org", member_role="viewer", inviter=user)
    session.commit()
    paths = ["cuenta", "cuenta/datos", "cuenta/cambiar-contrasena", "cuenta/cambiar-correo", "cuenta/sesiones"]
    paths += ["cuenta/segundo-paso/activar", "cuenta/segundo-paso/codigos", "cuenta/segundo-paso/quitar"]
    paths += ["organizaciones", "organizaciones/nueva", f"organizaciones/{organisation.id}"]
    paths += [f"organizaciones/{organisation.id}/{end}" for end in ("editar", "invitar", f"personas/{user.id}")]
    paths += ["personas", f"personas/{user.id}", "cuenta/registro/enviado", "cuenta/olvide", "cuenta/olvide/enviado"]
    assert {path: status(client, f"/{lang}/{path}") for path in paths} == dict.fromkeys(paths, 200)


def test_links_in_letters_lead_to_pages(session: Session, client: FlaskClient, link: Link, clock: FrozenClock) -> None:
    services.register_user(email="ana@example.org", name="Ana", password=PASSWORD)
    session.commit()
    assert status(client, link("ana@example.org")) == 200
    user = user_by_email("ana@example.org")
    assert user is not None
    services.request_password_reset("ana@example.org")
    session.commit()
    assert status(client, link("ana@example.org")) == 200
    assert session.scalar(select(func.count()).select_from(EmailToken)) == 2


def test_place_one_was_going_to_survives_the_detour_to_register(client: FlaskClient) -> None:
    place = "next=/es/solicitudes"
    assert f"/es/cuenta/registro?{place}" in client.get(f"/es/cuenta/entrar?{place}").text
    assert f"/es/cuenta/entrar?{place}" in client.get(f"/es/cuenta/registro?{place}").text
    assert f"/es/cuenta/entrar?{place}" in client.get(f"/es/cuenta/registro/enviado?{place}").text
