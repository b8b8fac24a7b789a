"""A datum that was sent with a mistake: asked for, answered on record, beside what was sent, which never changes."""

import threading
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from accounts.models import User
from core.audit import events_of
from core.clock import FrozenClock
from core.context import acting_as
from core.database import db, session
from core.errors import IllegalTransition
from core.roles import Role
from grants import services
from grants.errors.awards import OwnCase, ReasonMissing
from grants.errors.corrections import (
    CorrectInstead,
    CorrectionWaits,
    DatumNotCorrectable,
    SameDatum,
    TooManyCorrections,
)
from grants.models import Application, DataCorrection, Letter
from grants.queries.corrections import correctable_applications
from grants.queries.screening import behind
from grants.rules import corrections as rules
from grants.services.dossiers import identity_of
from grants.services.retention import destroy_application, schedule
from grants.states.correction import CorrectionState
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.awards import closed_call, officer_actor
from tests.factories.grants import answers_for, make_open_call, make_submitted_application
from tests.factories.rules import standard_form

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def sent(clock: FrozenClock) -> Application:
    """An application whose call has closed."""
    _call, (application,) = closed_call(clock, applications=1)
    return application


@pytest.fixture
def officer(clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


def test_only_what_identifies_and_was_answered_is_corrected() -> None:
    form = standard_form([{"id": 1, "name": {"es": "Eje", "en": "Axis"}}], ["Coyoacán"])
    found = [item["id"] for item in rules.correctable(form, answers_for(), "person")]
    assert {"public_name", "alcaldia", "gender"} <= set(found)
    assert not {"title", "summary", "axis", "purpose", "invitation", "members"} & set(found)


def test_what_was_sent_stays_and_the_correction_stands_beside_it(sent: Application, officer: User) -> None:
    before = (dict(sent.answers), sent.content_sha256, sent.submissions)
    correction = services.ask_correction(sent, "public_name", " Lucía Prueba Díaz ")
    assert services.ask_correction(sent, "public_name", "Lucía Prueba Díaz") is correction  # a second click
    with pytest.raises(CorrectionWaits):
        services.ask_correction(sent, "public_name", "Otra cosa")
    with pytest.raises(SameDatum):
        services.ask_correction(sent, "gender", "Mujer")
    for datum in ("title", "invitation", "nada", ""):
        with pytest.raises(DatumNotCorrectable):
            services.ask_correction(sent, datum, "Otra cosa")
    identity = identity_of(sent, behind([sent])[sent.id])
    assert "Lucía Prueba Díaz" in identity.names  # searched for in what reviewers read
    with acting_as(officer_actor(officer)):
        services.answer_correction(correction, corrected=True)
        with pytest.raises(IllegalTransition):
            services.answer_correction(correction, corrected=False, reason="No.")
    session().commit()
    assert (dict(sent.answers), sent.content_sha256, sent.submissions) == before
    assert (correction.state, correction.decided_by_id) == (CorrectionState.CORRECTED, officer.id)
    letter = session().scalars(select(Letter).where(Letter.kind == "correction_made")).one()
    assert letter.paragraphs[1].endswith("Ahora consta: Lucía Prueba Díaz.")
    assert not any("Motivo" in paragraph for paragraph in letter.paragraphs)
    actions = [event.action for event in events_of("application", sent.id)]
    assert [action for action in actions if action.startswith("correction")] == [
        "correction.asked",
        "correction.corrected",
    ]
    for change in (
        "UPDATE data_correction SET asked = 'x'",
        "UPDATE data_correction SET reason = 'x'",
        "DELETE FROM data_correction",
    ):
        with pytest.raises(DBAPIError, match="data_correction"), session().begin_nested():
            session().execute(text(change))


def test_a_refusal_says_why_and_the_datum_may_be_asked_for_again(
    sent: Application, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    correction = services.ask_correction(sent, "alcaldia", "Coyoacán")
    with acting_as(officer_actor(sent.applicant)), pytest.raises(OwnCase):
        services.answer_correction(correction, corrected=True)
    with acting_as(officer_actor(officer)):
        with pytest.raises(ReasonMissing):
            services.answer_correction(correction, corrected=False, reason=" ")
        services.answer_correction(correction, corrected=False, reason="La alcaldía es la del comprobante.")
    letter = session().scalars(select(Letter).where(Letter.kind == "correction_refused")).one()
    assert "Motivo: La alcaldía es la del comprobante." in letter.paragraphs
    assert services.ask_correction(sent, "alcaldia", "Coyoacán").id != correction.id
    monkeypatch.setattr(rules, "MOST_CORRECTIONS", 2)
    with pytest.raises(TooManyCorrections):
        services.ask_correction(sent, "public_name", "Otro nombre")


def test_before_the_deadline_it_is_sent_again_instead(clock: FrozenClock) -> None:
    application = make_submitted_application(make_open_call(), make_user())
    with pytest.raises(CorrectInstead):
        services.ask_correction(application, "public_name", "Otro nombre")
    assert correctable_applications(application.applicant_user_id) == []
    services.withdraw_application(application)  # what was sent is still held
    assert correctable_applications(application.applicant_user_id) == [application]
    assert services.ask_correction(application, "public_name", "Otro nombre").state is CorrectionState.ASKED


def test_corrections_go_with_the_application(sent: Application, officer: User) -> None:
    services.ask_correction(sent, "public_name", "Otro nombre")
    with acting_as(officer_actor(officer)):
        destroy_application(sent, schedule()[0], date(2020, 1, 1))
    assert session().scalar(select(func.count(DataCorrection.id))) == 0
    with pytest.raises(DatumNotCorrectable):
        services.ask_correction(sent, "public_name", "Otro nombre")


def test_the_sender_asks_from_their_page_and_an_officer_answers(
    client: FlaskClient, sent: Application, officer: User
) -> None:
    session().commit()
    status, ask = f"/es/solicitudes/{sent.id}", f"/es/solicitudes/{sent.id}/correccion"
    sign_in_as(client, sent.applicant)
    assert ask in client.get(status).text
    assert ask in client.get("/es/mi-espacio/mis-datos").text
    assert client.get(ask).status_code == 200
    assert client.post(ask, data={"datum": "", "asked": "x"}).status_code == 422
    assert client.post(ask, data={"datum": "title", "asked": "x"}).status_code == 422
    for _click in range(2):
        assert client.post(ask, data={"datum": "public_name", "asked": "Lucía <b> Díaz"}).status_code == 303
    assert client.post(ask, data={"datum": "public_name", "asked": "Otra"}).status_code == 409
    correction = session().scalars(select(DataCorrection)).one().id
    page = f"/es/programa/correcciones/{correction}"
    assert client.get(page).status_code == 403
    sign_in_as(client, make_user())
    assert client.get(ask).status_code == 404
    sign_in_as(client, make_user(Role.REVIEWER))
    assert client.get(page).status_code == 403
    sign_in_as(client, make_user(Role.AUDITOR))
    assert 'name="outcome"' not in client.get(page).text
    assert client.post(page, data={"outcome": "corrected"}).status_code == 403
    sign_in_as(client, officer)
    assert "Correcciones de datos por responder" in client.get("/es/mi-espacio").text
    assert page in client.get("/es/programa/correcciones?estado=asked").text
    assert "Lucía &lt;b&gt; Díaz" in client.get(page).text
    assert client.post(page, data={"outcome": "refused"}).status_code == 422
    assert client.post(page, data={"outcome": "x"}).status_code == 422
    assert client.post(page, data={"outcome": "corrected"}).status_code == 303
    assert client.post(page, data={"outcome": "refused", "reason": "No."}).status_code == 409
    assert page in client.get(f"/es/programa/solicitudes/{sent.id}").text
    sign_in_as(client, sent.applicant)
    for read in (status, f"{status}/acuse"):
        assert "Lucía &lt;b&gt; Díaz" in client.get(read).text


@pytest.mark.only_on("postgresql")
def test_two_at_once_ask_once(app: Flask, sent: Application) -> None:
    session().commit()
    number, wrong = sent.id, list[BaseException]()
    start = threading.Barrier(2)

    def ask() -> None:
        with app.app_context():
            try:
                start.wait()
                application = session().get_one(Application, number)
                services.ask_correction(application, "public_name", "Otro nombre")
                session().commit()
            except BaseException as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert session().scalar(select(func.count(DataCorrection.id))) == 1
