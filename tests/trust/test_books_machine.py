"""The books against a plain-Python model of them: whatever is done in whatever order, they agree to the cent."""

import random
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import FrozenClock, today
from core.database import db
from core.errors import Refusal
from core.money import Money
from tests.factories.trust import make_books, make_fund
from trust import queries
from trust.errors import FundOverdrawn, PeriodClosed, TransferTooLarge
from trust.models import EntryCounter, Fund, FundKind, JournalEntry
from trust.rules import Rate
from trust.services import (
    Line,
    close_period,
    exchange_currency,
    open_periods,
    pledge,
    post_entry,
    receive_contribution,
    reverse_entry,
    transfer_between_funds,
    verify_ledger,
)

Key = tuple[str, str, str]  # fund, account, currency
Effect = dict[Key, int]
CASH = ("1.1.1", "1.1.2", "1.1.3")
KINDS = (FundKind.UNRESTRICTED, FundKind.DESIGNATED, FundKind.RESTRICTED, FundKind.ENDOWMENT)
TIED = (FundKind.RESTRICTED, FundKind.ENDOWMENT)
RATE = Rate("EUR", "MXN", "20", date(2026, 1, 5), "Prueba")
amounts = st.integers(1, 50_000)
edges = st.sampled_from([None, -1, 0, 1])


class Books:
    """What the books should say, kept in a dictionary."""

    def __init__(self) -> None:
        self.balance: Effect = defaultdict(int)
        self.entries = 0

    def apply(self, effect: Effect) -> None:
        for key, cents in effect.items():
            self.balance[key] += cents
        self.entries += 1

    def available(self, fund: str, currency: str) -> int:
        return sum(self.balance[fund, account, currency] for account in CASH)

    def overdraws(self, fund: Fund, effect: Effect) -> bool:
        """Whether the database must refuse: a tied fund would have less than nothing in some currency."""
        after: dict[str, int] = defaultdict(int)
        for (code, account, currency), cents in effect.items():
            if code == fund.code and account in CASH:
                after[currency] += cents
        return fund.kind in TIED and any(self.available(fund.code, one) + cents < 0 for one, cents in after.items())


def gift(fund: Fund, money: Money, method: str, fee: int) -> Effect:
    """What a contribution does: gross to income or capital, net to the bank, and the budget's income moments."""
    bank = "1.1.3" if money.currency != "MXN" else "1.1.2" if method == "card" else "1.1.1"
    capital = fund.kind is FundKind.ENDOWMENT
    effect = {bank: money.amount_cents - fee, "5.2.1": fee, "3.1.1" if capital else "4.1.1": -money.amount_cents}
    if not capital:
        effect |= {"8.1.2": money.amount_cents, "8.1.5": -money.amount_cents}
    return {(fund.code, account, money.currency): cents for account, cents in effect.items() if cents}


