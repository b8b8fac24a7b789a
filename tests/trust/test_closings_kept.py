"""What the database refuses about closed months, and what the verification finds where somebody got past it."""

import json
import sqlite3
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.database import db, is_sqlite
from tests.factories.tampering import attack, disarm
from tests.factories.trust import give, make_fund, pesos
from tests.trust.closings import acting, fund_with_gifts, reopen
from trust import queries
from trust.models import EntryKind, Fund
from trust.services import (
    Line,
    ask_reopening,
    close_period,
    post_entry,
    verify_ledger,
)


@pytest.fixture
def fund(session: Session, clock: FrozenClock) -> Fund:
    """A fund with a gift in January and one in February; it is March."""
    return fund_with_gifts()


# --- what the database refuses, and what the verification finds ---

OPEN = "UPDATE fiscal_period SET state = 'open', closed_at = NULL, closed_by = NULL, proof = NULL WHERE month = "


def test_the_database_opens_a_month_only_for_two_people(
    session: Session, fund: Fund, treasurer: User, authoriser: User
) -> None:
    for month in (1, 2):
        close_period(2026, month)
    with acting(treasurer):
        wish = ask_reopening(2026, 2, reason="Faltó una factura")
    row = "INSERT INTO period_closing (year, month, period_id, action, at, reopening_id) SELECT p.year, p.month, p.id, "
    row += "'reopened', CURRENT_TIMESTAMP, :wish FROM fiscal_period p WHERE p.month = :month"
    assert "ledger: closed_period" in attack(session, OPEN + "2")
    assert "ledger: reopening" in attack(session, row, wish=wish.id, month=2)
    grant = "UPDATE period_reopening SET state = 'granted', decided_at = CURRENT_TIMESTAMP, decided_by_id = :who"
    assert "two_people" in attack(session, grant, who=treasurer.id)
    assert "two_people" in attack(session, grant, who=None)
    for change in ("reason = 'otra'", f"asked_by_id = {authoriser.id}", "period_id = 1"):
        assert "ledger: immutable" in attack(session, f"UPDATE period_reopening SET {change}")
    session.execute(text(grant), {"who": authoriser.id})
    for change in ("state = 'asked', decided_at = NULL", "reason = 'otra'", f"asked_by_id = {authoriser.id}"):
        assert "ledger: immutable" in attack(session, f"UPDATE period_reopening SET {change}")
    assert "ledger: immutable" in attack(session, "DELETE FROM period_reopening")
    assert "ledger: reopening" in attack(session, row, wish=wish.id, month=1)
    session.execute(text(row), {"wish": wish.id, "month": 2})
    assert attack(session, row, wish=wish.id, month=2)  # a decision opens a month once
    assert "ledger: closed_period" in attack(session, OPEN + "1")
    for change in ("closed_at = NULL, state = 'open', month = 7", "proof = NULL"):
        assert "ledger: closed_period" in attack(session, f"UPDATE fiscal_period SET {change} WHERE month = 2")
    session.execute(text(OPEN + "2"))
    assert "ledger: closed_period" in attack(session, OPEN + "1")
    for change in ("UPDATE period_closing SET sha256 = 'x'", "DELETE FROM period_closing"):
        assert "ledger: immutable" in attack(session, change)
    started = (
        "INSERT INTO period_reopening (period_id, reason, state, asked_by_id, asked_at, decided_by_id, decided_at) "
    )
    started += "SELECT id, 'x', 'granted', :one, CURRENT_TIMESTAMP, :two, CURRENT_TIMESTAMP FROM fiscal_period"
    assert "ledger: reopening" in attack(session, started, one=treasurer.id, two=authoriser.id)


def test_the_database_opens_no_month_before_a_closed_one(
    session: Session, fund: Fund, treasurer: User, authoriser: User
) -> None:
    close_period(2026, 1)
    with acting(treasurer):
        wish = ask_reopening(2026, 1, reason="Faltó una factura")
    close_period(2026, 2)
    grant = "UPDATE period_reopening SET state = 'granted', decided_at = CURRENT_TIMESTAMP, decided_by_id = :who"
    session.execute(text(grant), {"who": authoriser.id})
    row = "INSERT INTO period_closing (year, month, period_id, action, at, reopening_id) "
    row += "SELECT year, month, id, 'reopened', CURRENT_TIMESTAMP, :wish FROM fiscal_period WHERE month = 1"
    session.execute(text(row), {"wish": wish.id})
    assert "ledger: closed_period" in attack(session, OPEN + "1")


