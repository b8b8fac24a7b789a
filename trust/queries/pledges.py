"""What was promised, what came of it, and what is late."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from core.clock import today
from core.database import session
from core.money import Money
from trust.models import Contribution, Pledge, PledgeInstalment, PledgePayment
from trust.rules.pledges import cover
from trust.states import ContributionState, PledgeState


@dataclass(frozen=True, slots=True)
class Part:
    """One due date of a pledge: how much, how much of it came, and whether it is late."""

    id: int
    due_on: date
    money: Money
    covered: Money

    @property
    def missing(self) -> Money:
        """What has not come."""
        return self.money - self.covered

    @property
    def is_late(self) -> bool:
        """Whether its day is over and part of it is missing."""
        return self.due_on < today() and bool(self.missing)


def pledges(*, state: PledgeState | None = None) -> Select[Pledge]:
    """Return the query of pledges, newest first, with fund and instalments."""
    query = select(Pledge).options(joinedload(Pledge.fund), selectinload(Pledge.instalments))
    if state is not None:
        query = query.where(Pledge.state == state)
    return query.order_by(Pledge.id.desc())


def pledge_by_id(pledge_id: int, *, hold: bool = False) -> Pledge | None:
    """Return a pledge; `hold` keeps it until the transaction ends."""
    query = pledges().where(Pledge.id == pledge_id)
    if hold:
        query = query.with_for_update(of=Pledge).execution_options(populate_existing=True)
    return session().scalar(query)


def instalment(instalment_id: int) -> PledgeInstalment | None:
    """Return one due date of a pledge."""
    return session().get(PledgeInstalment, instalment_id)


def received_of(found: list[Pledge]) -> dict[int, Money]:
    """Return what came of each of these pledges and was not given back."""
    rows = session().execute(
        select(PledgePayment.pledge_id, func.sum(Contribution.amount_cents - Contribution.refunded_cents))
        .join(Contribution, Contribution.id == PledgePayment.contribution_id)
        .where(PledgePayment.pledge_id.in_([one.id for one in found]), Contribution.state == ContributionState.RECEIVED)
        .group_by(PledgePayment.pledge_id)
        .order_by(PledgePayment.pledge_id)
    )
    sums = {pledge_id: int(cents) for pledge_id, cents in rows}
    return {one.id: Money(sums.get(one.id, 0), one.currency) for one in found}


def parts_of(found: list[Pledge]) -> dict[int, list[Part]]:
    """Return the due dates of each of these pledges with how far each is covered."""
    received = received_of(found)
    parts = {}
    for one in found:
        dues = [Money(part.amount_cents, one.currency) for part in one.instalments]
        covered = cover(dues, received[one.id])
        parts[one.id] = [
            Part(part.id, part.due_on, due, came)
            for part, due, came in zip(one.instalments, dues, covered, strict=True)
        ]
    return parts


def pledges_late() -> int:
    """Return how many pledges in force have a part that is late."""
    found = list(session().scalars(pledges(state=PledgeState.ACTIVE)))
    return sum(1 for parts in parts_of(found).values() if any(part.is_late for part in parts))


def payments_of(found: Pledge) -> list[Contribution]:
    """Return the contributions that keep a promise, oldest first."""
    query = (
        select(Contribution)
        .join(PledgePayment, PledgePayment.contribution_id == Contribution.id)
        .where(PledgePayment.pledge_id == found.id)
        .order_by(PledgePayment.id)
    )
    return list(session().scalars(query))


def applicable(found: Pledge) -> list[Contribution]:
    """Return the received contributions of the same giver to the same fund that keep no promise yet, newest first."""
    query = (
        select(Contribution)
        .outerjoin(PledgePayment, PledgePayment.contribution_id == Contribution.id)
        .where(
            PledgePayment.id.is_(None),
            Contribution.state == ContributionState.RECEIVED,
            Contribution.fund_id == found.fund_id,
            Contribution.currency == found.currency,
            Contribution.giver_organisation_id == found.giver_organisation_id
            if found.giver_organisation_id is not None
            else Contribution.giver_user_id == found.giver_user_id,
        )
        .order_by(Contribution.id.desc())
        .limit(100)
    )
    return list(session().scalars(query))
