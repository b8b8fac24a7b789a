"""After the report: an award pays what was spent and no more, and what was paid beyond that comes back."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, today
from core.context import acting_as
from core.database import db, is_sqlite
from core.money import Money
from core.roles import Role
from grants import services as grants
from grants.models import Award, Letter
from grants.services import ExpenseEntry
from grants.states.award import AwardState, TrancheState
from tests.factories.accounts import make_user
from tests.factories.awards import a_receipt, officer_actor
from tests.factories.tampering import disarm_all
from tests.factories.trust import acting, make_fund, pesos
from tests.treasury.test_services import accept, balance, committed_award, prepared
from tests.trust.test_fingerprints import unguard
from treasury import queries, services
from treasury.errors import MoneyToReturn
from treasury.states import CommitmentState
from trust.models import Fund
from trust.services import verify_ledger


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def paid(clock: FrozenClock, officer: User) -> tuple[Award, Fund]:
    """An award of which the first 80 % were paid."""
    award, fund = committed_award(clock, officer)
    accept(award)
    pay(award)
    return award, fund


def pay(award: Award, number: int = 0) -> None:
    preparer, authoriser = make_user(Role.TREASURER), make_user(Role.PAYMENT_AUTHORISER)
    if number == 0:
        order = prepared(award, preparer)
    else:
        with acting(preparer.id, Role.TREASURER):
            order = services.prepare_payment_order(award.tranches[number])
    with acting(authoriser.id, Role.PAYMENT_AUTHORISER):
        services.authorise_payment(order)
    services.record_payment(order, paid_on=today(), bank_reference=f"SPEI-{number}")


def report(award: Award, officer: User, spent: Money) -> str:
    """Report `spent`, have it accepted, and return the letter's text."""
    entry = ExpenseEntry("Boletos de avión", today(), spent, a_receipt())
    with acting(award.application.applicant_user_id, Role.APPLICANT):
        filed = grants.file_expense_report(award, lines=[entry])
    with acting_as(officer_actor(officer)):
        grants.accept_expense_report(filed)
    letter = select(Letter).where(Letter.application_id == award.application_id, Letter.kind == "report_accepted")
    return "\n".join(db.session.scalars(letter).one().paragraphs)


def test_what_was_spent_and_not_paid_is_due_and_the_rest_goes_back(
    session: Session, paid: tuple[Award, Fund], officer: User
) -> None:
    award, fund = paid
    free = balance(fund, "8.2.2")
    spent = award.money - pesos(1_000)
    text = report(award, officer, spent)
    first, second = award.tranches
    assert (second.state, second.money) == (TrancheState.DUE, spent - first.money)
    assert balance(fund, "8.2.5") == second.amount_cents
    assert balance(fund, "8.2.2") == free + 1_000_00
    assert str(second.money.decimal.quantize(1)).replace(",", "") in text.replace(",", "").replace("\u2009", "")
    pay(award, 1)
    assert (balance(fund, "8.2.5"), balance(fund, "5.1.1")) == (0, spent.amount_cents)
    assert {one.state for one in queries.commitments_of(award)} == {CommitmentState.PAID}
    assert grants.close_award(award).state is AwardState.CLOSED
    assert verify_ledger() == []


def test_who_spent_it_all_gets_the_whole_second_payment(
    session: Session, paid: tuple[Award, Fund], officer: User
) -> None:
    award, fund = paid
    planned = award.tranches[1].money
    report(award, officer, award.money + pesos(500))
    assert (award.tranches[1].state, award.tranches[1].money) == (TrancheState.DUE, planned)
    assert balance(fund, "8.2.5") == planned.amount_cents


def test_who_spent_less_than_was_paid_gets_no_more_and_returns_the_difference(
    session: Session, paid: tuple[Award, Fund], officer: User
) -> None:
    award, fund = paid
    first, second = award.tranches
    text = report(award, officer, first.money - pesos(2_000))
    assert (second.state, first.state) == (TrancheState.DROPPED, TrancheState.PAID)
    assert "2,000.00" in text
    assert balance(fund, "8.2.5") == 0
    assert [(one.award.id, one.missing) for one in queries.returns_waiting()] == [(award.id, pesos(2_000))]
    with pytest.raises(MoneyToReturn):
        grants.close_award(award)
    services.return_unspent(award, pesos(1_500), received_on=today(), bank_reference="DEV-1")
    assert queries.money_to_return(award) == pesos(500)
    services.return_unspent(award, pesos(500), received_on=today(), bank_reference="DEV-2")
    assert queries.returns_waiting() == []
    assert balance(fund, "5.1.1") == first.amount_cents - 2_000_00
    assert grants.close_award(award).state is AwardState.CLOSED
    assert verify_ledger() == []


