"""Who travels along: invited by e-mail, part of it by their own yes, reading and never writing."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.errors import EmailRefused, InvitationForAnother
from accounts.models import User
from core.clock import FrozenClock
from core.database import session
from core.errors import IllegalTransition
from grants import services
from grants.errors.calls import NotEditable
from grants.errors.companions import (
    AlreadyOnBoard,
    CompanionRefused,
    InvitationGone,
    InvitedTooOften,
    OwnInvitation,
    TooManyCompanions,
)
from grants.models import Application, CoApplicant
from grants.queries import companions as queries
from grants.queries.applications import application_of
from grants.services import companions
from grants.states.companion import CompanionState
from mail.models import OutboxMessage
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.grants import make_draft_application, make_open_call

pytestmark = pytest.mark.usefixtures("session")
FRIEND = "amiga@example.org"


@pytest.fixture
def draft(clock: FrozenClock) -> Application:
    return make_draft_application(make_open_call(), make_user(name="Lucía Prueba"), kind="collective")


def token_sent() -> str:
    message = session().scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert message is not None
    found = re.search(r"/viajo-con/([\w-]+)", message.body_text)
    assert found is not None
    return found.group(1)


def test_person_invited_by_email_accepts_with_their_account(draft: Application) -> None:
    companion = services.invite_companion(draft, name="  Amiga   Uno ", email="AMIGA@example.org")
    assert (companion.name, companion.email, companion.state) == ("Amiga Uno", FRIEND, CompanionState.INVITED)
    friend = make_user(email=FRIEND)
    assert application_of(friend.id, draft.id) is None
    found = services.invitation(token_sent())
    assert found is companion
    services.answer_invitation(found, friend, accept=True)
    assert (companion.state, companion.user_id, companion.token_sha256) == (CompanionState.ACCEPTED, friend.id, None)
    assert application_of(friend.id, draft.id) is draft
    assert application_of(friend.id, draft.id, editing=True) is None
    with pytest.raises(IllegalTransition):
        services.answer_invitation(companion, friend, accept=False)
    with pytest.raises(AlreadyOnBoard):
        services.invite_companion(draft, name="Amiga", email=FRIEND)


def test_link_is_for_one_address_and_one_answer(draft: Application, clock: FrozenClock) -> None:
    companion = services.invite_companion(draft, name="Amiga", email=FRIEND)
    first = token_sent()
    with pytest.raises(InvitationForAnother):
        services.answer_invitation(companion, make_user(), accept=True)
    services.invite_companion(draft, name="Amiga Dos", email=FRIEND)
    assert [one.name for one in queries.companions_of(draft)] == ["Amiga Dos"]
    with pytest.raises(InvitationGone):
        services.invitation(first)
    second = token_sent()
    assert services.invitation(second) is companion
    clock.advance(days=30)
    assert services.invitation(second) is companion
    clock.advance(seconds=1)
    with pytest.raises(InvitationGone):
        services.invitation(second)


def test_who_declines_can_be_asked_again_and_who_is_removed_is_gone(draft: Application) -> None:
    friend = make_user(email=FRIEND)
    companion = services.invite_companion(draft, name="Amiga", email=FRIEND)
    services.answer_invitation(companion, friend, accept=False)
    assert companion.state is CompanionState.DECLINED
    assert application_of(friend.id, draft.id) is None
    services.invite_companion(draft, name="Amiga", email=FRIEND)
    services.answer_invitation(companion, friend, accept=True)
    services.remove_companion(draft, companion)
    assert application_of(friend.id, draft.id) is None


def test_list_refuses_by_name(draft: Application, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OwnInvitation):
        services.invite_companion(draft, name="Yo", email=draft.applicant.email.upper())
    with pytest.raises(EmailRefused):
        services.invite_companion(draft, name="Nadie", email="sin arroba")
    monkeypatch.setattr(companions, "MOST_COMPANIONS", 1)
    services.invite_companion(draft, name="Amiga", email=FRIEND)
    with pytest.raises(TooManyCompanions):
        services.invite_companion(draft, name="Otro", email="otro@example.org")
    alone = make_draft_application(make_open_call(), make_user())
    with pytest.raises(CompanionRefused):
        services.invite_companion(alone, name="Amiga", email=FRIEND)
    clock.advance(days=200)
    services.withdraw_application(draft)
    with pytest.raises(NotEditable):
        services.invite_companion(draft, name="Tarde", email="tarde@example.org")


def test_nobodys_mailbox_is_filled_with_invitations(draft: Application, clock: FrozenClock) -> None:
    for _turn in range(3):
        services.remove_companion(draft, services.invite_companion(draft, name="Amiga", email=FRIEND))
    other = make_draft_application(make_open_call(), make_user(), kind="collective")
    for application in (draft, other):
        with pytest.raises(InvitedTooOften):
            services.invite_companion(application, name="Amiga", email=FRIEND.upper())
        assert queries.companions_of(application) == []
    assert session().scalar(select(func.count(OutboxMessage.id)).where(OutboxMessage.to == FRIEND)) == 3
    clock.advance(days=1, seconds=1)
    assert services.invite_companion(other, name="Amiga", email=FRIEND).state is CompanionState.INVITED


@pytest.mark.parametrize(
    "changes",
    [
        {"state": CompanionState.ACCEPTED},
        {"state": CompanionState.INVITED},
        {"state": CompanionState.NAMED, "token_sha256": "0" * 64},
        {"email": FRIEND},
    ],
)
def test_database_refuses_a_half_answered_invitation(draft: Application, changes: dict[str, Any]) -> None:
    services.invite_companion(draft, name="Amiga", email=FRIEND)
    session().add(CoApplicant(**{"application_id": draft.id, "name": "X", "email": "x@example.org"} | changes))
    with pytest.raises(IntegrityError):
        session().flush()


def test_applicant_invites_and_companion_answers_on_their_pages(client: FlaskClient, draft: Application) -> None:
    friend, stranger = make_user(email=FRIEND, name="Amiga Uno"), make_user()
    owner, number = draft.applicant, draft.id
    session().commit()
    sign_in_as(client, owner)
    show, listed = f"/es/solicitudes/{number}", f"/es/solicitudes/{number}/acompanantes"
    assert "Invitar a quienes participan" in client.get(show).text
    assert client.post(listed, data={"name": "", "email": "x"}).status_code == 422
    assert "tu correo" in client.post(listed, data={"name": "Yo", "email": owner.email}).text
    assert client.post(listed, data={"name": "Amiga Uno", "email": FRIEND}).status_code == 303
    page = client.get(listed).text
    assert "Invitación enviada" in page
    assert "Invitar otra vez" in page
    link = f"/es/viajo-con/{token_sent()}"
    assert client.get(link.replace("con/", "con/x")).status_code == 410
    sign_in_as(client, stranger)
    assert "entraste con otra cuenta" in client.get(link).text
    assert client.post(link, data={"respuesta": "acepto"}).status_code == 404
    assert client.get(listed).status_code == 404
    sign_in_as(client, friend)
    assert "Lucía Prueba" in client.get(link).text
    assert client.post(link, data={"respuesta": "acepto"}).status_code == 303
    page = client.get(show).text
    assert "Aceptó" in page
    assert "Seguir con el borrador" not in page
    assert client.get(f"{show}/proyecto").status_code == 404
    assert "Enviar invitación" not in client.get(listed).text
    companion = session().scalars(select(CoApplicant)).one()
    for act in ("quitar", "invitar"):
        assert client.post(f"{listed}/{companion.id}/{act}").status_code == 404
    sign_in_as(client, owner)
    assert client.post(f"{listed}/{companion.id}/borrar").status_code == 404
    assert client.post(f"{listed}/999/quitar").status_code == 404
    assert client.post(f"{listed}/{companion.id}/quitar").status_code == 303
    sign_in_as(client, friend)
    assert client.get(show).status_code == 404


def test_person_who_applies_alone_has_no_list(client: FlaskClient, clock: FrozenClock) -> None:
    person: User = make_user()
    alone = make_draft_application(make_open_call(), person)
    session().commit()
    sign_in_as(client, person)
    assert client.get(f"/es/solicitudes/{alone.id}/acompanantes").status_code == 404
    assert "Quién participa" not in client.get(f"/es/solicitudes/{alone.id}").text


def on_board(draft: Application) -> tuple[CoApplicant, User]:
    companion = services.invite_companion(draft, name="Amiga Uno", email=FRIEND)
    friend = make_user(email=FRIEND)
    services.answer_invitation(services.invitation(token_sent()), friend, accept=True)
    return companion, friend


def last_letter() -> OutboxMessage:
    return session().scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()


def test_who_accepted_leaves_by_themselves_and_the_applicant_hears_of_it(
    draft: Application, client: FlaskClient
) -> None:
    companion, friend = on_board(draft)
    session().commit()
    sign_in_as(client, friend)
    page = f"/es/solicitudes/{draft.id}"
    assert f"{page}/dejar" in client.get(page).get_data(as_text=True)
    asked = client.get(f"{page}/dejar").get_data(as_text=True)
    assert "decide si la envía sin ti" in asked
    assert "Un colectivo necesita al menos dos personas." in asked
    assert client.post(f"{page}/dejar").status_code == 303
    session().expire_all()
    assert (companion.state, companion.user_id) == (CompanionState.DECLINED, None)
    assert (last_letter().to, last_letter().subject) == (draft.applicant.email, "Amiga Uno dejó tu solicitud")
    assert "ajústala antes" in last_letter().body_text
    assert {client.get(page).status_code, client.post(f"{page}/dejar").status_code} == {404}  # a second click too
    services.invite_companion(draft, name="Amiga Uno", email=FRIEND)  # and may be asked again
    assert companion.state is CompanionState.INVITED


def test_leaving_what_was_sent_changes_nothing_of_what_was_sent(draft: Application, client: FlaskClient) -> None:
    companion, friend = on_board(draft)
    services.submit_application(draft)
    session().commit()
    sealed = draft.content_sha256
    sign_in_as(client, friend)
    assert "sigue su curso tal como se recibió" in client.get(f"/es/solicitudes/{draft.id}/dejar").get_data(
        as_text=True
    )
    services.leave_application(companion)
    assert (draft.content_sha256, draft.state.value) == (sealed, "submitted")
    assert "El programa ve el cambio" in " ".join(last_letter().body_text.split())
    with pytest.raises(IllegalTransition):
        services.leave_application(companion)


def test_only_a_companion_leaves(draft: Application, client: FlaskClient) -> None:
    on_board(draft)
    session().commit()
    for person in (draft.applicant, make_user()):
        sign_in_as(client, person)
        assert client.post(f"/es/solicitudes/{draft.id}/dejar").status_code == 404


def test_who_travels_along_is_told_who_writes_and_sends_it(client: FlaskClient, draft: Application) -> None:
    services.invite_companion(draft, name="Amiga", email=FRIEND)
    token = token_sent()
    stranger, friend = make_user(), make_user(email=FRIEND)
    session().commit()
    sign_in_as(client, stranger)
    assert "Salir y entrar con otra cuenta" in client.get(f"/es/viajo-con/{token}").text
    services.answer_invitation(services.invitation(token), friend, accept=True)
    session().commit()
    sign_in_as(client, friend)
    page = client.get(f"/es/solicitudes/{draft.id}").text
    assert "La escribe y la envía Lucía Prueba" in page
    assert "Solo tú la ves" not in page
    sign_in_as(client, draft.applicant)
    assert "Envíala antes del" in client.get(f"/es/solicitudes/{draft.id}").text
