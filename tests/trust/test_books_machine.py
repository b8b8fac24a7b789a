"""The books against a plain-Python model of them: whatever is done in whatever order, they agree to the cent."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
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
from tests.trust.books_model import KINDS, RATE, Books, Effect, gift
from trust import queries
from trust.errors import EndowmentNotSpendable, FundOverdrawn, PeriodClosed, TransferTooLarge
from trust.models import EntryCounter, Fund, FundKind, JournalEntry
from trust.services import (
    Line,
    close_period,
    correct_entry,
    exchange_currency,
    pledge,
    post_entry,
    receive_contribution,
    reverse_entry,
    transfer_between_funds,
    verify_ledger,
)

amounts = st.integers(1, 50_000)
edges = st.sampled_from([None, -1, 0, 1])


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
            self.refusal(fund, effect),
        )  # fmt: skip
        if entry is not None:
            self.reversible.append((db.session.get_one(JournalEntry, entry.id), effect))

    def refusal(self, fund: Fund, effect: Effect) -> type[Refusal] | None:
        """What refuses a payment: not enough is there, or it is capital."""
        if self.books.overdraws(fund, effect):
            return FundOverdrawn
        return EndowmentNotSpendable if fund.kind is FundKind.ENDOWMENT else None

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
        undo = reverse_entry if queries.contribution_of(entry) is None else correct_entry
        self.attempt(lambda: undo(entry, reason="Se capturó mal"), undone, refused)

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
        settings=settings(max_examples=12, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )
    assert queries.balances() == []  # each story was undone after it had been proved
