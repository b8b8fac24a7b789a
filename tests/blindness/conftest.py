"""A call under review whose applicants, account numbers and files are told apart from everything else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.models import Organisation, OrganisationKind, User
from accounts.services import add_member, create_organisation
from core.clock import FrozenClock
from core.context import acting_as
from core.database import session
from core.files import store_upload
from core.roles import Role
from grants import services as grants
from grants.models import Application, BlindClearing, Call
from grants.queries import determinations
from grants.queries.companions import companions_of
from grants.rules.detector import FindingKind
from scoring import queries, services
from scoring.models import Panel
from scoring.states import PanelState
from tests.blindness.papers import photograph, telling_pdf
from tests.factories.accounts import make_user
from tests.factories.awards import close, hand_over, officer_actor, written_pdf
from tests.factories.grants import make_draft_application, make_open_call
from tests.stories import told_once

_numbers = count(7_654_321)  # never begun again: a story told once keeps the numbers it was told with
HOST = "Tonantzin Axayácatl Cihuapilli"  # who signs the letters of invitation
NAMES = ("Xóchitl Quetzalli Montaño", "Ignacio Tlacaélel Zúñiga", "Eréndira Huapilla Ocampo")


@dataclass(frozen=True)
class Blind:
    """The committee's world: what a reviewer may know, and what must stay apart from it."""

    call: Call
    applications: list[Application]
    panel: Panel
    reviewer: User

    def code_of(self, application: Application) -> str:
        """Return the code an application has in the committee."""
        codes = determinations.applications_by_code(self.call)
        return next(code for code, one in codes.items() if one is application)


@pytest.fixture
def blind(session: Session, clock: FrozenClock) -> Iterator[Blind]:
    """Three applications with a file each, assigned to three reviewers; declarations are due."""
    with numbered_apart():
        officer = make_user(Role.PROGRAMME_OFFICER, name="Oficial")
        yield Blind(*_told(clock, officer))


@told_once
def _told(clock: FrozenClock, officer: User) -> tuple[Call, list[Application], Panel, User]:
    call = make_open_call()
    found = []
    for told in (_alone, _with_friends, _for_a_body):
        found.append(told(call))
        clock.advance(minutes=7, seconds=11)  # when it came in says whose it is, to whoever was told when that was
    close(call, clock)
    with acting_as(officer_actor(officer)):
        _look_through(call)
        hand_over(call, reviewers=2)
        reviewer = make_user(Role.REVIEWER, name="Ramiro Oyarzábal Iturbe")
        grants.seat_reviewer_on(call, reviewer, keywords=["eje-1"])
    panel = queries.panel_of_call(call.slug)
    assert panel is not None
    services.assign_reviewers(panel)
    services.advance_panel(panel, PanelState.DECLARATIONS)
    return call, found, panel, reviewer


def _look_through(call: Call) -> None:
    """Have a person look at the pictures, which no search can read, before anything is handed over."""
    grants.screen_applications(call)
    grants.prepare_dossiers(call)
    for clearing in session().scalars(select(BlindClearing).order_by(BlindClearing.id)):
        for index, found in enumerate(clearing.findings):
            assert found["kind"] == FindingKind.UNREADABLE, found
            grants.dismiss_finding(clearing, index, reason="La fotografía no muestra a nadie.")


def _alone(call: Call) -> Application:
    """A person's; their sample is a PDF that says whose it is in everything but its text."""
    user = make_user(name=NAMES[0])
    application = _draft(call, user, telling_pdf(NAMES[0]), answers={"public_name": NAMES[0]})
    grants.submit_application(application)
    return application


def _with_friends(call: Call) -> Application:
    """A collective, with a photograph: one who travels along said yes, with an account; another has not answered."""
    named = {"public_name": "Colectivo Tlalpujahua", "members": "Eufrasia Tzitzio y Policarpo Uruapan"}
    application = _draft(call, make_user(name=NAMES[1]), photograph(NAMES[1]), kind="collective", answers=named)
    for name, email in (("Eufrasia Tzitzio", "eufrasia.tz@example.org"), ("Policarpo Uruapan", "poli@example.net")):
        grants.invite_companion(application, name=name, email=email)
    friend = make_user(name="Eufrasia Tzitzio", email="eufrasia.tz@example.org")
    grants.answer_invitation(companions_of(application)[0], friend, accept=True)
    grants.submit_application(application)
    return application


def _for_a_body(call: Call) -> Application:
    """A company's, asked for by one of its people, with a picture in its PDF."""
    body = create_organisation(name="Ocoyoacac Ixtlahuaca", kind=OrganisationKind.COMPANY, tax_id="TIX030405AB1")
    user = make_user(name=NAMES[2])
    add_member(body, user)
    named = {"public_name": "Ixtlahuaca Tenancingo"}
    sample = telling_pdf(NAMES[2], picture=photograph(NAMES[2]))
    application = _draft(call, user, sample, kind="organisation", organisation=body, answers=named)
    grants.submit_application(application)
    return application


def _draft(call: Call, user: User, sample: bytes, **more: Any) -> Application:
    """A draft with a sample of work for the reviewers, and a letter that is not: signed by who invites."""
    application = make_draft_application(call, user, **more)
    for question, data, kept in (("portfolio", sample, user.name), ("invitation", written_pdf(HOST), "carta")):
        grants.attach_file(application, question, store_upload(data, f"{kept}.pdf", purpose="application"))
    return application


@dataclass(frozen=True)
class Browser:
    """The application and a browser in which anybody can be signed in."""

    app: Flask
    client: FlaskClient
    sign_in: Callable[[User], User]


@pytest.fixture
def browser(app: Flask, client: FlaskClient, login: Callable[[User], User]) -> Browser:
    """A browser."""
    return Browser(app, client, login)


@contextmanager
def numbered_apart() -> Iterator[None]:
    """Let ids of people and applications begin where no count, amount or date is mistaken for them."""

    def number(_mapper: object, _connection: object, target: Any) -> None:
        target.id = next(_numbers)

    for model in (User, Application, Organisation):
        event.listen(model, "before_insert", number)
    try:
        yield
    finally:
        for model in (User, Application, Organisation):
            event.remove(model, "before_insert", number)
