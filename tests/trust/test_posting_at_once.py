"""Many drafts posted by one statement of raw SQL are proved as if one by one, in the order of their numbers."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database import db
from tests.factories.tampering import attack
from tests.factories.trust import close_fund, make_fund, post
from tests.trust.test_ledger_refusals import FLIP, LINE, Lines, donation, draft
from trust.models import Fund, FundKind
from trust.services import close_period, verify_ledger

pytestmark = pytest.mark.usefixtures("clock")
FLIP_ALL = "UPDATE journal_entry SET state = 'posted', posted_at = '2026-03-02 18:00:00+00' WHERE state = 'draft'"


def spending(fund: int, cents: int = 10_00) -> Lines:
    return [("5.1.1", fund, cents, "MXN"), ("1.1.1", fund, -cents, "MXN")]


def post_all(session: Session) -> list[str]:
    """Post every draft, move the year's counter as ours does, and return what the verification of the books finds.

    That nobody posted them by our road their fingerprints and the audit trail say, and they alone.
    """
    session.execute(text(FLIP_ALL))
    session.execute(text("UPDATE entry_counter SET last_number = (SELECT MAX(number) FROM journal_entry)"))
    session.commit()
    ours = ("is not what it was posted as", "is not in the audit trail")
    return [sentence for sentence in verify_ledger() if not sentence.endswith(ours)]


def numbered(session: Session, *entries: Lines) -> list[int]:
    return [draft(session, lines, number=number) for number, lines in enumerate(entries, 1)]


def test_drafts_posted_together_move_each_balance_by_their_sum(session: Session) -> None:
    one, other = make_fund(), make_fund()
    numbered(session, donation(one.id, 700), donation(other.id, 50), donation(one.id, 300), spending(one.id, 90))
    assert post_all(session) == []
    rows = session.execute(
        text(
            "SELECT fund_id, account_code, balance_cents, posting_count FROM account_balance "
            "ORDER BY fund_id, account_code"
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        (one.id, "1.1.1", 910, 3),
        (one.id, "4.1.1", -1000, 2),
        (one.id, "5.1.1", 90, 1),
        (other.id, "1.1.1", 50, 1),
        (other.id, "4.1.1", -50, 1),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("kind", ["unbalanced", "empty"])
def test_one_bad_draft_among_good_ones_stops_them_all(session: Session, place: int, kind: str) -> None:
    fund = make_fund().id
    bad: Lines = [] if kind == "empty" else [("1.1.1", fund, 100, "MXN"), ("4.1.1", fund, -99, "MXN")]
    entries = [donation(fund), donation(fund)]
    entries.insert(place, bad)
    numbered(session, *entries)
    assert "ledger: unbalanced" in attack(session, FLIP_ALL)
    assert session.execute(text("SELECT COUNT(*) FROM account_balance")).scalar_one() == 0


def test_drafts_that_balance_only_together_are_refused(session: Session) -> None:
    fund = make_fund().id
    numbered(session, [("1.1.1", fund, 100, "MXN")], [("4.1.1", fund, -100, "MXN")])
    assert "ledger: unbalanced" in attack(session, FLIP_ALL)


@pytest.mark.parametrize("numbers", [(1, 3), (2, 3), (1, 2, 4, 5)], ids=["a hole", "no first one", "a hole inside"])
def test_a_number_left_out_among_many_is_missed(session: Session, numbers: tuple[int, ...]) -> None:
    fund = make_fund().id
    for number in numbers:
        draft(session, donation(fund), number=number)
    assert "ledger: gap" in attack(session, FLIP_ALL)


def test_the_number_before_the_first_of_many_is_asked_for(session: Session) -> None:
    fund = make_fund()
    post(fund, 100)
    for number in (3, 4):
        draft(session, donation(fund.id), number=number)
    assert "ledger: gap" in attack(session, FLIP_ALL)


@pytest.mark.parametrize("kind", [FundKind.RESTRICTED, FundKind.ENDOWMENT])
def test_a_fund_is_not_overdrawn_before_the_gift_that_would_cover_it(session: Session, kind: FundKind) -> None:
    fund = make_fund(kind).id
    numbered(session, donation(fund, 100), spending(fund, 101), donation(fund, 500))
    assert "ledger: overdrawn" in attack(session, FLIP_ALL)


def test_a_fund_spends_what_an_earlier_entry_of_the_statement_brought(session: Session) -> None:
    fund, other = make_fund(FundKind.RESTRICTED), make_fund(FundKind.RESTRICTED)
    post(fund, 1)
    for number, lines in enumerate(
        [donation(fund.id, 100), donation(other.id, 5), spending(fund.id, 101), spending(other.id, 5)], 2
    ):
        draft(session, lines, number=number)
    assert post_all(session) == []


def test_another_fund_s_money_does_not_cover_an_overdraft(session: Session) -> None:
    rich, poor = make_fund(FundKind.RESTRICTED).id, make_fund(FundKind.RESTRICTED).id
    numbered(session, donation(rich, 1_000), donation(poor, 10), spending(poor, 11))
    assert "ledger: overdrawn" in attack(session, FLIP_ALL)


def test_one_closed_month_among_open_ones_is_enough(session: Session) -> None:
    fund = make_fund().id
    close_period(2026, 1)
    draft(session, donation(fund), number=1)
    draft(session, donation(fund), number=2, day="2026-01-20")
    assert "ledger: closed_period" in attack(session, FLIP_ALL)


def test_one_closed_fund_among_open_ones_is_enough(session: Session) -> None:
    open_fund, closed = make_fund(), make_fund()
    close_fund(closed)
    numbered(session, donation(open_fund.id), donation(closed.id))
    assert "ledger: closed_fund" in attack(session, FLIP_ALL)


def test_an_entry_and_its_reversal_are_posted_together_when_they_mirror(session: Session) -> None:
    fund = make_fund().id
    entry = draft(session, donation(fund, 100), number=1)
    draft(session, donation(fund, -100), number=2, kind="reversal", reverses=entry)
    assert post_all(session) == []


def test_a_reversal_among_many_that_does_not_mirror_is_refused(session: Session) -> None:
    fund = make_fund().id
    entry = draft(session, donation(fund, 100), number=1)
    draft(session, donation(fund, -99), number=2, kind="reversal", reverses=entry)
    draft(session, donation(fund, 5), number=3)
    assert "ledger: reversal" in attack(session, FLIP_ALL)


def test_a_line_for_a_draft_that_somebody_posts_at_this_moment_comes_too_late(app: Flask, session: Session) -> None:
    fund: Fund = make_fund()
    entry = draft(session, donation(fund.id))
    session.commit()  # a draft that stands in the tables: nobody of ours leaves one, an attacker may
    session.execute(text(FLIP), {"entry": entry})
    line = {"entry": entry, "line": 3, "account": "1.1.1", "fund": fund.id, "cents": 5, "currency": "MXN"}
    said: list[str] = []

    def add() -> None:
        with app.app_context():
            try:
                db.session.execute(text(LINE), line)
                db.session.commit()
                said.append("")
            except DBAPIError as error:
                db.session.rollback()
                said.append(str(error.orig))
            finally:
                db.session.remove()

    attacker = threading.Thread(target=add)
    attacker.start()
    attacker.join(0.2)  # it waits for us, or is still on its way: both must end the same
    session.commit()
    attacker.join()
    assert "ledger: late_posting" in said[0]
    assert session.execute(text("SELECT COUNT(*) FROM posting")).scalar_one() == 2
