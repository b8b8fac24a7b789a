"""Before the results are out, nothing anybody can read tells what one award will be."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.context import acting_as
from core.database import db
from core.money import Money
from core.roles import Role
from grants import services as grants
from grants.models import Application, Award, Call
from grants.queries.determinations import awaiting_award, determination_of
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor
from tests.factories.treasury import funded_call
from tests.factories.trust import pesos
from transparency.queries.awards import commitments
from transparency.queries.ledger import call_sums
from treasury import queries, services
from treasury.errors import BoundTogether
from trust import queries as trust_queries
from trust.models import JournalEntry
from trust.services import verify_ledger

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database

LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')
ELSEWHERE = ("/es/cuenta", "/en/", "/static", "/es/ayuda", "/es/componentes", "/simulador")


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def call(session: Session, clock: FrozenClock, officer: User) -> Call:
    return funded_call(clock, officer, restricted=60_000, applications=4, budget=pesos(130_000))[2]


def entry_of(award: Award, session: Session) -> JournalEntry:
    (entry_id,) = {one.entry_id for one in queries.commitments_of(award)}
    return session.get_one(JournalEntry, entry_id)


def read_everything(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Yield every page and file a visitor reaches from the front door and from each entry of the book."""
    labels = [entry.label for entry in db.session.scalars(trust_queries.entries())]
    waiting = ["/es/", "/es/fondos", *(f"/es/libro/{label}" for label in labels)]
    seen = set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(ELSEWHERE):
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code in (301, 302, 303):
            waiting.append(urlsplit(urljoin(path, answer.headers["Location"])).path)
            continue
        kind = answer.mimetype
        text = answer.get_data().decode("utf-8", "replace") if kind != "application/pdf" else ""
        yield path, text
        if kind == "text/html":
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(text)]


def tells(text: str, money: Money) -> bool:
    """Whether an amount stands in a page or a file, as people write it or as machines do."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f,]", "", text)
    wanted = f"{money.decimal:.2f}".replace(".", r"\.")
    return re.search(rf"(?<![\d.]){wanted}(?!\d)|(?<![\d.]){money.amount_cents}(?![\d.])", plain) is not None


def test_no_page_tells_what_one_award_will_be_until_all_are_told(
    session: Session, call: Call, client: FlaskClient, officer: User
) -> None:
    amounts = [one.money for one in awaiting_award(call)]
    assert len(amounts) >= 2
    services.award_pending(call)
    session.commit()
    pages = dict(read_everything(client))
    assert len(pages) > 60
    assert {path for path, text in pages.items() for money in amounts if money is not None and tells(text, money)} == (
        set()
    )
    with acting_as(officer_actor(officer)):
        grants.release_determinations(call)
    session.commit()
    assert amounts[0] is not None
    assert any(tells(text, amounts[0]) for _path, text in read_everything(client))


def test_the_awards_of_a_call_are_bound_by_one_entry_and_each_keeps_its_parts(session: Session, call: Call) -> None:
    awards = services.award_pending(call)
    entries = {entry_of(award, session).id for award in awards}
    assert len(entries) == 1
    (entry,) = (session.get_one(JournalEntry, one) for one in entries)
    bound = [one for award in awards for one in queries.commitments_of(award)]
    by_fund = dict.fromkeys(sorted({one.fund_id for one in bound}), 0)
    for one in bound:
        by_fund[one.fund_id] += one.amount_cents
    lines = [(line.account_code, line.fund_id, line.amount_cents) for line in entry.postings]
    assert lines == [
        line for fund, cents in by_fund.items() for line in (("8.2.4", fund, cents), ("8.2.2", fund, -cents))
    ]
    assert sum(by_fund.values()) == sum(award.amount_cents for award in awards)
    booked = {one.fund_id: one.debit for one in call_sums(call) if one.account == "8.2.4"}
    assert booked == by_fund
    assert sum(cents for _fund, _currency, cents in commitments(call=call)) == sum(by_fund.values())
    assert verify_ledger() == []


def test_one_award_is_not_bound_alone_before_the_results_are_out(session: Session, call: Call) -> None:
    first = awaiting_award(call)[0]
    assert first.money is not None
    with pytest.raises(BoundTogether):
        services.award_grant(first.application, first.money)


def test_who_moves_up_after_the_results_has_an_entry_of_their_own(session: Session, call: Call, officer: User) -> None:
    awards = services.award_pending(call)
    together = entry_of(awards[0], session)
    with acting_as(officer_actor(officer)):
        grants.release_determinations(call)
    waiting = session.query(Application).filter_by(state=ApplicationState.WAITLISTED).first()
    assert waiting is not None
    found = determination_of(waiting)
    assert found is not None
    award = services.award_grant(waiting, pesos(5_000))
    assert (award.state, waiting.state) == (AwardState.COMMITTED, ApplicationState.AWARDED)
    entry = entry_of(award, session)
    assert entry.id != together.id
    assert [line.amount_cents for line in entry.postings if line.account_code == "8.2.4"] == [500_000]
    booked = sum(one.debit for one in call_sums(call) if one.account == "8.2.4")
    assert booked == sum(one.amount_cents for one in awards) + 500_000
