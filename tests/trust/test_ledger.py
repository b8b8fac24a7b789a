"""Posting: idempotency, numbers without a gap, reversal, exchange, transfer, closing."""

import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.database import db
from core.errors import IllegalTransition, MissingRate
from core.money import LARGEST_CENTS, AmountTooLarge, Money
from tests.factories.trust import euros, give, make_books, make_fund, pesos, post
from trust import queries
from trust.errors import (
    AlreadyReversed,
    DateInFuture,
    EarlierPeriodOpen,
    ExchangeNotAtRate,
    FundCodeTaken,
    FundOverdrawn,
    InvalidSpendingRules,
    KeyReused,
    PeriodClosed,
    PeriodNotOver,
    ReasonRequired,
    ReversalOfReversal,
    TransferNotAllowed,
    TransferTooLarge,
    UnbalancedEntry,
)
from trust.models import AccountBalance, FundKind, JournalEntry, Posting
from trust.rules import Rate, inputs_hash
from trust.services import (
    Line,
    close_period,
    exchange_currency,
    open_fund,
    open_periods,
    post_entry,
    reverse_entry,
    transfer_between_funds,
    verify_ledger,
)

pytestmark = pytest.mark.usefixtures("clock")
TODAY = date(2026, 3, 2)


def test_an_entry_has_the_next_number_of_its_year_and_says_who_posted_it(session: Session) -> None:
    fund = make_fund()
    first, second = post(fund, 100), post(fund, 200)
    assert (first.label, second.label) == ("2026-000001", "2026-000002")
    assert [(line.account_code, line.amount_cents, line.base_cents) for line in second.postings] == [
        ("1.1.1", 200, 200),
        ("4.1.1", -200, -200),
    ]


def test_the_same_key_and_inputs_return_the_first_entry(session: Session) -> None:
    fund = make_fund()
    first = post(fund, 100, key="una vez")
    assert post(fund, 100, key="una vez") is first
    assert session.scalar(select(func.count(JournalEntry.id))) == 1


def test_the_same_key_with_other_inputs_is_refused(session: Session) -> None:
    fund = make_fund()
    post(fund, 100, key="una vez")
    for change in ({"memo": "Otra"}, {"on": date(2026, 3, 1)}, {"kind": "adjustment"}):
        with pytest.raises(KeyReused):
            post(fund, 100, key="una vez", **change)
    with pytest.raises(KeyReused):
        post(fund, 101, key="una vez")


def test_an_unbalanced_entry_is_refused_with_the_difference(session: Session) -> None:
    fund = make_fund()
    lines = [Line("1.1.1", fund, Money(100, "MXN")), Line("4.1.1", fund, Money(-60, "MXN"))]
    with pytest.raises(UnbalancedEntry) as refused:
        post(fund, 100, lines=lines)
    assert refused.value.parameters["difference"] == "$0.40\u202fMXN"
    assert queries.available(fund) == Money(0, "MXN")


def test_dates_ahead_and_years_without_books_are_refused(session: Session) -> None:
    fund = make_fund()
    with pytest.raises(DateInFuture):
        post(fund, 100, on=date(2026, 3, 3))
    with pytest.raises(PeriodClosed):
        post(fund, 100, on=date(2025, 12, 31))


def test_an_amount_beyond_the_books_is_refused(session: Session) -> None:
    with pytest.raises(AmountTooLarge):
        post(make_fund(), LARGEST_CENTS + 1)


def test_a_reversal_mirrors_the_entry_and_happens_once(session: Session) -> None:
    fund = make_fund()
    entry = post(fund, 5_00)
    reversal = session.get_one(JournalEntry, reverse_entry(entry, reason="Depósito de otra cuenta").id)
    assert [(line.account_code, line.amount_cents) for line in reversal.postings] == [("1.1.1", -500), ("4.1.1", 500)]
    assert queries.available(fund) == Money(0, "MXN")
    with pytest.raises(AlreadyReversed):
        reverse_entry(entry, reason="Otra vez")
    with pytest.raises(ReversalOfReversal):
        reverse_entry(reversal, reason="Al revés")
    with pytest.raises(ReasonRequired):
        reverse_entry(post(fund, 1_00), reason="   ")
    assert verify_ledger() == []


def test_money_already_committed_cannot_be_reversed_out_of_a_restricted_fund(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED)
    entry = post(fund, 100_00)
    post(fund, 0, lines=[Line("8.2.4", fund, Money(60_00, "MXN")), Line("8.2.2", fund, Money(-60_00, "MXN"))])
    assert queries.available(fund) == Money(40_00, "MXN")
    with pytest.raises(FundOverdrawn) as refused, session.begin_nested():
        reverse_entry(entry, reason="Devolución")
    assert refused.value.parameters == {"fund": fund.code}
    assert verify_ledger() == []


