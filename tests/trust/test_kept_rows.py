"""What stands beside the books: the database refuses raw SQL, and the proofs find it once the guards are away."""

from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import Client

from core.clock import FrozenClock
from core.database import is_sqlite
from tests.factories.tampering import disarm_all
from tests.factories.trust import euros, give, give_in_kind, make_fund, pesos
from tests.trust.books_model import RATE
from tests.trust.checkout import pay
from tests.trust.test_bank import take
from trust.models import FundKind
from trust.services import catch_up_payments, close_period, pledge, start_checkout, verify_ledger

CHANGES = {
    "bank_line": "amount_cents = amount_cents + 1",
    "bank_statement": "sha256 = 'x'",
    "bank_match": "account_code = '1.1.3'",
    "checkout_order": "amount_cents = amount_cents + 1",
    "entry_counter": "fiscal_year = 1999",
    "in_kind_item": "description = 'Otra cosa'",
    "online_movement": "net_cents = net_cents + 1",
    "pledge": "amount_cents = amount_cents + 1",
    "pledge_instalment": "due_on = '2030-01-01'",
    "receipt": "token = 'x'",
    "receipt_counter": "year = 1999",
    "stored_file": "sha256 = 'x'",
}
LEFT_BY_DECISION = ("bank_match",)  # a match may be taken back
# What is told of somebody who took the guards away, by what he did then.
TAMPERED = {
    "DELETE FROM entry_counter": "there are entries and no counter",
    "DELETE FROM receipt_counter": "there are some and no counter",
    "UPDATE bank_line SET amount_cents = amount_cents + 1": "is not what the bank's file said",
    "DELETE FROM bank_match": "its entries add up to 0",
    "UPDATE online_movement SET net_cents = net_cents + 1": "and its entry says",
    "DELETE FROM online_movement": "moves money at the company unknown to it",
    "UPDATE contribution SET state = 'cancelled' WHERE id = (SELECT MIN(id) FROM contribution)": "is in force",
    "UPDATE contribution SET refunded_cents = 1": "1 went back and the books say 0",
    "UPDATE contribution SET received_on = '2026-02-01'": "its entry is of",
    "UPDATE period_closing SET act_sha256 = 'x'": "is another paper",
    "UPDATE posting SET base_cents = base_cents * 2 WHERE currency = 'MXN'": "should be worth",
    "UPDATE posting SET base_cents = base_cents * 2 WHERE currency = 'EUR'": "should be worth",
    "UPDATE posting SET account_code = '8.2.4' WHERE account_code = '4.1.1'": "set aside in account 8.2.4",
}


@pytest.fixture
def story(session: Session, clock: FrozenClock, payer: Client, caught: list[Any]) -> Session:
    """Money that came by every road, a promise, a closed month."""
    fund = make_fund(accepts_gifts=True)
    give(fund, pesos(100), received_on=date(2026, 1, 20))
    give(make_fund(FundKind.RESTRICTED), euros(10), rate=RATE)
    give_in_kind(fund, pesos(50))
    pledge(fund=fund, money=pesos(10), instalments=[(date(2026, 12, 1), pesos(10))])
    order = start_checkout(fund=fund, money=pesos(200), method="card", email="ana@ejemplo.mx")
    session.commit()
    pay(payer, order)
    catch_up_payments()
    take(("2026-01-20", "100", "", "Donativo"))
    close_period(2026, 1)
    session.commit()
    assert verify_ledger() == []
    return session


def test_nobody_changes_deletes_or_empties_what_was_said(story: Session) -> None:
    for table, change in CHANGES.items():
        attacks = [f"UPDATE {table} SET {change}"]
        attacks += [] if table in LEFT_BY_DECISION else [f"DELETE FROM {table}"]
        attacks += [] if is_sqlite() else [f"TRUNCATE {table} CASCADE"]
        for attack in attacks:
            with pytest.raises(DBAPIError) as refused, story.begin_nested():
                story.execute(text(attack))
            assert "ledger: immutable" in str(refused.value.orig), attack
    if not is_sqlite():
        for table in ("contribution", "period_closing", "period_reopening", "fund_closing", "processed_event"):
            with pytest.raises(DBAPIError) as refused, story.begin_nested():
                story.execute(text(f"TRUNCATE {table} CASCADE"))
            assert "ledger: immutable" in str(refused.value.orig), table
    assert verify_ledger() == []


def test_nothing_that_was_said_is_replaced(story: Session) -> None:
    if not is_sqlite():
        return  # it has no such statement
    for table in ("bank_line", "in_kind_item", "online_movement", "pledge", "stored_file"):
        with pytest.raises(DBAPIError) as refused, story.begin_nested():
            story.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
        assert "ledger: immutable" in str(refused.value.orig), table


def test_the_proofs_find_it_once_the_guards_are_away(story: Session) -> None:
    disarm_all(story)
    for change, problem in TAMPERED.items():
        trial = story.begin_nested()
        assert cast("CursorResult[Any]", story.execute(text(change))).rowcount > 0, change
        found = verify_ledger()
        assert any(problem in sentence for sentence in found), (change, found)
        trial.rollback()
    assert verify_ledger() == []
