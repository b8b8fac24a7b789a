"""Attacks by raw SQL around the application. Each must be refused by the database itself, on both engines."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.database import is_sqlite
from tests.factories.tampering import attack, disarm, disarm_balances
from tests.factories.trust import give, give_in_kind, make_fund, pesos, post
from trust.models import FundKind, JournalEntry
from trust.services import close_period, reverse_entry, verify_ledger

pytestmark = pytest.mark.usefixtures("clock")
DRAFT = (
    "INSERT INTO journal_entry (fiscal_year, number, kind, entry_date, memo, source, idempotency_key, inputs_hash, "
    "reverses_id, state) VALUES (2026, :number, :kind, :day, 'x', 'x', :key, 'x', :reverses, 'draft') RETURNING id"
)
LINE = (
    "INSERT INTO posting (entry_id, line, account_code, fund_id, amount_cents, currency, base_cents) "
    "VALUES (:entry, :line, :account, :fund, :cents, :currency, :cents)"
)
FLIP = "UPDATE journal_entry SET state = 'posted', posted_at = '2026-03-02 18:00:00+00' WHERE id = :entry"
Lines = list[tuple[str, int, int, str]]


def draft(
    session: Session, lines: Lines, *, number: int = 1, day: str = "2026-03-02", kind: str = "adjustment",
    reverses: int | None = None,
) -> int:  # fmt: skip
    """Write a draft by raw SQL, which nobody forbids: it counts nowhere until it is posted."""
    values = {"number": number, "kind": kind, "day": day, "key": f"raw-{number}-{day}", "reverses": reverses}
    entry = int(session.execute(text(DRAFT), values).scalar_one())
    for line, (account, fund, cents, currency) in enumerate(lines, 1):
        session.execute(
            text(LINE),
            {"entry": entry, "line": line, "account": account, "fund": fund, "cents": cents, "currency": currency},
        )
    return entry


def donation(fund: int, cents: int = 10_00) -> Lines:
    return [("1.1.1", fund, cents, "MXN"), ("4.1.1", fund, -cents, "MXN")]


@pytest.fixture
def posted(session: Session) -> JournalEntry:
    entry = post(make_fund(), 500_00)
    session.flush()
    return entry


def test_a_balanced_draft_by_raw_sql_is_posted_and_moves_the_running_balance(session: Session) -> None:
    fund = make_fund()
    entry = draft(session, donation(fund.id, 700))
    session.execute(text(FLIP), {"entry": entry})
    rows = session.execute(
        text("SELECT account_code, balance_cents, posting_count FROM account_balance ORDER BY account_code")
    ).all()
    assert [tuple(row) for row in rows] == [("1.1.1", 700, 1), ("4.1.1", -700, 1)]


@pytest.mark.parametrize(
    "lines",
    [
        lambda a, b: [("1.1.1", a, 100, "MXN"), ("4.1.1", a, -99, "MXN")],
        lambda a, b: [("1.1.1", a, 100, "MXN"), ("4.1.1", b, -100, "MXN")],
        lambda a, b: [("1.1.1", a, 100, "MXN"), ("4.1.1", a, -100, "EUR")],
        lambda a, b: [("1.1.1", a, 100, "MXN"), ("4.1.1", a, -100, "MXN"), ("1.1.3", b, 5, "EUR")],
        lambda a, b: [("1.1.1", a, 100, "MXN")],
        lambda a, b: [],
    ],
    ids=["by a cent", "across funds", "across currencies", "one group of two", "one line", "no lines"],
)
def test_an_unbalanced_entry_is_refused(session: Session, lines: Callable[[int, int], Lines]) -> None:
    one, two = make_fund(), make_fund()
    entry = draft(session, lines(one.id, two.id))
    assert "ledger: unbalanced" in attack(session, FLIP, entry=entry)


def test_an_entry_unbalanced_in_the_base_currency_alone_is_refused(session: Session) -> None:
    fund = make_fund()
    entry = draft(session, donation(fund.id, 100))
    session.execute(
        text(
            "INSERT INTO posting (entry_id, line, account_code, fund_id, amount_cents, currency, base_cents) "
            "VALUES (:entry, 3, '1.1.1', :fund, 1, 'MXN', 1), (:entry, 4, '4.1.1', :fund, -1, 'MXN', -2)"
        ),
        {"entry": entry, "fund": fund.id},
    )
    assert "ledger: unbalanced" in attack(session, FLIP, entry=entry)


def test_an_entry_that_begins_as_posted_is_refused(session: Session) -> None:
    make_fund()
    statement = (
        "INSERT INTO journal_entry (fiscal_year, number, kind, entry_date, memo, source, idempotency_key, "
        "inputs_hash, state, posted_at) VALUES (2026, 1, 'adjustment', '2026-03-02', 'x', 'x', 'x', 'x', 'posted', "
        "'2026-03-02 18:00:00+00')"
    )
    assert "ledger: immutable" in attack(session, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET memo = 'otra cosa' WHERE id = :id",
        "UPDATE journal_entry SET entry_date = '2026-02-01' WHERE id = :id",
        "UPDATE journal_entry SET number = 7 WHERE id = :id",
        "UPDATE journal_entry SET state = 'draft', posted_at = NULL WHERE id = :id",
        "UPDATE journal_entry SET id = id + 1000 WHERE id = :id",
        "DELETE FROM journal_entry WHERE id = :id",
        "UPDATE posting SET amount_cents = amount_cents * 2, base_cents = base_cents * 2 WHERE entry_id = :id",
        "UPDATE posting SET fund_id = fund_id WHERE entry_id = :id",
        "UPDATE posting SET entry_id = entry_id + 1 WHERE entry_id = :id",
        "DELETE FROM posting WHERE entry_id = :id",
        "DELETE FROM account_balance",
        "UPDATE account_balance SET balance_cents = balance_cents + 1",
        "UPDATE account_balance SET balance_cents = 0, entry_id = entry_id + 1",
        "UPDATE account_balance SET entry_id = 0",
        "UPDATE account_balance SET currency = 'USD'",
        "INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count, "
        "entry_id) SELECT fund_id, account_code, 'USD', 1, 1, 1, :id FROM account_balance",
    ],
)
def test_what_is_posted_cannot_be_changed_or_deleted(session: Session, posted: JournalEntry, statement: str) -> None:
    assert "ledger: immutable" in attack(session, statement, id=posted.id)
    assert verify_ledger() == []


def test_a_line_cannot_be_added_to_a_posted_entry(session: Session, posted: JournalEntry) -> None:
    fund = posted.postings[0].fund_id
    said = attack(session, LINE, entry=posted.id, line=9, account="1.1.1", fund=fund, cents=5, currency="MXN")
    assert "ledger: late_posting" in said


def test_an_entry_is_reversed_once(session: Session, posted: JournalEntry) -> None:
    reverse_entry(posted, reason="Se registró por error")
    said = attack(
        session, DRAFT, number=3, kind="reversal", day="2026-03-02", key="segunda reversa", reverses=posted.id
    )
    assert "reverses_id" in said or "ledger: immutable" in said


def test_a_reversal_must_mirror_the_whole_entry(session: Session, posted: JournalEntry) -> None:
    fund = posted.postings[0].fund_id
    half = [("1.1.1", fund, -250_00, "MXN"), ("4.1.1", fund, 250_00, "MXN")]
    entry = draft(session, half, number=2, kind="reversal", reverses=posted.id)
    assert "ledger: reversal" in attack(session, FLIP, entry=entry)


def test_a_second_entry_for_one_idempotency_key_is_refused(session: Session, posted: JournalEntry) -> None:
    said = attack(
        session, DRAFT, number=2, kind="adjustment", day="2026-03-02", key=posted.idempotency_key, reverses=None
    )
    assert "idempotency_key" in said or "ledger: immutable" in said


def test_a_number_cannot_be_skipped_or_used_twice(session: Session, posted: JournalEntry) -> None:
    fund = posted.postings[0].fund_id
    skipped = draft(session, donation(fund), number=3)
    assert "ledger: gap" in attack(session, FLIP, entry=skipped)
    said = attack(session, DRAFT, number=1, kind="adjustment", day="2026-03-02", key="otra", reverses=None)
    assert "number" in said or "ledger: immutable" in said


def test_nothing_is_posted_into_a_closed_period(session: Session, clock: FrozenClock, posted: JournalEntry) -> None:
    fund = posted.postings[0].fund_id
    for month in (1, 2):
        close_period(2026, month)
    entry = draft(session, donation(fund), number=2, day="2026-02-28")
    assert "ledger: closed_period" in attack(session, FLIP, entry=entry)


def test_nothing_is_posted_into_a_period_the_books_do_not_have(session: Session) -> None:
    fund = make_fund()
    entry = draft(session, donation(fund.id), day="2027-01-01")
    assert "ledger: closed_period" in attack(session, FLIP, entry=entry)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fiscal_period SET state = 'open', closed_at = NULL WHERE month = 1",
        "UPDATE fiscal_period SET proof = NULL WHERE month = 1",
        "DELETE FROM fiscal_period WHERE month = 1",
        "DELETE FROM fiscal_period WHERE month = 12",
    ],
)
def test_a_closed_period_stays_closed(session: Session, statement: str) -> None:
    make_fund()
    close_period(2026, 1)
    assert "ledger:" in attack(session, statement)


@pytest.mark.parametrize("kind", [FundKind.RESTRICTED, FundKind.ENDOWMENT])
def test_a_restricted_fund_cannot_be_overdrawn(session: Session, kind: FundKind) -> None:
    fund = make_fund(kind)
    post(fund, 100_00)
    spent = [("5.1.1", fund.id, 100_01, "MXN"), ("1.1.1", fund.id, -100_01, "MXN")]
    entry = draft(session, spent, number=2)
    assert "ledger: overdrawn" in attack(session, FLIP, entry=entry)


def test_a_restricted_fund_cannot_commit_what_it_does_not_have_in_that_currency(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED, currency="EUR")
    post(fund, 100_00, currency="EUR")
    committed = [("8.2.4", fund.id, 1, "MXN"), ("8.2.2", fund.id, -1, "MXN")]
    entry = draft(session, committed, number=2)
    assert "ledger: overdrawn" in attack(session, FLIP, entry=entry)


@pytest.mark.parametrize("lines", [
    lambda fund: [("5.1.1", fund, 1, "MXN"), ("1.1.1", fund, -1, "MXN")],
    lambda fund: [("8.2.4", fund, 1, "MXN"), ("8.2.2", fund, -1, "MXN")],
    lambda fund: [("8.2.2", fund, 1, "MXN"), ("8.2.1", fund, -1, "MXN")],
], ids=["paid", "committed", "planned"])  # fmt: skip
def test_the_initial_capital_binds_and_pays_nothing(session: Session, lines: Callable[[int], Lines]) -> None:
    capital, free = make_fund(FundKind.ENDOWMENT), make_fund()
    give(capital, pesos(100), kind="endowment")
    give(free, pesos(100))
    session.execute(text(FLIP), {"entry": draft(session, lines(free.id), number=3)})
    assert "ledger: capital" in attack(session, FLIP, entry=draft(session, lines(capital.id), number=4))


def test_nothing_is_posted_by_whoever_may_not_see_what_others_wrote(session: Session) -> None:
    fund = make_fund()
    entry = draft(session, donation(fund.id))
    session.commit()
    if is_sqlite():  # one writer at a time, who sees everything
        session.execute(text(FLIP), {"entry": entry})
        return
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        session.connection(execution_options={"isolation_level": level})
        assert "ledger: stale" in attack(session, FLIP, entry=entry)
        session.rollback()
    session.connection(execution_options={"isolation_level": "READ COMMITTED"})
    session.execute(text(FLIP), {"entry": entry})


def test_a_fund_and_an_account_stay_what_they_were(session: Session, posted: JournalEntry) -> None:
    assert "ledger:" in attack(session, "UPDATE fund SET kind = 'unrestricted', currency = 'EUR'")
    assert "ledger:" in attack(session, "UPDATE account SET available_sign = 0 WHERE code = '8.2.4'")
    assert "ledger:" in attack(session, "DELETE FROM fund")
    assert "ledger:" in attack(session, "DELETE FROM account WHERE code = '9.1.1'")


def test_a_receipt_can_only_be_cancelled(session: Session) -> None:
    receipt = give(make_fund(), pesos(100)).receipt
    assert receipt is not None
    for change in ("number = 9", "sha256 = 'x'", "content = '{}'", "state = 'cancelled'", "token = 'x'"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(f"UPDATE receipt SET {change} WHERE id = :id"), {"id": receipt.id})
    assert "ledger: immutable" in attack(session, "DELETE FROM receipt WHERE id = :id", id=receipt.id)
    session.execute(
        text(
            "UPDATE receipt SET state = 'cancelled', cancelled_at = '2026-03-02 18:00:00+00', cancel_reason = 'x' "
            "WHERE id = :id"
        ),
        {"id": receipt.id},
    )


@pytest.mark.parametrize(
    "change",
    [
        "amount_cents = amount_cents + 1",
        "currency = 'EUR'",
        "fund_id = fund_id + 1",
        "giver_organisation_id = 1",
        "giver_user_id = 1",
        "kind = 'subsidy'",
        "entry_id = NULL",
        "recorded_by = 1",
    ],
)
def test_what_was_given_and_by_whom_stays(session: Session, change: str) -> None:
    give(make_fund(), pesos(100))
    session.commit()
    assert "ledger: immutable contribution" in attack(session, f"UPDATE contribution SET {change}")


def test_no_contribution_goes_away(session: Session) -> None:
    given = give(make_fund(), pesos(100))
    assert "ledger: immutable" in attack(session, "DELETE FROM contribution WHERE id = :id", id=given.id)


REPLACED = {
    "contribution": "INSERT OR REPLACE INTO contribution (id, kind, form, method, fund_id, anonymous, amount_cents, "
    "currency, refunded_cents, state, idempotency_key, inputs_hash, created_at) SELECT id, kind, form, method, "
    "fund_id, anonymous, 1, currency, 0, 'announced', 'otra', inputs_hash, created_at FROM contribution",
    "journal_entry": "INSERT OR REPLACE INTO journal_entry SELECT id, fiscal_year, number, kind, entry_date, "
    "'otra cosa', source, idempotency_key, inputs_hash, reverses_id, 'draft', NULL, recorded_by FROM journal_entry",
    "journal_entry by its key": "INSERT OR REPLACE INTO journal_entry (fiscal_year, number, kind, entry_date, memo, "
    "source, idempotency_key, inputs_hash, state) SELECT 2026, 999, kind, entry_date, memo, source, idempotency_key, "
    "'x', 'draft' FROM journal_entry",
    "journal_entry by its number": "INSERT OR REPLACE INTO journal_entry (fiscal_year, number, kind, entry_date, memo, "
    "source, idempotency_key, inputs_hash, state) SELECT fiscal_year, number, kind, entry_date, memo, source, 'otra', "
    "'x', 'draft' FROM journal_entry",
    "posting": "INSERT OR REPLACE INTO posting SELECT id, entry_id, line, account_code, fund_id, amount_cents * 2, "
    "currency, base_cents * 2, rate, rate_date, rate_source FROM posting",
    "UPDATE OR REPLACE": "UPDATE OR REPLACE posting SET line = 1",
    "fund": "INSERT OR REPLACE INTO fund (id, code, name, purpose, kind, currency, spending_rules, accepts_gifts, "
    "state, opened_on) SELECT id, code, name, purpose, 'unrestricted', currency, spending_rules, 1, state, opened_on "
    "FROM fund",
    "account": "INSERT OR REPLACE INTO account SELECT code, name, kind, 0 FROM account",
    "fiscal_period": "INSERT OR REPLACE INTO fiscal_period (year, month, state) SELECT year, month, 'open' "
    "FROM fiscal_period WHERE state = 'closed'",
    "account_balance": "INSERT OR REPLACE INTO account_balance SELECT fund_id, account_code, currency, 1, 1, "
    "posting_count, entry_id FROM account_balance",
    "receipt": "INSERT OR REPLACE INTO receipt SELECT id, series, year, number, code, contribution_id, content, 'x', "
    "stored_file_id, 'x', issued_at, state, cancelled_at, cancel_reason FROM receipt",
}


@pytest.mark.parametrize("name", REPLACED)
@pytest.mark.parametrize("recursive", [True, False], ids=["recursive triggers on", "a bare connection"])
def test_nothing_is_replaced(session: Session, name: str, recursive: bool) -> None:
    give(make_fund(), pesos(100))
    close_period(2026, 1)
    session.commit()
    if not is_sqlite():
        assert "syntax error" in attack(session, REPLACED[name])  # PostgreSQL does not know the statement
        return
    session.execute(text(f"PRAGMA recursive_triggers = {'ON' if recursive else 'OFF'}"))
    try:
        assert "ledger:" in attack(session, REPLACED[name])
    finally:
        session.execute(text("PRAGMA recursive_triggers = ON"))
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE account_balance SET balance_cents = balance_cents + 1 WHERE account_code = '1.1.1'",
            "running balance",
        ),
        ("UPDATE entry_counter SET last_number = last_number + 1", "the counter says"),
        ("UPDATE receipt_counter SET last_number = last_number + 1", "the counter says"),
        ("UPDATE contribution SET amount_cents = amount_cents + 1", "its entry says"),
    ],
)
def test_verify_finds_what_was_changed_behind_its_back(session: Session, change: str, problem: str) -> None:
    fund = make_fund()
    give(fund, pesos(100))
    give_in_kind(fund, pesos(50))
    assert verify_ledger() == []
    disarm(session, "contribution", "contribution_guard_update")
    disarm_balances(session)
    session.execute(text(change))
    found = [sentence for sentence in verify_ledger() if not sentence.startswith("receipt ")]  # test_fingerprints
    assert found
    assert all(problem in sentence for sentence in found)


def test_verify_finds_a_line_changed_once_the_guards_were_taken_away(session: Session, posted: JournalEntry) -> None:
    if is_sqlite():
        session.execute(text("DROP TRIGGER posting_guard_update"))
    else:
        session.execute(text("ALTER TABLE posting DISABLE TRIGGER posting_guard_update"))
    session.execute(text("UPDATE posting SET amount_cents = amount_cents + 1 WHERE line = 1"))
    found = verify_ledger()
    assert any(posted.label in sentence and "is off by 1 MXN" in sentence for sentence in found)
    assert any("running balance" in sentence for sentence in found)


def test_verify_finds_a_closed_month_that_changed(session: Session, clock: FrozenClock) -> None:
    post(make_fund(), 100_00, on=date(2026, 1, 20))
    close_period(2026, 1)
    assert verify_ledger() == []
    if is_sqlite():
        session.execute(text("DROP TRIGGER posting_guard_update"))
    else:
        session.execute(text("ALTER TABLE posting DISABLE TRIGGER posting_guard_update"))
    session.execute(text("UPDATE posting SET amount_cents = amount_cents * 2, base_cents = base_cents * 2"))
    assert "period 2026-01 does not add up to the proof it was closed with" in verify_ledger()


@pytest.mark.parametrize(
    "table",
    ["journal_entry", "posting", "account_balance", "account", "fund", "fiscal_period", "receipt", "audit_event"],
)
def test_no_table_of_the_books_is_emptied_whole(session: Session, posted: JournalEntry, table: str) -> None:
    said = attack(session, f"TRUNCATE {table} CASCADE")
    assert ("syntax error" if is_sqlite() else "ledger: immutable") in said
    assert verify_ledger() == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal_entry (id, fiscal_year, number, kind, entry_date, memo, source, idempotency_key, "
        "inputs_hash, state) SELECT id, fiscal_year, 999, kind, entry_date, 'otra cosa', source, 'otra', 'x', 'draft' "
        "FROM journal_entry WHERE true ON CONFLICT (id) DO UPDATE SET memo = excluded.memo",
        "INSERT INTO posting (id, entry_id, line, account_code, fund_id, amount_cents, currency, base_cents) "
        "SELECT id, entry_id, line + 90, account_code, fund_id, 1, currency, 1 FROM posting WHERE true "
        "ON CONFLICT (id) DO UPDATE SET amount_cents = 1",
    ],
    ids=["an entry", "a line"],
)
def test_an_upsert_is_an_edit_too(session: Session, posted: JournalEntry, statement: str) -> None:
    assert "ledger:" in attack(session, statement)
    assert verify_ledger() == []