class Machine(RuleBasedStateMachine):
    """Random acts of a trust's year, each asked of the services and of the model."""

    clock: FrozenClock

    @initialize()
    def begin(self) -> None:
        self.trial = db.session.begin_nested()
        self.clock.set(self.clock.now().replace(month=1, day=20))
        make_books(2026, 2027)
        self.funds = [make_fund(kind) for kind in KINDS]
        self.books, self.reversible, self.number = Books(), list[tuple[JournalEntry, Effect]](), 0

    def teardown(self) -> None:
        if hasattr(self, "trial"):
            self.agree()
            self.trial.rollback()
            db.session.expire_all()

    def agree(self) -> None:
        said = {(row.fund_code, row.account_code, row.currency): row.balance_cents for row in queries.balances()}
        assert said == {key: cents for key, cents in self.books.balance.items() if cents}
        assert db.session.scalar(select(func.count(JournalEntry.id))) == self.books.entries
        assert sum(db.session.scalars(select(EntryCounter.last_number))) == self.books.entries
        assert verify_ledger() == []

    def attempt(self, act: Callable[[], Any], effect: Effect, refused: type[Refusal] | None) -> Any:
        """Do something that must be refused by name, or must succeed with exactly this effect."""
        if refused is not None:
            with pytest.raises(refused), db.session.begin_nested():
                act()
            return None
        with db.session.begin_nested():
            done = act()
        self.books.apply(effect)
        return done

    def key(self) -> str:
        self.number += 1
        return f"paso-{self.number}"

    @rule(which=st.integers(0, 3), cents=amounts, euros=st.booleans(), card=st.booleans(), late=st.integers(0, 40))
    def give(self, which: int, cents: int, euros: bool, card: bool, late: int) -> None:
        fund, money = self.funds[which], Money(cents, "EUR" if euros else "MXN")
        fee = Money(cents // 20, money.currency) if card and not euros else None
        day = date.fromordinal(max(today().toordinal() - late, date(2026, 1, 1).toordinal()))
        closed = not queries.is_period_open(day)
        method = "card" if card else "transfer"
        contribution = self.attempt(
            lambda: receive_contribution(
                kind="endowment" if fund.kind is FundKind.ENDOWMENT else "donation",
                fund=fund, money=money, received_on=day, method=method, fee=fee, rate=RATE if euros else None,
                idempotency_key=self.key(),
            ),
            gift(fund, money, method, fee.amount_cents if fee else 0),
            PeriodClosed if closed else None,
        )  # fmt: skip
        if contribution is not None:
            entry = queries.entry_of(contribution)
            assert entry is not None
            self.reversible.append((entry, gift(fund, money, method, fee.amount_cents if fee else 0)))

    def near(self, fund: Fund, cents: int, edge: int | None) -> int:
        """An amount: any, or one at the edge of what a fund has."""
        return cents if edge is None else max(1, self.books.available(fund.code, "MXN") + edge)

    @rule(which=st.integers(0, 3), cents=amounts, edge=edges)
    def spend(self, which: int, cents: int, edge: int | None) -> None:
        fund = self.funds[which]
        cents = self.near(fund, cents, edge)
        money = Money(cents, "MXN")
        effect = {(fund.code, "5.1.1", "MXN"): cents, (fund.code, "1.1.1", "MXN"): -cents}
        entry = self.attempt(
            lambda: post_entry(
                kind="payment", entry_date=today(), memo="Gasto", source="tests:1", idempotency_key=self.key(),
                lines=[Line("5.1.1", fund, money), Line("1.1.1", fund, -money)],
            ),
            effect,
            FundOverdrawn if self.books.overdraws(fund, effect) else None,
        )  # fmt: skip
        if entry is not None:
            self.reversible.append((entry, effect))

    @rule(cents=amounts, edge=edges)
    def set_aside(self, cents: int, edge: int | None) -> None:
        source, target = self.funds[0], self.funds[1]
        cents = self.near(source, cents, edge)
        money = Money(cents, "MXN")
        effect = {
            (source.code, "4.8.1", "MXN"): cents, (source.code, "1.1.1", "MXN"): -cents,
            (target.code, "1.1.1", "MXN"): cents, (target.code, "4.8.1", "MXN"): -cents,
        }  # fmt: skip
        self.attempt(
            lambda: transfer_between_funds(
                source=source, target=target, money=money, on=today(), memo="Acuerdo", idempotency_key=self.key()
            ),
            effect,
            TransferTooLarge if self.books.available(source.code, "MXN") < cents else None,
        )

    @rule(which=st.integers(0, 3), cents=amounts)
    def exchange(self, which: int, cents: int) -> None:
        fund, sold = self.funds[which], Money(cents, "EUR")
        bought = sold.converted(RATE.fraction, "MXN")
        effect = {
            (fund.code, "9.1.1", "EUR"): cents, (fund.code, "1.1.3", "EUR"): -cents,
            (fund.code, "1.1.1", "MXN"): bought.amount_cents, (fund.code, "9.1.1", "MXN"): -bought.amount_cents,
        }  # fmt: skip
        self.attempt(
            lambda: exchange_currency(
                fund=fund, sold=sold, bought=bought, rate=RATE, on=today(), idempotency_key=self.key()
            ),
            effect,
            FundOverdrawn if self.books.overdraws(fund, effect) else None,
        )

    @rule(which=st.integers(0, 3), cents=amounts)
    def promise(self, which: int, cents: int) -> None:
        money = Money(cents, "MXN")
        pledge(fund=self.funds[which], money=money, instalments=[(date(2026, 12, 1), money)])  # moves nothing

    @precondition(lambda self: self.reversible)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        entry, effect = self.reversible.pop(data.draw(st.integers(0, len(self.reversible) - 1)))
        undone = {key: -cents for key, cents in effect.items()}
        fund = next(one for one in self.funds if one.code == next(iter(effect))[0])
        refused = FundOverdrawn if self.books.overdraws(fund, undone) else None
        self.attempt(lambda: reverse_entry(entry, reason="Se capturó mal"), undone, refused)

    @precondition(lambda self: today().month < 6)
    @rule()
    def close_a_month(self) -> None:
        first = queries.first_open_period()
        assert first is not None
        if (first.year, first.month) == (today().year, today().month):
            self.clock.advance(days=31)
        close_period(first.year, first.month)


def test_the_books_agree_with_the_model_after_any_story(session: Session, clock: FrozenClock) -> None:
    Machine.clock = clock
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert queries.balances() == []  # each story was undone after it had been proved


def donate(fund: Fund, money: Money, key: str) -> Effect:
    receive_contribution(kind="donation", fund=fund, money=money, received_on=today(), idempotency_key=key)
    return gift(fund, money, "transfer", 0)


def pay(fund: Fund, money: Money, key: str) -> Effect:
    post_entry(
        kind="payment", entry_date=today(), memo="Gasto", source="tests:1", idempotency_key=key,
        lines=[Line("5.1.1", fund, money), Line("1.1.1", fund, -money)],
    )  # fmt: skip
    return {(fund.code, "5.1.1", "MXN"): money.amount_cents, (fund.code, "1.1.1", "MXN"): -money.amount_cents}


def test_many_hands_at_once_lose_nothing_and_double_nothing(app: Flask, session: Session, clock: FrozenClock) -> None:
    make_books(2026)
    open_periods(2026)
    ids = [make_fund(kind).id for kind in KINDS[:3]]
    session.commit()
    model, lock = Books(), threading.Lock()
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with app.app_context():
                dice = random.Random(number)
                for step in range(12):
                    fund = db.session.get_one(Fund, dice.choice(ids))
                    act = donate if dice.random() < 0.6 else pay
                    try:
                        done = act(fund, Money(dice.randint(1, 5_000), "MXN"), f"mano-{number}-{step}")
                        db.session.commit()
                    except FundOverdrawn:
                        db.session.rollback()
                    else:
                        with lock:
                            model.apply(done)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    session.expire_all()
    said = {(row.fund_code, row.account_code, row.currency): row.balance_cents for row in queries.balances()}
    assert said == {key: cents for key, cents in model.balance.items() if cents}
    assert session.scalar(select(func.count(JournalEntry.id))) == model.entries
    assert verify_ledger() == []
