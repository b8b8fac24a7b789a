"""A virus found in a file that was taken already is told once to who attends to it, and to the administrators."""

from typing import Any

import pytest
from sqlalchemy import select

from core import antivirus, files
from core.antivirus import Finding, Scanned
from core.clock import FrozenClock
from core.context import acting_as
from core.database import session
from core.files import store_upload
from core.jobs import enqueue, run_due
from core.roles import Role
from grants import services
from grants.queries.mail import officers_of_file
from grants.services.bulk import assign_officer
from mail.models import OutboxMessage
from tests.factories.accounts import make_user
from tests.factories.awards import closed_call, officer_actor
from tests.factories.grants import a_pdf, make_open_call, make_submitted_application

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize("virus", ["Eicar-Test-Signature", None])
def test_somebody_is_written_to(clock: FrozenClock, monkeypatch: Any, virus: str | None) -> None:
    officer, administrator = make_user(Role.PROGRAMME_OFFICER), make_user(Role.ADMINISTRATOR)
    application = make_submitted_application(make_open_call(), make_user())
    assign_officer(application, officer.id, before=None)
    stored = application.submitted_attachments[0].stored_file
    stored.scanned = Scanned.WAITING
    monkeypatch.setattr(antivirus, "is_configured", lambda: True)
    monkeypatch.setattr(antivirus, "scan", lambda _data, *, patient: Finding(virus, "ClamAV 1.4.2"))
    for _time in range(2):
        enqueue(files.SCAN, {"file_id": stored.id})
    session().commit()
    run_due()
    about = ("grants.infected_file", "accounts.infected_file")
    query = select(OutboxMessage.to, OutboxMessage.about).where(OutboxMessage.about.in_(about))
    told = [tuple(row) for row in session().execute(query.order_by(OutboxMessage.about))]
    expected = [(administrator.email, about[1]), (officer.email, about[0])] if virus else []
    assert told == expected


def test_the_file_of_a_clarification_has_its_officer_too(clock: FrozenClock) -> None:
    officer = make_user(Role.PROGRAMME_OFFICER)
    _call, (application, other) = closed_call(clock, applications=2)
    with acting_as(officer_actor(officer)):
        cure = services.request_cure(application, what="Falta la carta", days=5)
        services.request_cure(other, what="Falta la carta", days=5)
    stored = store_upload(a_pdf(), "carta.pdf", purpose="cure")
    services.answer_cure(cure, text="Va", files=[stored])
    for one in (application, other):
        assign_officer(one, officer.id, before=None)
    session().commit()
    assert officers_of_file(stored) == [(application, officer)]
