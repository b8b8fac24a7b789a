"""Do the totals agree? Asked of every room after the demo year, and answered in a table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from core.clock import today
from core.database import session
from core.language import in_language
from core.money import Money, format_money
from core.settings import setting
from grants.models import Award, Tranche
from grants.states.award import TrancheState
from transparency import queries as transparency
from transparency.errors import DoesNotReconcile
from transparency.rules.books import INCOME
from transparency.rules.figures import Report
from transparency.rules.periods import Period, periods_between
from treasury.models import Allocation, Commitment, PaymentOrder
from treasury.states import OrderState
from trust import services as trust
from trust.models import AccountBalance, Contribution, Receipt
from trust.states import ReceiptState

AGREES = "adds up"


@dataclass(frozen=True, slots=True)
class Check:
    """Two ways to the same figure."""

    what: str
    here: str
    there: str

    @property
    def agrees(self) -> bool:
        """Whether both ways lead to the same figure."""
        return self.here == self.there


def _money(cents: int | None) -> str:
    return format_money(Money(int(cents or 0), str(setting("BASE_CURRENCY"))))


def _account(*codes: str) -> int:
    return int(
        session().scalar(
            select(func.sum(AccountBalance.balance_cents)).where(
                AccountBalance.account_code.in_(codes), AccountBalance.currency == setting("BASE_CURRENCY")
            )
        )
        or 0
    )


def checks() -> list[Check]:
    """Compare what the rooms, the receipts and the public reports say with what the ledger says."""
    return [*_of_the_rooms(), *_of_the_receipts(), *_of_the_reports()]


def _of_the_rooms() -> list[Check]:
    problems = trust.verify_ledger()
    committed = session().scalar(select(func.sum(Commitment.amount_cents)))
    standing = session().scalar(
        select(func.sum(Commitment.amount_cents - Commitment.released_cents - Commitment.returned_cents))
    )
    returned = int(session().scalar(select(func.sum(Commitment.returned_cents))) or 0)
    paid = session().scalar(select(func.sum(PaymentOrder.amount_cents)).where(PaymentOrder.state == OrderState.PAID))
    tranches = session().scalar(select(func.sum(Tranche.amount_cents)).where(Tranche.state == TrancheState.PAID))
    awarded = session().scalar(select(func.sum(Award.amount_cents)))
    over = session().scalar(
        select(func.count())
        .select_from(Allocation)
        .where(
            Allocation.amount_cents
            < select(func.coalesce(func.sum(Commitment.amount_cents - Commitment.released_cents), 0))
            .where(Commitment.allocation_id == Allocation.id)
            .scalar_subquery()
        )
    )
    return [
        Check("ledger re-added: problems found", str(len(problems)), "0"),
        Check("awards = commitments", _money(awarded), _money(committed)),
        Check(
            "commitments not released or returned = committed, accrued, ordered, paid",
            _money(standing),
            _money(_account("8.2.4", "8.2.5", "8.2.6", "8.2.7")),
        ),
        Check("payment orders paid = awards expense and returns", _money(paid), _money(_account("5.1.1") + returned)),
        Check("payment orders paid = tranches paid", _money(paid), _money(tranches)),
        Check("payment orders paid = budget paid and returns", _money(paid), _money(_account("8.2.7") + returned)),
        Check("allocations overspent", str(over or 0), "0"),
    ]


def _of_the_receipts() -> list[Check]:
    """Compare what the receipts in force say with the income in the books, currency by currency."""
    receipts: dict[str, int] = {}
    rows = session().execute(
        select(Receipt.content, Contribution.refunded_cents)
        .join(Contribution, Contribution.id == Receipt.contribution_id)
        .where(Receipt.state == ReceiptState.VALID)
        .order_by(Receipt.id)
    )
    for content, refunded in rows:
        currency = content["currency"]
        receipts[currency] = receipts.get(currency, 0) + content["amount_cents"] - refunded
    booked = session().execute(
        select(AccountBalance.currency, func.sum(AccountBalance.balance_cents))
        .where(AccountBalance.account_code.in_(INCOME))
        .group_by(AccountBalance.currency)
        .order_by(AccountBalance.currency)
    )
    income = {currency: -int(cents) for currency, cents in booked}
    return [
        Check(f"receipts in force = income, {code}", _of(receipts.get(code, 0), code), _of(income.get(code, 0), code))
        for code in sorted(receipts.keys() | income.keys())
    ]


def _of(cents: int, currency: str) -> str:
    return format_money(Money(cents, currency))


def _of_the_reports() -> list[Check]:
    """Open every public report: of each quarter and year with books, and of each call."""
    quarters = periods_between(transparency.first_day(), today())
    years = [Period(year) for year in sorted({quarter.year for quarter in quarters}, reverse=True)]
    periods = [
        (f"{one.year}" + (f", quarter {one.quarter}" if one.quarter else ""), partial(transparency.period_report, one))
        for one in (*years, *quarters)
    ]
    calls = [(call.slug, partial(transparency.call_report, call)) for call in transparency.reported_calls()]
    return [Check(f"report of {name} = books", _outcome(make), AGREES) for name, make in (*periods, *calls)]


def _outcome(make: Callable[[], Report]) -> str:
    try:
        make()
    except DoesNotReconcile as wrong:
        with in_language("en"):
            return wrong.message()
    return AGREES
