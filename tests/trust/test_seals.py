"""What no sum reaches is signed: the act of a closing answers for who posted what when, and for the audit trail."""

import json
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import audit
from core.clock import FrozenClock
from core.database import is_sqlite
from core.roles import Role
from tests.factories.accounts import make_user
from tests.factories.trust import euros, give, make_fund, pesos
from tests.trust.closings import pdf_text
from tests.trust.test_fingerprints import unguard
from trust import queries
from trust.rules import Rate
from trust.services import close_period, closing_bytes, open_periods, verify_ledger
from trust.services.periods import close_year

pytestmark = pytest.mark.usefixtures("clock")
JANUARY = date(2026, 1, 20)
FIRST = "(SELECT MIN(id) FROM audit_event)"
SIGNED = "entries of 2026-01 are not what was signed"
TRAIL = "are not the"
UNKNOWN = "the audit trail does not know its act"


@pytest.fixture
def closed(session: Session) -> int:
    """A closed January with a gift in euros; the id of somebody who posted nothing."""
    fund, stranger = make_fund(), make_user(Role.TREASURER)
    give(fund, pesos(100), received_on=JANUARY)
    give(fund, euros(20), received_on=JANUARY, rate=Rate("EUR", "MXN", "20.5", JANUARY, "Banco"))
    close_period(2026, 1)
    session.commit()
    assert verify_ledger() == []
    return stranger.id


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE journal_entry SET posted_at = '2026-03-02 18:00:01+00:00' WHERE number = 1", SIGNED),
        ("UPDATE posting SET rate_date = '2026-01-19' WHERE rate_date IS NOT NULL", SIGNED),
        ("UPDATE posting SET rate_source = 'Otro banco' WHERE rate_source IS NOT NULL", SIGNED),
        ("UPDATE journal_entry SET idempotency_key = 'otra' WHERE number = 1", SIGNED),
        (f"DELETE FROM audit_event WHERE id = {FIRST}", TRAIL),
        (f"UPDATE audit_event SET actor_id = 7 WHERE id = {FIRST}", TRAIL),
        (f"UPDATE audit_event SET id = -1 WHERE id = {FIRST}", TRAIL),
        ("UPDATE period_closing SET content = CAST(REPLACE(CAST(content AS TEXT), 'events', 'x') AS {json})", UNKNOWN),
        ("UPDATE period_closing SET content = CAST(REPLACE(CAST(content AS TEXT), 'MXN', 'EUR') AS {json})", UNKNOWN),
        ("UPDATE period_closing SET content = NULL", UNKNOWN),
        ("DELETE FROM audit_event WHERE action = 'ledger.period_closed'", UNKNOWN),
    ],
)  # fmt: skip
def test_what_was_signed_is_found_changed(session: Session, closed: int, change: str, problem: str) -> None:
    unguard(session, "journal_entry", "posting", "audit_event", "period_closing")
    session.execute(text(change.format(json="TEXT" if is_sqlite() else "JSON")))
    found = verify_ledger()
    assert found
    assert all(problem in sentence and "closing" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE journal_entry SET recorded_by = :stranger", "was posted by somebody else"),
        ("UPDATE journal_entry SET posted_at = '2026-03-02 19:00:00+00:00'", "at another time"),
        ("DELETE FROM audit_event WHERE action = 'ledger.entry_posted'", "is not in the audit trail"),
    ],
)
def test_who_posted_and_when_is_said_twice_before_any_closing(session: Session, change: str, problem: str) -> None:
    stranger = make_user(Role.TREASURER)
    give(make_fund(), pesos(100))
    session.commit()
    assert verify_ledger() == []
    unguard(session, "journal_entry", "audit_event")
    session.execute(text(change), {"stranger": stranger.id} if ":stranger" in change else {})
    assert [problem in sentence for sentence in verify_ledger()] == [True]


def test_every_act_answers_for_the_events_since_the_one_before(session: Session, clock: FrozenClock) -> None:
    open_periods(2025)
    fund = make_fund()
    for month in range(1, 13):
        give(fund, pesos(month), received_on=date(2025, month, 3))
        close_period(2025, month)
    year = close_year(2025)
    acts = [one.content["audit"] for one in queries.period_history() if one.content]
    assert [one["after"] for one in acts[1:]] == [one["up_to"] for one in acts[:-1]]
    assert sum(one["events"] for one in acts) == acts[-1]["up_to"] == audit.last_settled() - 1  # its own comes after
    said = pdf_text(closing_bytes(year)).replace(" ", "")
    assert acts[-1]["sha256"] in said
    first = queries.closings_of(2025, 1)[0]
    assert (first.content or {})["entries_sha256"] in pdf_text(closing_bytes(first)).replace(" ", "")
    assert verify_ledger() == []


def test_an_act_of_an_earlier_release_answers_for_less_and_the_next_one_for_all(session: Session, closed: int) -> None:
    old = queries.closings_of(2026, 1)[0]
    content = {name: value for name, value in (old.content or {}).items() if name not in ("audit", "entries_sha256")}
    unguard(session, "period_closing", "audit_event")
    session.execute(text("UPDATE period_closing SET content = :content"), {"content": json.dumps(content)})
    assert [UNKNOWN in sentence for sentence in verify_ledger()] == [True]
    session.execute(text("UPDATE audit_event SET after = '{}' WHERE action = 'ledger.period_closed'"))
    session.expire_all()
    assert verify_ledger() == []
    close_period(2026, 2)
    sealed = (queries.closings_of(2026, 2)[0].content or {})["audit"]
    assert (sealed["after"], sealed["events"]) == (0, audit.last_settled() - 1)
    assert verify_ledger() == []
