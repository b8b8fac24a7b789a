"""What the officers' list filters by is kept step by step, and is what counting everything again would say."""

import hashlib
import importlib.util
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select

from accounts.models import Organisation, TokenPurpose, User
from accounts.services import confirm_email_change, edit_organisation, edit_profile
from accounts.services.tokens import issue_token
from core.clock import FrozenClock
from core.database import session
from core.files import store_upload
from grants import services
from grants.errors.companions import InvitedTooOften
from grants.models import Application, ApplicationAlike, ApplicationMark, Call, CoApplicant, SharedMark
from grants.queries.queue import QueueFilter, queue_page
from grants.rules.likeness import ACCOUNTS, PEOPLE, LikenessKind, bits_of
from grants.rules.retention import RetentionRule
from grants.services.retention import destroy_application
from grants.states.application import ApplicationState
from grants.states.companion import CompanionState
from tests.architecture.places import ROOT
from tests.factories.accounts import make_organisation, make_user
from tests.factories.grants import a_journey, a_pdf, answers_for, make_draft_application, make_open_call

pytestmark = pytest.mark.usefixtures("session")
Row = tuple[int, str, str]
CITIES = ("Niza", "NIZA", "Lyon", "Lille")
NAMES = ("Ana Peña Ruiz", "ANA PENA RUIZ", "Luz Díaz", "Ana")
SAID = ("Nadie", "002115016003269411", "Tel. 55 1234 5678", "002115016003269411 y 55 1234 5678")
STEPS = 60
RULE = RetentionRule("x", frozenset(), "call_final", 1, True, {}, {})


def _print(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}|{text}".encode()).hexdigest()


def afresh(application: Application) -> set[Row]:
    """What an application may share, out of what is kept of it now: written without the code under test."""
    person = session().get_one(User, application.applicant_user_id)
    gone = application.state is ApplicationState.WITHDRAWN or person.email.endswith("destruido.invalid")
    if application.submitted_at is None or gone:
        return set()
    everybody: list[tuple[str | None, User | None]] = [(person.email, person)]
    for companion in session().scalars(select(CoApplicant).where(CoApplicant.application_id == application.id)):
        account = session().get(User, companion.user_id) if companion.user_id else None
        if companion.state is not CompanionState.DECLINED:
            everybody.append((account.email if account else companion.email, account))
    found = {("person", _print("person", email)) for email, _account in everybody if email}
    found |= {
        ("name", _print("name", account.name_folded)) for _e, account in everybody if account and " " in account.name
    }
    if application.organisation_id:
        number = session().get_one(Organisation, application.organisation_id).tax_id
        found |= {("tax_id", _print("tax_id", number))} if number else set()
    if application.itinerary_key:
        found.add(("itinerary", application.itinerary_key))
    found |= {("file", one.stored_file.sha256) for one in application.attachments if one.in_submission}
    said = application.answers.get("public_name", "")
    for kind, pattern in (("clabe", r"\b\d{18}\b"), ("phone", r"\b55 1234 5678\b")):
        found |= {(kind, _print(kind, part.replace(" ", ""))) for part in re.findall(pattern, said)}
    return {(application.id, kind, key) for kind, key in found}


def everything() -> tuple[set[Row], set[tuple[int, str, str, int, int]]]:
    """All marks, and each with every call in which another application has it too."""
    calls = {one.id: one.call_id for one in session().scalars(select(Application))}
    marks = {row for one in session().scalars(select(Application)) for row in afresh(one)}
    holders = defaultdict(set)
    for number, kind, key in marks:
        holders[kind, key].add(number)
    shared = {
        (number, kind, key, calls[other], calls[number])
        for number, kind, key in marks
        for other in holders[kind, key] - {number}
    }
    return marks, shared


