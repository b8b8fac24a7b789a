"""Every role at every door of the mobility fund, and at what belongs to somebody else: role, route and owner."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.models import User
from core.audit import AuditEvent
from core.context import Actor, acting_as
from core.database import db
from core.files import store_upload
from core.roles import Role
from grants import services
from grants.models import Application, Award, Call, Determination, ExpenseLine, ExpenseReport, Letter
from grants.queries.calls import accepts_now
from grants.states.application import ApplicantKind
from grants.states.determination import Outcome
from tests.architecture.findings import assert_nothing
from tests.architecture.generated import GUARDS
from tests.factories.accounts import sign_in_as
from tests.factories.awards import written_pdf
from tests.web.conftest import ROLES, VISITOR, World

pytestmark = pytest.mark.only_on("sqlite")  # who may does not hang on the database

NUMBER = re.compile(r"<int:(\w+)>")
NUMBERS = re.compile(r"/\d+/.*/\d+")  # something of something of mine
OTHER = re.compile(r"<[^>]*>")
NOBODYS = "999999999"
OWNER = "becaria@puente.example"
# Whoever works on an application reads what its applicant reads; they write in rooms of their own.
STAFF_READS = {
    "grants.acuse_content",
    "grants.acuse_document",
    "grants.acuse_show",
    "grants.agreement_pdf",
    "grants.application_file",
    "grants.application_show",
    "grants.determination_show",
    "grants.determination_standing",
    "grants.letter_pdf",
    "grants.letter_show",
    "grants.receipt_file",
}
# The treasury pays: the agreement and the proof of expenses, not what somebody applied with or was written to.
TREASURER_READS = {"grants.agreement_pdf", "grants.receipt_file"}
# What only who writes an application reads: were one of these missing, a stranger's refusal there would prove nothing.
DRAFT_READS = {
    "grants.application_draft",
    "grants.application_review",
    "grants.application_step",
    "grants.application_withdraw",
    "grants.companion_list",
    "grants.upload_show",
}
STAFF = dict.fromkeys((Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR), STAFF_READS)
STAFF |= {Role.TREASURER: TREASURER_READS}


def doors() -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """Yield address, methods, endpoint and who, as they are committed: written once, and read by people since."""
    for line in GUARDS.read_text(encoding="utf-8").splitlines()[1:]:
        address, methods, endpoint, who = re.split(r"\s{2,}", line.strip(), maxsplit=3)
        if endpoint.startswith("grants."):
            yield address.replace("<any(es, en):lang>", "es"), tuple(methods.split()), endpoint, who


def turned_away(status: int, location: str) -> bool:
    return status == 403 or (status in (302, 303) and "/cuenta/entrar" in location)


@pytest.mark.parametrize("role", ROLES)
def test_every_door_lets_in_whom_it_names_and_nobody_else(world: World, role: str) -> None:
    client, wrong, tried = world.client(role), [], 0
    for address, methods, _endpoint, who in doors():
        path = OTHER.sub("x", NUMBER.sub(NOBODYS, address))
        names = who.split(", ")
        for method in methods:
            answer = client.open(path, method=method)
            opens = who == "anyone" or (role != VISITOR and (who == "signed in" or role in names))
            if role == Role.AUDITOR and role in names and method != "GET":
                opens = False  # reads all and changes nothing
            away = turned_away(answer.status_code, answer.headers.get("Location", ""))
            if method == "POST" and role == VISITOR and not opens:
                away = away or answer.status_code in (400, 401)
            if away is opens or answer.status_code >= 500:
                wrong.append(f"{method} {path} as {role}: {answer.status_code}, {who}")
            tried += 1
    assert tried > 150
    assert_nothing(wrong)


def belongings() -> list[dict[str, int]]:
    """What the demo's award holder has, by the name an address gives it: an award with all of it, and a draft."""
    owner = db.session.scalars(select(User).where(User.email == OWNER)).one()
    draft = begun(owner)
    mine = select(Application.id).where(Application.applicant_user_id == owner.id)
    award = db.session.scalars(select(Award).where(Award.application_id.in_(mine)).order_by(Award.id)).first()
    assert award is not None
    application = award.application
    letters = select(Letter.id).where(Letter.application_id == application.id).order_by(Letter.id)
    lines = select(ExpenseLine.id).join(ExpenseReport).where(ExpenseReport.award_id == award.id)
    held = {
        "application_id": application.id,
        "award_id": award.id,
        "letter_id": db.session.scalars(letters).first() or 0,
        "line_id": db.session.scalars(lines.order_by(ExpenseLine.id)).first() or 0,
        "attachment_id": application.attachments[0].id,
    }
    return [held, draft]


