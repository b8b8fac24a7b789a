"""Do the totals agree? Asked of every room after the demo year, and answered in a table."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.database import session
from core.money import Money, format_money
from core.settings import setting
from grants.models import Award, Tranche
from grants.states.award import TrancheState
from treasury.models import Allocation, Commitment, PaymentOrder
from treasury.states import OrderState
from trust import services as trust
from trust.models import AccountBalance


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
    return format_money(Money(int(cents or 0), str(setting("BASE_CURRENCY"))), "en")


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
    """Compare what the rooms say with what the ledger says."""
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