def test_a_payment_in_one_entry_leaves_what_is_free_as_it_was(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED)
    post(fund, 100_00)
    hundred = Money(100_00, "MXN")
    for source, target in (("8.2.2", "8.2.4"), ("8.2.4", "8.2.5")):
        post(fund, 0, lines=[Line(target, fund, hundred), Line(source, fund, -hundred)], kind="budget")
    lines = [("5.1.1", hundred), ("1.1.1", -hundred), ("8.2.6", hundred), ("8.2.5", -hundred)]
    lines += [("8.2.7", hundred), ("8.2.6", -hundred)]
    post(fund, 0, lines=[Line(account, fund, money) for account, money in lines], kind="payment")
    assert queries.available(fund) == Money(0, "MXN")


def test_a_foreign_donation_carries_the_published_rate(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED, currency="EUR")
    entry = queries.entry_of(give(fund, euros(10_000)))
    assert entry is not None
    line = entry.postings[0]
    rate = queries.exchange_rate("EUR", "MXN", TODAY)
    assert (line.account_code, line.amount_cents, line.currency) == ("1.1.3", 1_000_000, "EUR")
    assert (line.rate, line.rate_date, line.base_cents) == (
        rate.value,
        TODAY,
        euros(10_000).converted(rate.fraction, "MXN").amount_cents,
    )
    assert "Banco Central Europeo" in (line.rate_source or "")


def test_the_rate_of_a_sunday_is_the_friday_before(session: Session) -> None:
    assert queries.exchange_rate("EUR", "MXN", date(2026, 3, 1)).date == date(2026, 2, 27)


@pytest.mark.parametrize("day", [date(1998, 12, 31), date(2007, 12, 31), date(2030, 1, 2)])
def test_a_missing_rate_is_refused(session: Session, day: date) -> None:
    with pytest.raises(MissingRate):
        queries.exchange_rate("EUR", "MXN", day)


def test_a_currency_that_the_bank_does_not_quote_has_no_rate(session: Session) -> None:
    with pytest.raises(MissingRate):
        queries.exchange_rate("COP", "MXN", TODAY)


def test_an_exchange_is_two_linked_legs_through_the_trading_account(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED, currency="EUR")
    give(fund, euros(1_000))
    rate = Rate("EUR", "MXN", "20.5", TODAY, "Banco fiduciario")
    posted = exchange_currency(
        fund=fund, sold=euros(400), bought=pesos(8_200), rate=rate, on=TODAY, idempotency_key="cambio-1"
    )
    entry = session.get_one(JournalEntry, posted.id)
    assert [(line.account_code, line.amount_cents, line.currency, line.base_cents) for line in entry.postings] == [
        ("9.1.1", 400_00, "EUR", 8_200_00),
        ("1.1.3", -400_00, "EUR", -8_200_00),
        ("1.1.1", 8_200_00, "MXN", 8_200_00),
        ("9.1.1", -8_200_00, "MXN", -8_200_00),
    ]
    assert (queries.available(fund, "EUR"), queries.available(fund, "MXN")) == (euros(600), pesos(8_200))
    with pytest.raises(ExchangeNotAtRate):
        exchange_currency(
            fund=fund, sold=euros(100), bought=pesos(2_051), rate=rate, on=TODAY, idempotency_key="cambio-2"
        )
    assert verify_ledger() == []


def test_money_is_set_aside_only_from_free_use_to_a_designated_fund(session: Session) -> None:
    free, aside, bound = make_fund(), make_fund(FundKind.DESIGNATED), make_fund(FundKind.RESTRICTED)
    post(free, 100_00)
    facts: dict[str, Any] = {"money": pesos(30), "on": TODAY, "memo": "Festival", "idempotency_key": "traspaso"}
    transfer_between_funds(source=free, target=aside, **facts)
    assert (queries.available(free), queries.available(aside)) == (pesos(70), pesos(30))
    for source, target in ((bound, aside), (free, bound), (aside, free)):
        with pytest.raises(TransferNotAllowed):
            transfer_between_funds(source=source, target=target, **facts)
    with pytest.raises(TransferTooLarge):
        transfer_between_funds(source=free, target=aside, **{**facts, "money": pesos(71), "idempotency_key": "otro"})


def test_a_fund_is_opened_once_with_rules_that_can_be_read(session: Session) -> None:
    fund = make_fund(FundKind.RESTRICTED, code="Bolsa Ñandú 1", spending_rules={"axes": [1], "regions": ["europe"]})
    assert (fund.code, fund.spending_rules) == ("bolsa-and-1", {"axes": [1], "regions": ["europe"]})
    with pytest.raises(FundCodeTaken):
        open_fund(code="bolsa-and-1", name={"es": "x"}, kind="restricted")
    for rules in ({"ejes": [1]}, {"axes": ["1"]}, {"not_before": "ayer"}, {"cap_per_award": {"amount_cents": 1}}):
        with pytest.raises(InvalidSpendingRules):
            open_fund(code="otra", name={"es": "x"}, kind="restricted", spending_rules=rules)