def begun(owner: User) -> dict[str, int]:
    """A collective's draft of the owner's with a companion, a file, and another file half sent."""
    call = next(call for call in db.session.scalars(select(Call).order_by(Call.id)) if accepts_now(call))
    with acting_as(Actor(owner.id, frozenset({Role.APPLICANT}), owner.name)):
        draft = services.start_application(call, owner, kind=ApplicantKind.COLLECTIVE)
        companion = services.invite_companion(draft, name="Ada Luz", email="ada@example.org")
        stored = store_upload(written_pdf(), "muestra.pdf", purpose="application")
        upload = services.begin_upload(draft, owner, "invitation", name="carta.pdf", size_bytes=9)
        attached = services.attach_file(draft, "portfolio", stored)
    db.session.commit()
    return {
        "application_id": draft.id,
        "attachment_id": attached.id,
        "companion_id": companion.id,
        "upload_id": upload.id,
    }


def owned_doors(mine: list[dict[str, int]]) -> Iterator[tuple[str, str, str]]:
    """Yield method, path and endpoint of each door to somebody's own thing."""
    for address, methods, endpoint, who in doors():
        if who == "signed in" and (names := NUMBER.findall(address)):
            having = [things for things in mine if things.keys() >= set(names)]
            assert having or len(mine) == 1, f"{address}: nobody has one"  # a new kind of thing has to be added above
            for things in having:
                path = address
                for name in names:
                    path = path.replace(f"<int:{name}>", str(things[name]))
                path = path.replace("<step_id>", "proyecto").replace("<act>", "quitar")
                for method in methods:
                    yield method, path, endpoint


def signed_in(world: World, email: str) -> FlaskClient:
    client = world.app.test_client()
    with world.app.app_context():
        sign_in_as(client, db.session.scalars(select(User).where(User.email == email)).one())
    return client


def written(world: World) -> int:
    with world.app.app_context():
        acts = select(func.count(AuditEvent.id)).where(AuditEvent.action.not_like("session.%"))
        return db.session.scalar(acts) or 0


@pytest.fixture
def mine(world: World, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, int]]:
    """What belongs to the owner; forms need no token here, so that what stops a stranger is whose thing it is."""
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", False)
    with world.app.app_context():
        return belongings()


STRANGERS = [
    "solicitante@puente.example",  # another applicant
    "patrocinio@puente.example",
    "evaluadora@puente.example",
    "pagos@puente.example",
]


@pytest.mark.parametrize("email", STRANGERS)
def test_what_is_somebody_else_s_does_not_exist(world: World, mine: list[dict[str, int]], email: str) -> None:
    assert all(number for things in mine for number in things.values())
    client, before, wrong = signed_in(world, email), written(world), []
    for method, path, endpoint in owned_doors(mine):
        answer = client.open(path, method=method, data={"text": "x"} if method == "POST" else None)
        if answer.status_code != 404:
            wrong.append(f"{method} {path} ({endpoint}) as {email}: {answer.status_code}")
    assert_nothing(wrong)
    assert written(world) == before


def test_the_owner_finds_what_is_theirs(world: World, mine: list[dict[str, int]]) -> None:
    client = signed_in(world, OWNER)
    found = {
        endpoint
        for method, path, endpoint in owned_doors(mine)
        if method == "GET" and client.get(path).status_code == 200
    }
    assert found >= STAFF_READS | DRAFT_READS
    acts = [path for method, path, _endpoint in owned_doors(mine[1:]) if method == "POST" and NUMBERS.search(path)]
    lost = [f"POST {path}" for path in reversed(acts) if client.post(path).status_code == 404]
    assert len(acts) == 4
    assert_nothing(lost)


@pytest.mark.parametrize(("role", "expected"), STAFF.items())
def test_staff_reads_what_it_must_and_writes_nothing_in_the_applicant_s_place(
    world: World, mine: list[dict[str, int]], role: str, expected: set[str]
) -> None:
    client, before = world.client(role), written(world)
    read, wrong = set(), []
    for method, path, endpoint in owned_doors(mine):
        answer = client.open(path, method=method, data={"text": "x"} if method == "POST" else None)
        if method == "GET" and answer.status_code == 200:
            read.add(endpoint)
        elif answer.status_code not in (403, 404):
            wrong.append(f"{method} {path} ({endpoint}) as {role}: {answer.status_code}")
    assert_nothing(wrong)
    assert read == expected
    assert written(world) == before


def test_the_treasury_reads_the_results_that_cost_money_and_nobody_else_s_name(world: World) -> None:
    with world.app.app_context():
        query = select(Determination).where(Determination.outcome.in_([Outcome.NOT_SELECTED, Outcome.INELIGIBLE]))
        others = [(one.call.slug, one.application.folio, one.outcome) for one in db.session.scalars(query)]
    assert others
    officer, treasurer = world.client(Role.PROGRAMME_OFFICER), world.client(Role.TREASURER)
    for slug, folio, outcome in others:
        page = f"/es/programa/{slug}/resultados?resultado={outcome}"
        assert str(folio) in officer.get(page).text
        assert str(folio) not in treasurer.get(page).text
