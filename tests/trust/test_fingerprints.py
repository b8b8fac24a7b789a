"""With the guards taken away, what no sum reaches is still found: the words, days and papers of the books."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database import is_sqlite
from tests.factories.trust import euros, give, give_in_kind, make_fund, pesos, post
from trust.models import EntryKind, Fund
from trust.rules import Rate
from trust.services import exchange_currency, post_entries, reverse_entry, verify_ledger
from trust.services.ledger import Draft, Line

pytestmark = pytest.mark.usefixtures("clock")
DAY = date(2026, 3, 2)
RATE = Rate("EUR", "MXN", "20.5", DAY, "Banco")


def unguard(session: Session, *tables: str) -> None:
    """Take the triggers of tables away, as somebody with the database's own password could."""
    for table in tables:
        if is_sqlite():
            names = session.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name"),
                {"table": table},
            ).all()
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def every_kind(fund: Fund, other: Fund) -> None:
    """Entries of many kinds: with the bank's rate, the published one and none, singly and together, and a reversal."""
    give(fund, pesos(100))
    give(fund, euros(20), rate=RATE)
    give_in_kind(fund, pesos(50))
    exchange_currency(fund=fund, sold=euros(10), bought=pesos(205), rate=RATE, on=DAY, idempotency_key="uno")
    lines = [Line("1.1.1", other, pesos(7)), Line("4.1.1", other, -pesos(7))]
    posted = [Draft(EntryKind.ADJUSTMENT, DAY, f"Ajuste {n}", "prueba", lines, f"muchos-{n}") for n in range(3)]
    post_entries(posted)
    entry = post(other, 9_00)
    reverse_entry(entry, reason="Se repitió")


def test_whatever_is_posted_is_what_its_fingerprint_says(session: Session) -> None:
    every_kind(make_fund(), make_fund())
    session.flush()
    found = [sentence for sentence in verify_ledger() if "posted as" in sentence]
    assert found == []
    assert session.execute(text("SELECT COUNT(*) FROM journal_entry")).scalar_one() >= 9


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_entry SET memo = 'otra cosa' WHERE number = 1",
        "UPDATE journal_entry SET entry_date = '2026-03-01' WHERE number = 1",
        "UPDATE journal_entry SET kind = 'adjustment' WHERE number = 1",
        "UPDATE journal_entry SET source = 'x' WHERE number = 1",
        "UPDATE posting SET line = 30 - line WHERE entry_id = (SELECT id FROM journal_entry WHERE number = 1)",
    ],
)  # fmt: skip
def test_an_entry_edited_without_a_cent_moving_is_named(session: Session, change: str) -> None:
    give(make_fund(), pesos(100))
    session.commit()
    assert verify_ledger() == []
    unguard(session, "journal_entry", "posting")
    session.execute(text(change))
    assert [sentence for sentence in verify_ledger() if "posted as" in sentence] == [
        "entry 2026-000001 is not what it was posted as"
    ]


def test_a_reversal_s_reason_stays_what_was_said(session: Session) -> None:
    entry = post(make_fund(), 100_00)
    reversal = reverse_entry(entry, reason="Se repitió")
    session.commit()
    unguard(session, "journal_entry")
    session.execute(text("UPDATE journal_entry SET memo = 'Otra razón' WHERE id = :id"), {"id": reversal.id})
    assert f"entry {reversal.label} is not what it was posted as" in verify_ledger()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE receipt SET content = CAST(REPLACE(CAST(content AS TEXT), '10000', '90') AS {json})", "does not say"),
        ("UPDATE receipt SET code = 'A-2026-000077'", "does not say"),
        ("UPDATE receipt SET sha256 = 'x'", "is not the paper"),
        ("UPDATE stored_file SET sha256 = 'x'", "is not the paper"),
    ],
)  # fmt: skip
def test_a_receipt_that_was_made_to_say_something_else_is_named(session: Session, change: str, problem: str) -> None:
    give(make_fund(), pesos(100))
    session.commit()
    assert verify_ledger() == []
    unguard(session, "receipt", "stored_file")
    session.execute(text(change.format(json="TEXT" if is_sqlite() else "JSON")))
    found = verify_ledger()
    assert found
    assert all(problem in sentence for sentence in found)
