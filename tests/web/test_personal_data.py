"""Everything held on a person goes home with them; nothing of anybody else, no secret, no result before its time."""

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.context import acting_as
from core.database import Base, db
from core.roles import Role
from grants.models import Application
from grants.services import release_determinations
from tests.architecture.findings import assert_nothing
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.awards import determined, officer_actor
from tests.web.conftest import World
from tests.web.dom import parse
from web.demo.people import PASSWORD
from web.held_data import PARTS, held_on

PAGE = "/es/mi-espacio/mis-datos"
# Tables that point at people for another reason: they tell what an office did, and the audit trail has who.
EXCUSED = {
    "appeal_admission": "the programme's own act; the letter tells it",
    "application_note": "the programme's own words among its staff; they decide nothing",
    "application_officer": "the programme's own act",
    "bank_match": "the treasury's own act",
    "bank_statement": "the treasury's own act",
    "blind_clearing": "the programme's own act",
    "bulk_action": "the programme's own act",
    "call_addendum": "the programme's own act",
    "company_charge": "the treasury's own act",
    "feedback_text": "a reviewer's words; their applicant reads what the programme released of them",
    "fiscal_period": "the treasury's own act",
    "fund_closing": "the treasury's own act",
    "grant_call": "the programme's own act",
    "journal_entry": "the treasury's own act",
    "offer_acceptance": "the trust's own act; the letter about the offer tells it",
    "operating_plan": "the treasury's own act",
    "paper_import": "the programme's own act",
    "payment_order": "the treasury's own act",
    "period_closing": "the treasury's own act",
    "period_reopening": "the treasury's own act",
    "pledge_payment": "the treasury's own act",
    "privacy_notice": "the administration's own act",
    "retention_hold": "the programme's own act",
    "screening": "the programme's own act; what it decided is in the letters",
    "service_outage": "the programme's own act",
    "sponsor_package": "the treasury's own act",
}


def taken_home(client: FlaskClient, password: str = PASSWORD) -> tuple[int, dict[str, Any], dict[str, bytes]]:
    """Ask for the file and return the status, the data and the files in it."""
    token = parse(client.get(PAGE).get_data()).xpath("//main//input[@name='csrf_token']/@value")[0]
    answer = client.post(PAGE, data={"csrf_token": token, "current": password})
    if answer.mimetype != "application/zip":
        return answer.status_code, {}, {}
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return answer.status_code, json.loads(files.pop("datos.json")), files


def demo_client(world: World, name: str) -> FlaskClient:
    client = world.app.test_client()
    with world.app.app_context():
        person = db.session.scalars(select(User).where(User.email == f"{name}@puente.example")).one()
        sign_in_as(client, person)
    return client


def test_every_table_that_points_at_people_is_told_or_excused(application: Flask) -> None:
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "user_account"
    }
    told = {part.table for part in PARTS}
    assert_nothing(sorted(pointing - told - set(EXCUSED)))
    assert_nothing(sorted(set(EXCUSED) & told | set(EXCUSED) - pointing))


@pytest.mark.parametrize("name", ["becaria", "patrocinio", "evaluadora"])
def test_the_file_holds_what_is_theirs_and_nothing_that_opens_a_door(world: World, name: str) -> None:
    status, data, files = taken_home(demo_client(world, name))
    with world.app.app_context():
        person = db.session.scalars(select(User).where(User.email == f"{name}@puente.example")).one()
        count = db.session.scalar(select(func.count(Application.id)).where(Application.applicant_user_id == person.id))
        hashed = person.password_hash
    assert status == 200
    assert [row["email"] for row in data["user_account"]] == [f"{name}@puente.example"]
    assert len(data.get("application", [])) == count
    assert all(content for content in files.values())
    told = json.dumps(data)
    assert hashed is not None
    assert hashed not in told
    assert not [key for rows in data.values() for row in rows for key in row if "password" in key or "secret" in key]


def test_who_applied_gets_their_papers_and_who_reviewed_their_reviews(world: World) -> None:
    _status, applicant, files = taken_home(demo_client(world, "becaria"))
    assert {"application", "application_version", "letter", "award", "agreement"} <= set(applicant)
    assert any(content.startswith(b"%PDF-") for content in files.values())
    assert "review" not in applicant
    _status, reviewer, _files = taken_home(demo_client(world, "evaluadora"))
    assert len(reviewer["review"]) > 0
    assert "application" not in reviewer


def test_a_result_is_not_learned_here_first(session: Session, clock: FrozenClock) -> None:
    officer = make_user(Role.PROGRAMME_OFFICER)
    call, (application,) = determined(clock, officer, applications=1)
    person = application.applicant

    def told() -> set[str]:
        return {one.part.table for one in held_on(person.id, person.email) if one.rows}

    assert not {"determination", "award", "letter"} & told()
    with acting_as(officer_actor(officer)):
        release_determinations(call)
    assert {"determination", "award"} <= told()


def test_the_password_is_asked_and_strangers_are_sent_to_sign_in(world: World) -> None:
    status, data, _files = taken_home(demo_client(world, "becaria"), "equivocada")
    assert (status, data) == (422, {})
    assert world.client("anonymous").get(PAGE).status_code == 303
    assert world.client(Role.AUDITOR).get(PAGE).status_code == 200