def test_who_spent_exactly_what_was_paid_neither_gets_nor_returns(
    session: Session, paid: tuple[Award, Fund], officer: User
) -> None:
    award, fund = paid
    text = report(award, officer, award.tranches[0].money)
    assert award.tranches[1].state is TrancheState.DROPPED
    assert "nada por devolver" in text
    assert (queries.returns_waiting(), balance(fund, "8.2.5")) == ([], 0)


def test_money_in_an_order_on_its_way_stays_bound(session: Session, clock: FrozenClock, officer: User) -> None:
    award, fund = committed_award(clock, officer)
    accept(award)
    prepared(award, make_user(Role.TREASURER))
    ordered = award.tranches[0].amount_cents
    assert services.trim_commitment(award, Money.zero("MXN")).amount_cents == award.amount_cents - ordered
    assert balance(fund, "8.2.5") == ordered
    clock.advance(days=1)
    assert services.trim_commitment(award, Money.zero("MXN")) == Money.zero("MXN")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE payment_order SET amount_cents = amount_cents + 1", "and its entry says"),
        ("UPDATE payment_order SET paid_on = '2026-01-01'", "and its entry says"),
        (
            "UPDATE payment_order SET state = 'authorised', paid_on = NULL, bank_reference = NULL",
            "and the books have paid it",
        ),
        ("UPDATE journal_entry SET source = 'treasury.payment_order:999' WHERE kind = 'payment'", "is not there"),
    ],
)
def test_the_verification_of_the_books_reaches_the_orders_they_paid(
    session: Session, paid: tuple[Award, Fund], change: str, problem: str
) -> None:
    assert verify_ledger() == []
    unguard(session, "payment_order", "journal_entry")
    session.execute(text(change))
    assert any(problem in sentence for sentence in verify_ledger())


KEPT = {
    "allocation": "amount_cents = amount_cents - 1",
    "commitment": "amount_cents = amount_cents + 1",
    "payment_order": "bank_reference = 'otra'",
    "payment_share": "amount_cents = amount_cents + 1",
}
# What is told of somebody who took the guards away, by what he did then.
TAMPERED = {
    "UPDATE commitment SET amount_cents = amount_cents + 1, state = 'accrued'": "and the awards say",
    "UPDATE commitment SET released_cents = released_cents - 1, state = 'accrued'": "and its entries say",
    "UPDATE commitment SET returned_cents = returned_cents + 1": "and its entries say",
    "UPDATE commitment SET paid_cents = paid_cents - 1, state = 'accrued'": "and the paid orders took",
    "UPDATE payment_share SET amount_cents = amount_cents + 1": "its shares add up to",
    "UPDATE commitment SET fund_id = (SELECT MAX(id) FROM fund)": "is not of its allocation's fund",
    "UPDATE allocation SET amount_cents = 1": "awards have bound",
    "UPDATE allocation SET amount_cents = amount_cents + 1": "the audit trail says",
    "DELETE FROM commitment": "and the awards say",
}


def test_the_database_keeps_what_was_promised_bound_and_ordered(session: Session, paid: tuple[Award, Fund]) -> None:
    for table, change in KEPT.items():
        attacks = [f"UPDATE {table} SET {change}", f"DELETE FROM {table}"]
        if is_sqlite():
            columns = ", ".join(column.name for column in db.metadata.tables[table].columns if column.name != "id")
            attacks.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
            if table != "payment_order":
                attacks.append(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")
        else:
            attacks.append(f"TRUNCATE {table} CASCADE")
        for attack in attacks:
            with pytest.raises(DBAPIError) as refused, session.begin_nested():
                session.execute(text(attack))
            assert "ledger: immutable" in str(refused.value.orig), attack


def test_the_proofs_find_what_was_bound_otherwise_once_the_guards_are_away(
    session: Session, clock: FrozenClock, officer: User, paid: tuple[Award, Fund]
) -> None:
    make_fund()
    report(paid[0], officer, Money(paid[0].tranches[0].amount_cents - 2_000_00, "MXN"))
    services.return_unspent(paid[0], pesos(2_000), received_on=today(), bank_reference="DEV-1")
    assert verify_ledger() == []
    disarm_all(session)
    for change, problem in TAMPERED.items():
        trial = session.begin_nested()
        session.execute(text(change))
        found = verify_ledger()
        assert any(problem in sentence for sentence in found), (change, found)
        trial.rollback()
    assert verify_ledger() == []