@pytest.mark.parametrize("recursive", [True, False], ids=["recursive triggers on", "a bare connection"])
def test_no_closing_and_no_wish_is_replaced(
    session: Session, fund: Fund, treasurer: User, authoriser: User, recursive: bool
) -> None:
    close_period(2026, 1)
    with acting(treasurer):
        ask_reopening(2026, 1, reason="Faltó una factura")
    session.commit()
    replaced = (
        "INSERT OR REPLACE INTO period_closing (id, year, month, period_id, action, at, sha256, last_number) "
        "SELECT id, year, month, period_id, action, at, 'x', 1 FROM period_closing",
        "INSERT OR REPLACE INTO period_reopening (id, period_id, reason, state, asked_by_id, asked_at) "
        "SELECT id, period_id, 'otro', state, asked_by_id, asked_at FROM period_reopening",
    )
    if not is_sqlite():
        assert all("syntax error" in attack(session, one) for one in replaced)
        return
    session.execute(text(f"PRAGMA recursive_triggers = {'ON' if recursive else 'OFF'}"))
    try:
        assert all("ledger:" in attack(session, one) for one in replaced)
    finally:
        session.execute(text("PRAGMA recursive_triggers = ON"))


def test_an_old_proof_is_compared_after_its_month_was_opened_again(
    session: Session, fund: Fund, treasurer: User, authoriser: User
) -> None:
    for month in (1, 2):
        close_period(2026, month)
    reopen(treasurer, authoriser)
    give(fund, pesos(9), received_on=date(2026, 2, 26))
    assert verify_ledger() == []
    old = queries.closings_of(2026, 2)[0]
    disarm(session, "posting", "posting_guard_update")
    session.execute(
        text(
            "UPDATE posting SET amount_cents = amount_cents * 2, base_cents = base_cents * 2 WHERE entry_id = "
            "(SELECT id FROM journal_entry WHERE number = 2)"
        )
    )
    assert f"closing {old.id} of 2026-02 no longer adds up to its proof" in verify_ledger()


@pytest.mark.parametrize(
    ("guard", "change", "problem"),
    [
        (
            ("period_closing", "period_closing_guard_update"),
            "UPDATE period_closing SET sums = '{}'",
            "of 2026-01 does not keep the sums of its fingerprint",
        ),
        (
            ("period_closing", "period_closing_guard_delete"),
            "DELETE FROM period_closing",
            "period 2026-01 is closed and its history says nothing",
        ),
        (
            ("fiscal_period", "fiscal_period_guard_update"),
            "UPDATE fiscal_period SET state = 'open', closed_at = NULL WHERE month = 1",
            "period 2026-01 is open and its history says closed",
        ),
    ],
)
def test_verify_finds_a_history_that_was_changed(
    session: Session, fund: Fund, guard: tuple[str, str], change: str, problem: str
) -> None:
    close_period(2026, 1)
    assert verify_ledger() == []
    disarm(session, *guard)
    session.execute(text(change))
    assert any(sentence.endswith(problem) for sentence in verify_ledger())


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        (
            "posting",
            "UPDATE posting SET fund_id = 999",
            "rows of posting point at a fund that is not there (fund_id)",
        ),
        (
            "journal_entry",
            "UPDATE journal_entry SET recorded_by = 999 WHERE number = 1",
            "rows of journal_entry point at a user_account that is not there (recorded_by)",
        ),
    ],
)
def test_verify_finds_a_key_that_points_at_nothing(
    session: Session, clock: FrozenClock, table: str, change: str, problem: str
) -> None:
    first, second = make_fund(), make_fund()
    for fund in (first, second):
        post_entry(
            kind=EntryKind.ADJUSTMENT, entry_date=date(2026, 3, 2), memo="x", source="prueba",
            lines=[Line("1.1.1", fund, pesos(1)), Line("4.1.1", fund, -pesos(1))], idempotency_key=fund.code,
        )  # fmt: skip
    disarm(session, table, f"{table}_guard_update")
    session.commit()
    db.session.remove()
    assert verify_ledger() == []
    db.session.remove()
    if is_sqlite():
        with sqlite3.connect(str(db.engine.url.database)) as bare:  # a bare connection checks no keys
            bare.execute(change)
        bare.close()
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(change))
        session.commit()
    assert any(sentence.endswith(problem) for sentence in verify_ledger())


def test_verify_leaves_out_what_needs_a_table_that_is_not_there(session: Session, fund: Fund) -> None:
    close_period(2026, 1)
    disarm(session, "period_closing", "period_closing_guard_delete")
    session.execute(text("DELETE FROM period_closing"))
    standing = {"journal_entry", "posting", "account", "fund", "entry_counter", "fiscal_period", "account_balance"}
    assert verify_ledger(standing) == []
    assert verify_ledger({*standing, "period_closing"}) != []
    assert verify_ledger(set()) == []


def test_the_kept_content_is_plain_data(session: Session, fund: Fund) -> None:
    close_period(2026, 1)
    (closing,) = queries.closings_of(2026, 1)
    assert json.loads(json.dumps(closing.content)) == closing.content