def test_months_close_in_order_after_they_end_and_only_once(session: Session, clock: FrozenClock) -> None:
    fund = make_fund()
    post(fund, 100_00, on=date(2026, 1, 31))
    with pytest.raises(EarlierPeriodOpen):
        close_period(2026, 2)
    closed = close_period(2026, 1)
    assert closed.proof is not None
    assert closed.proof["sums"] == {f"1.1.1|{fund.code}|MXN": 100_00, f"4.1.1|{fund.code}|MXN": -100_00}
    assert closed.proof["sha256"] == inputs_hash(sums=closed.proof["sums"])
    with pytest.raises(IllegalTransition):
        close_period(2026, 1)
    with pytest.raises(PeriodClosed):
        post(fund, 1, on=date(2026, 1, 31))
    close_period(2026, 2)
    with pytest.raises(PeriodNotOver):
        close_period(2026, 3)
    clock.advance(days=30)
    close_period(2026, 3)
    assert verify_ledger() == []


def test_opening_a_year_twice_changes_nothing(session: Session) -> None:
    assert [period.id for period in open_periods(2026)] == [period.id for period in open_periods(2026)]


def test_balances_on_a_day_are_the_sums_up_to_it(session: Session) -> None:
    fund = make_fund()
    post(fund, 100, on=date(2026, 1, 31))
    post(fund, 50, on=date(2026, 2, 1))
    assert [(row.account_code, row.balance_cents) for row in queries.balances(date(2026, 1, 31))] == [
        ("1.1.1", 100),
        ("4.1.1", -100),
    ]
    assert queries.balances() == queries.balances(TODAY)


amounts = st.integers(-500, 500).filter(bool)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(["MXN", "EUR"]), amounts), min_size=1, max_size=6))
def test_an_entry_is_posted_exactly_when_it_balances(session: Session, lines: list[tuple[int, str, int]]) -> None:
    with session.begin_nested() as trial:
        funds = [make_fund(), make_fund()]
        sums: dict[tuple[int, str], int] = {}
        for which, currency, cents in lines:
            sums[which, currency] = sums.get((which, currency), 0) + cents
        planned = [Line("2.1.1", funds[which], Money(cents, currency)) for which, currency, cents in lines]
        if any(sums.values()):
            with pytest.raises(UnbalancedEntry):
                post(funds[0], 0, lines=planned)
        else:
            post(funds[0], 0, lines=planned)
        assert verify_ledger() == []
        trial.rollback()


def test_eight_threads_leave_no_gap_and_no_cent_behind(app: Flask, session: Session) -> None:
    fund_id = make_fund(FundKind.RESTRICTED).id
    session.commit()
    failures: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            with app.app_context():
                for turn in range(5):
                    fund = queries.fund(fund_id)
                    post(fund, 1_00, key=f"hilo-{thread}-{turn}")
                    if turn % 2:
                        db.session.rollback()
                    else:
                        db.session.commit()
                        post(queries.fund(fund_id), 1_00, key=f"hilo-{thread}-{turn}")
                        db.session.commit()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    session.expire_all()
    assert session.scalars(select(JournalEntry.number).order_by(JournalEntry.number)).all() == list(range(1, 25))
    assert queries.available(queries.fund(fund_id)) == pesos(24)
    assert verify_ledger() == []


def test_posting_sends_the_same_statements_at_one_line_and_at_many(session: Session, count_queries: Any) -> None:
    fund = make_fund()
    session.flush()
    counts = []
    for pairs in (1, 40):
        lines = [Line("1.1.1", fund, Money(1, "MXN")), Line("4.1.1", fund, Money(-1, "MXN"))] * pairs
        with count_queries() as sent:
            post(fund, 0, lines=lines)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert session.scalar(select(func.count(Posting.id))) == 82
    assert session.scalar(select(AccountBalance.posting_count).where(AccountBalance.account_code == "1.1.1")) == 41


def test_a_bare_entry_of_the_budget_needs_no_bank(session: Session) -> None:
    make_books()
    fund = make_fund()
    entry = post_entry(
        kind="budget",
        entry_date=TODAY,
        memo="Presupuesto aprobado",
        source="treasury.operating_plan:1",
        lines=[Line("8.2.2", fund, pesos(10)), Line("8.2.1", fund, -pesos(10))],
        idempotency_key="poa-1",
    )
    assert queries.entry_debits(session.get_one(JournalEntry, entry.id)) == [pesos(10)]
    rows = queries.movements(TODAY, TODAY, accounts_like="8.")
    assert [(row.account_code, row.debit_cents, row.credit_cents) for row in rows] == [
        ("8.2.1", 0, 1000),
        ("8.2.2", 1000, 0),
    ]
