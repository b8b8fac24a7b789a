"""Officers see what became of every letter about an application, and send one again, once, with a reason."""

import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.audit import events_of
from core.clock import FrozenClock
from core.context import acting_as
from core.database import db, session
from core.errors import Refusal
from core.jobs import run_due
from core.roles import Role
from grants import services
from grants.models import Application, ApplicationMail
from grants.queries.mail import count_lost, mails_in, mails_of
from grants.queries.screening import cure_of
from grants.services.bulk import assign_officer
from grants.services.letters import plan_telling, send_mail_again
from grants.services.retention import destroy_application, schedule
from mail.errors import SentAgain
from mail.models import OutboxMessage
from mail.services import take_report
from mail.states import MessageState
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.awards import closed_call, determined, officer_actor
from tests.mail.test_returns import GONE, report

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def asked(clock: FrozenClock, officer: Any) -> Application:
    """An application with an acuse and a letter that asks to cure, both sent."""
    _call, (application,) = closed_call(clock, applications=1)
    with acting_as(officer_actor(officer)):
        services.request_cure(application, what="Falta la carta", days=5)
    session().commit()
    run_due()
    return application


def come_back(application: Application) -> ApplicationMail:
    """Have the newest e-mail about an application returned."""
    mail = mails_of(application)[-1]
    take_report(report(mail.message.message_id, GONE))
    session().commit()
    return mail


def test_a_letter_that_came_back_goes_to_a_corrected_address_once(asked: Application, officer: Any) -> None:
    acuse, cure = mails_of(asked)
    assert [mail.message.about for mail in (acuse, cure)] == ["grants.acuse", "grants.cure"]
    mail = come_back(asked)
    assert count_lost() == 1
    with acting_as(officer_actor(officer)):
        again = send_mail_again(mail, to="nueva@example.org", reason=" La dictó por teléfono ")
        assert send_mail_again(mail, to="nueva@example.org", reason="El segundo clic") is again
        with pytest.raises(SentAgain):  # not silently to where somebody else sent it
            send_mail_again(mail, to="otra@example.org", reason="Otra persona, otra dirección")
        with pytest.raises(Refusal):
            send_mail_again(again, to="nueva@example.org", reason="Todavía no sale")
    session().commit()
    assert count_lost() == 0
    assert (again.reason, again.sent_by_id, again.letter_id) == ("La dictó por teléfono", officer.id, mail.letter_id)
    assert again.message.attachments == mail.message.attachments != []
    assert session().scalars(mails_in(asked.call)).all() == [again, acuse]
    assert [event.action for event in events_of("application", asked.id)].count("letter.sent_again") == 1


def test_who_waits_for_it_is_told_once(asked: Application, officer: Any, clock: FrozenClock) -> None:
    assign_officer(asked, officer.id, before=None)
    mail = come_back(asked)
    plan_telling(mail.message)
    session().commit()
    clock.advance(minutes=16)
    run_due()
    plan_telling(mail.message)  # another report of the same letter
    session().commit()
    clock.advance(minutes=16)
    run_due()
    told = session().scalars(select(OutboxMessage).where(OutboxMessage.to == officer.email)).all()
    assert [letter.about for letter in told] == ["grants.lost_letters"]
    assert asked.folio
    assert asked.folio in told[0].body_text
    assert asked.applicant.name not in told[0].body_text


def test_the_list_of_a_call_filters_and_the_letter_is_sent_from_its_page(
    client: FlaskClient, asked: Application, officer: Any
) -> None:
    mail = come_back(asked)
    letters, again = f"/es/programa/{asked.call.slug}/cartas", f"/es/programa/cartas/{mail.outbox_message_id}/reenviar"
    sign_in_as(client, officer)
    assert "Recipient address rejected" in client.get(f"{letters}?estado=devueltas").get_data(as_text=True)
    assert "Ninguna carta coincide" in client.get(f"{letters}?estado=no-enviadas").get_data(as_text=True)
    assert "Falta una aclaración" in client.get(f"{letters}?q={asked.applicant.email}").get_data(as_text=True)
    assert "Falta la carta" in client.get(again).get_data(as_text=True)
    assert client.post(again, data={"to": "ana", "reason": "x"}).status_code == 422
    assert client.post(again, data={"to": "ana@example.org", "reason": " "}).status_code == 422
    for _click in range(2):
        assert client.post(again, data={"to": "ana@example.org", "reason": "La corrigió"}).status_code == 303
    assert session().scalar(select(func.count()).where(OutboxMessage.to == "ana@example.org")) == 1
    assert "La corrigió" in client.get(f"/es/programa/solicitudes/{asked.id}").get_data(as_text=True)
    sign_in_as(client, make_user(Role.AUDITOR))
    assert client.get(letters).status_code == 200
    assert client.get(again).status_code == 403
    for person in (make_user(Role.REVIEWER), asked.applicant):
        sign_in_as(client, person)
        assert client.get(letters).status_code == 403


def test_nobody_resends_in_their_own_case_and_held_letters_are_told(
    client: FlaskClient, clock: FrozenClock, officer: Any
) -> None:
    call, (application,) = determined(clock, officer, applications=1)
    sign_in_as(client, officer)
    page = client.get(f"/es/programa/{call.slug}/cartas?estado=retenidas").get_data(as_text=True)
    assert application.folio
    assert application.folio in page
    mail = mails_of(application)[0]
    with acting_as(officer_actor(application.applicant)), pytest.raises(Refusal):
        send_mail_again(mail, to="otra@example.org", reason="Es mía")


def test_a_repeated_letter_goes_with_its_application(asked: Application, officer: Any) -> None:
    with acting_as(officer_actor(officer)):
        send_mail_again(come_back(asked), to="nueva@example.org", reason="La dictó")
        session().commit()
        run_due()
        destroy_application(asked, schedule()[0], date(2020, 1, 1))
    assert cure_of(asked) is None
    assert session().scalar(select(func.count(ApplicationMail.outbox_message_id))) == 0
    assert session().scalar(select(func.count()).where(OutboxMessage.to == "nueva@example.org")) == 0


def test_two_clicks_at_once_send_one(app: Flask, asked: Application, officer: Any) -> None:
    mail = come_back(asked)
    clients = [app.test_client() for _click in range(2)]
    for one in clients:
        sign_in_as(one, officer)
    together, answers = threading.Barrier(2), list[int]()

    def click(one: FlaskClient) -> None:
        together.wait()
        address = f"/es/programa/cartas/{mail.outbox_message_id}/reenviar"
        answers.append(one.post(address, data={"to": "ana@example.org", "reason": "La corrigió"}).status_code)

    threads = [threading.Thread(target=click, args=(one,)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303]
    assert db.session.scalar(select(func.count()).where(OutboxMessage.again_of_id.is_not(None))) == 1
    assert mail.message.state is MessageState.BOUNCED
