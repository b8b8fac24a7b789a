"""Accounts through the front door: forms posted, cookies kept, letters opened."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts import services
from accounts.models import EmailToken, Invitation
from accounts.queries import user_by_email
from core.clock import FrozenClock
from core.roles import Role
from tests.accounts.front_door import OTHER_PASSWORD, Link, Login, status
from tests.factories.accounts import PASSWORD, make_organisation, make_user

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
