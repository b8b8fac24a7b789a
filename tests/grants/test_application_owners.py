"""Whose an application is: who reads it, who works on it, and for whom it does not exist."""

import pytest

from accounts.services import add_member, create_organisation
from core.database import db
from core.roles import Role
from grants.models import Application
from grants.states.application import ApplicationState
from tests.factories.accounts import make_user
from tests.factories.grants import (
    make_draft_application,
    make_open_call,
    make_submitted_application,
)

SHOWN, HIDDEN, TO_SIGN_IN = [200] * 5, [404] * 5, [303] * 5


@pytest.fixture
def call(session, clock):
    call = make_open_call()
    session.commit()
    return call


def reload(application_id):
    db.session.expire_all()
    return db.session.get(Application, application_id)


def routes_of(application):
    base = f"/es/solicitudes/{application.id}"
    file = f"{base}/archivos/{application.attachments[0].id}"
    reading = [base, f"{base}/acuse", f"{base}/acuse.pdf", f"{base}/acuse.json", file]
    steps = ("quien", "proyecto", "itinerario", "presupuesto", "documentos", "revision", "retirar")
    acting = [f"{base}/proyecto", f"{base}/enviar", f"{base}/retirar", f"{file}/quitar"]
    return reading, [f"{base}/{step}" for step in steps], acting


def statuses(client, application):
    reading, editing, acting = routes_of(application)
    answers = [client.get(url).status_code for url in reading]
    answers.append([client.get(url).status_code for url in editing])
    answers.append([client.post(url).status_code for url in acting])
    return answers[:-2], set(answers[-2]), set(answers[-1])


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.APPLICANT, HIDDEN),
        (Role.REVIEWER, HIDDEN),
        (Role.SPONSOR_CONTACT, HIDDEN),
        (Role.PAYMENT_AUTHORISER, HIDDEN),
        (Role.PROGRAMME_OFFICER, SHOWN),
        (Role.ADMINISTRATOR, SHOWN),
        (Role.TREASURER, HIDDEN),
        (Role.AUDITOR, SHOWN),
    ],
)
def test_somebody_elses_application(client, login, call, role, expected):
    application = make_submitted_application(call, make_user())
    login(role)
    assert statuses(client, application) == (expected, {404}, {404})
    assert reload(application.id).state is ApplicationState.SUBMITTED


def test_nobody_reads_an_application_without_signing_in(client, session, call):
    application = make_submitted_application(call, make_user())
    session.commit()
    assert statuses(client, application) == (TO_SIGN_IN, {303}, {401})


def test_staff_do_not_read_drafts(client, login, session, call):
    application = make_draft_application(call, make_user())
    session.commit()
    login(Role.PROGRAMME_OFFICER)
    assert statuses(client, application)[0] == HIDDEN


@pytest.mark.parametrize("place", [("owner", {200}), ("editor", {200}), ("viewer", {404})])
def test_members_work_on_their_organisations_application(client, login, session, call, place):
    owner, body = make_user(), create_organisation(name="Festival", kind="civil_society")
    add_member(body, owner, "owner")
    application = make_submitted_application(call, owner, kind="organisation", organisation=body)
    member = login()
    add_member(body, member, place[0])
    session.commit()
    reading, editing, _acting = routes_of(application)
    assert [client.get(url).status_code for url in reading] == SHOWN
    assert {client.get(url).status_code for url in editing} == place[1]
    assert application.folio in client.get("/es/solicitudes").text
