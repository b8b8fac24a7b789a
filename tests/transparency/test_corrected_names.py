"""A public name that was corrected reads so wherever results are told, with the day, and not as it read before."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.clock import FrozenClock, today
from core.context import acting_as
from core.roles import Role
from grants import services as grants
from grants.queries.determinations import public_awards
from grants.rules.corrections import published_name, told_since
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.awards import officer_actor
from tests.transparency.conftest import Awarded
from transparency import queries

WRONG, NAME = "Otro Nombre", "Tepozán & Compañía"
REGISTER = "/es/transparencia/padron"


@pytest.fixture
def corrected(awarded: Awarded, session: Session, clock: FrozenClock) -> Awarded:
    """The first award's public name was corrected twice after the results were out; a third wish was refused."""
    application = awarded.awards[0].application
    clock.advance(days=3)
    with acting_as(officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        for said, right in ((WRONG, True), (NAME, True), ("Nadie", False)):
            asked = grants.ask_correction(application, "public_name", said)
            grants.answer_correction(asked, corrected=right, reason="" if right else "No lo acredita.")
            clock.advance(days=1)
    session.commit()
    return awarded


def test_every_telling_of_the_results_has_the_corrected_name_and_its_day(
    corrected: Awarded, client: FlaskClient, clock: FrozenClock
) -> None:
    award = corrected.awards[0]
    sent, day = award.application.answers["public_name"], today().toordinal() - 2
    (found,) = [one for one in queries.all_beneficiaries() if one.award_id == award.id]
    assert (found.name, found.name_corrected_on and found.name_corrected_on.toordinal()) == (NAME, day)
    assert {one.name_corrected_on for one in queries.all_beneficiaries() if one.award_id != award.id} == {None}
    told = [one for one in public_awards(corrected.call) if one.corrected_on is not None]
    assert [(one.name, one.corrected_on) for one in told] == [(NAME, found.name_corrected_on)]
    assert found.name_corrected_on is not None
    spoken = found.name_corrected_on.isoformat()
    for page in (REGISTER, f"/es/convocatorias/{corrected.call.slug}/resultados"):
        text = client.get(page).text
        assert text.count("Tepozán &amp; Compañía") == text.count("Nombre corregido") == 1
        assert f'datetime="{spoken}"' in text
        assert WRONG not in text
        assert sent not in text
    table = client.get("/es/transparencia/padron.csv").get_data(as_text=True).lstrip("\ufeff")
    rows = [row for row in csv.DictReader(io.StringIO(table)) if row["name_corrected_on"]]
    assert [(row["beneficiary"], row["name_corrected_on"]) for row in rows] == [(NAME, spoken)]
    package = json.loads(client.get("/es/transparencia/datos/360giving.json").data)["grants"]
    modified = [one for one in package if "dateModified" in one]
    assert [(one["recipientIndividual"]["name"], one["dateModified"]) for one in modified] == [(NAME, spoken)]
    assert client.get("/es/transparencia/datos/apoyos.xlsx").status_code == 200


def test_the_register_is_searched_by_the_corrected_name_and_what_was_sent_stays(
    corrected: Awarded, client: FlaskClient
) -> None:
    application = corrected.awards[0].application
    sent = application.answers["public_name"]
    assert [one.name for one in queries.all_beneficiaries(text="tepozán")] == [NAME]
    assert sent not in [one.name for one in queries.all_beneficiaries(text=sent)]
    sign_in_as(client, application.applicant)
    assert sent in client.get(f"/es/solicitudes/{application.id}/acuse").text


def test_a_kept_page_is_asked_again_after_a_correction(awarded: Awarded, session: Session, client: FlaskClient) -> None:
    known = {"If-None-Match": client.get(REGISTER).headers["ETag"]}
    assert client.get(REGISTER, headers=known).status_code == 304
    with acting_as(officer_actor(make_user(Role.PROGRAMME_OFFICER))):
        asked = grants.ask_correction(awarded.awards[0].application, "public_name", NAME)
        grants.answer_correction(asked, corrected=True)
    session.commit()
    answer = client.get(REGISTER, headers=known)
    assert (answer.status_code, "Tepozán" in answer.text) == (200, True)


def test_what_was_corrected_before_the_results_were_out_was_never_told_otherwise() -> None:
    before, after = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    assert (told_since(before, after), told_since(after, before), told_since(None, after)) == (None, after, None)
    assert published_name(" Sent ", None, "Account") == "Sent"
    assert published_name("", None, "Account") == "Account"
    assert published_name("Sent", "Corrected", "Account") == "Corrected"