def kept() -> tuple[set[Row], set[tuple[int, str, str, int, int]]]:
    marks = select(ApplicationMark.application_id, ApplicationMark.kind, ApplicationMark.key, ApplicationMark.call_id)
    calls = {one.id: one.call_id for one in session().scalars(select(Application))}
    rows = session().execute(marks).all()
    assert all(call_id == calls[number] for number, _kind, _key, call_id in rows)
    one = SharedMark
    session().expire_all()
    inside: dict[int, set[LikenessKind]] = defaultdict(set)
    for number, kind in session().execute(select(one.application_id, one.kind).where(one.other_call_id == one.call_id)):
        inside[number].add(kind)
    told = session().execute(select(ApplicationAlike.application_id, ApplicationAlike.call_id, ApplicationAlike.alike))
    wanted = sorted((one, calls[one], bits_of(found)) for one, found in inside.items())
    assert sorted(tuple(row) for row in told) == wanted
    shared = select(one.application_id, one.kind, one.key, one.other_call_id, one.call_id)
    return (
        {(number, kind.value, key) for number, kind, key, _call in rows},
        {(number, kind.value, key, other, mine) for number, kind, key, other, mine in session().execute(shared)},
    )


class Story:
    """People, organisations and calls to which anything may happen, in an order that a seed gives."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.calls = [make_open_call(), make_open_call()]
        self.people = [make_user(name=self.chance.choice(NAMES)) for _number in range(5)]
        self.bodies = [make_organisation(*self.people) for _number in range(3)]

    def one(self, *states: ApplicationState) -> Application | None:
        rows = session().scalars(select(Application).order_by(Application.id))
        found = [one for one in rows if one.state in states and not one.applicant.is_nobody]
        return self.chance.choice(found) if found else None

    def _fill(self, application: Application) -> None:
        said = answers_for(application.kind.value, public_name=self.chance.choice(SAID))
        services.save_draft(application, answers=said, itinerary=a_journey(city=self.chance.choice(CITIES)))
        for attachment in application.current_attachments:
            services.detach_file(attachment)
        letter = store_upload(a_pdf(self.chance.randint(1, 3)), "carta.pdf", purpose="application")
        services.attach_file(application, "invitation", letter)
        services.submit_application(application)

    def send(self) -> None:
        call, kind = self.chance.choice(self.calls), self.chance.choice(["person", "collective", "organisation"])
        standing = select(Application).where(Application.call_id == call.id, Application.state != "withdrawn")
        rows = session().scalars(standing).all()
        free = [one for one in self.people if one.id not in {row.applicant_user_id for row in rows}]
        bodies = [one for one in self.bodies if one.id not in {row.organisation_id for row in rows}]
        if not free or (kind == "organisation" and not bodies):
            return
        body = self.chance.choice(bodies) if kind == "organisation" else None
        person = self.chance.choice(free)
        application = make_draft_application(call, person, kind=kind, organisation=body)
        if kind == "collective":
            self._invite(application)
        self._fill(application)

    def send_again(self) -> None:
        if (application := self.one(ApplicationState.SUBMITTED)) is not None:
            self._fill(application)

    def withdraw(self) -> None:
        if (application := self.one(ApplicationState.SUBMITTED)) is not None:
            services.withdraw_application(application)

    def destroy(self) -> None:
        if (application := self.one(ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN)) is not None:
            destroy_application(application, RULE, date(2026, 1, 1))

    def _invite(self, application: Application) -> None:
        friend = self.chance.choice([one for one in self.people if one is not application.applicant])
        known = select(CoApplicant).where(CoApplicant.application_id == application.id)
        if friend.email not in {one.email for one in session().scalars(known)}:
            with suppress(InvitedTooOften):
                services.invite_companion(application, name="Amiga Lejana", email=friend.email)

    def invite(self) -> None:
        found = self.one(ApplicationState.SUBMITTED)
        if found is not None and found.kind == "collective":
            self._invite(found)

    def answer(self) -> None:
        for companion in session().scalars(select(CoApplicant).where(CoApplicant.state == CompanionState.INVITED)):
            friend = next((one for one in self.people if one.email == companion.email), None)
            if friend is not None:
                services.answer_invitation(companion, friend, accept=self.chance.random() < 0.7)
                return

    def leave(self) -> None:
        accepted = select(CoApplicant).where(CoApplicant.state == CompanionState.ACCEPTED)
        if (companion := session().scalars(accepted).first()) is not None:
            services.leave_application(companion)

    def remove(self) -> None:
        for companion in session().scalars(select(CoApplicant).order_by(CoApplicant.id)):
            if companion.application.state is ApplicationState.SUBMITTED:
                services.remove_companion(companion.application, companion)
                return

    def rename(self) -> None:
        edit_profile(self.chance.choice(self.people), name=self.chance.choice(NAMES), language="es")

    def move(self) -> None:
        person, number = self.chance.choice(self.people), self.chance.randint(1, 10**9)
        address = self.chance.choice([f"nueva{number}@example.org", f"otra{number}@example.org"])
        confirm_email_change(issue_token(person, TokenPurpose.CHANGE_EMAIL, new_email=address))

    def renumber(self) -> None:
        body = self.chance.choice(self.bodies)
        number = self.chance.choice([None, "ABC850315AB1", "ABC-850315-AB1"])
        edit_organisation(body, name=body.name, kind=body.kind, tax_id=number, country="MX", public_name_allowed=True)

    def on_paper(self) -> None:
        name, number = self.chance.choice(NAMES[:3]), self.chance.randint(1, 10**6)
        rows = f"No.;Nombre completo;Correo;País;Ciudad\n{number};{name};papel{number}@example.org;Francia;Niza\n"
        list(services.take_rows(services.open_register(self.calls[0], rows.encode(), "registro.csv")))

    def steps(self) -> Iterable[Callable[[], None]]:
        often = [*([self.send] * 6), self.send_again, self.withdraw, self.invite, self.answer]
        return [*often, self.leave, self.remove, self.rename, self.move, self.renumber, self.on_paper, self.destroy]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_kept_is_what_counting_again_says(seed: int, clock: FrozenClock) -> None:
    story, seen = Story(seed), 0
    for number in range(STEPS):
        step = story.chance.choice([*story.steps()])
        step()
        session().flush()
        assert kept() == everything(), (number, step.__name__)
        seen = max(seen, len(kept()[1]))
        if number % 9 == 0:
            _filters_say_the_same(story)
    assert seen > 5  # the story had something to tell
    before = kept()
    migrate_again()
    assert kept() == before


def migrate_again() -> None:
    """Go back before both sides were kept, and let the migrations count what is there."""
    session().flush()
    steps = [migration(name) for name in ("0049_shared_marks", "0050_alike_by_call")]
    with Operations.context(MigrationContext.configure(session().connection())):
        for step in reversed(steps):
            step.downgrade()
        for step in steps:
            step.upgrade()


def migration(name: str) -> Any:
    found = importlib.util.spec_from_file_location(name, ROOT / "migrations" / "versions" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    step = importlib.util.module_from_spec(found)
    found.loader.exec_module(step)
    return step


def _filters_say_the_same(story: Story) -> None:
    _marks, shared = everything()
    for call in story.calls:
        for kinds in (tuple(LikenessKind), PEOPLE, ACCOUNTS, (LikenessKind.FILE,)):
            wanted = {number for number, kind, _key, _other, mine in shared if mine == call.id and kind in kinds}
            listing = queue_page(call, QueueFilter(alike=kinds), page=1, per_page=200)
            assert {one.id for one in listing.rows} == wanted
            assert listing.total == len(wanted)


def test_the_flag_falls_when_the_other_side_goes(clock: FrozenClock) -> None:
    call, beside = make_open_call(), make_open_call()
    person = make_user(name="Ana Peña Ruiz")
    journeys = [a_journey(city=city) for city in ("Niza", "Lyon", "Lille")]
    here = make_draft_application(call, person, journey=journeys[0])
    there = make_draft_application(beside, person, journey=journeys[1])
    third = make_draft_application(beside, make_user(name="Ana Peña Ruiz"), journey=journeys[2])
    for number, one in enumerate((here, there, third), 1):
        for attachment in one.current_attachments:
            services.detach_file(attachment)
        services.attach_file(one, "invitation", store_upload(a_pdf(number), "c.pdf", purpose="application"))
        services.submit_application(one)

    def filtered(whose: Call) -> set[int]:
        return {one.id for one in queue_page(whose, QueueFilter(alike=PEOPLE), page=1).rows}

    assert (filtered(call), filtered(beside)) == ({here.id}, {there.id, third.id})
    services.withdraw_application(there)
    assert (filtered(call), filtered(beside)) == ({here.id}, {third.id})  # the same name is left
    edit_profile(third.applicant, name="Otra Persona", language="es")
    assert (filtered(call), filtered(beside)) == (set(), set())
