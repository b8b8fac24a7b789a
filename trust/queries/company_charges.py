"""What the payment company took or gave of its own accord."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from core.database import session
from trust.models import CompanyCharge, Payout
from trust.states import ChargeState


def charges_told_in(payout: Payout, *, hold: bool = False) -> list[CompanyCharge]:
    """Return what the company took or gave of its own accord as a deposit told; `hold` keeps it for the transaction."""
    query = (
        select(CompanyCharge)
        .options(selectinload(CompanyCharge.entry))
        .where(CompanyCharge.told_in_id == payout.id)
        .order_by(CompanyCharge.id)
    )
    if hold:
        query = query.with_for_update(of=CompanyCharge).execution_options(populate_existing=True)
    return list(session().scalars(query))


def charges_named(transaction_ids: Sequence[str]) -> list[CompanyCharge]:
    """Return the company's own charges with these numbers, in the books or not."""
    query = select(CompanyCharge).options(joinedload(CompanyCharge.fund))
    query = query.where(CompanyCharge.transaction_id.in_(list(transaction_ids))).order_by(CompanyCharge.id)
    return list(session().scalars(query))


def charges_in(payout: Payout) -> list[CompanyCharge]:
    """Return the company's own charges that one deposit brought to the bank."""
    query = select(CompanyCharge).options(joinedload(CompanyCharge.fund), joinedload(CompanyCharge.entry))
    return list(session().scalars(query.where(CompanyCharge.payout_id == payout.id).order_by(CompanyCharge.id)))


def charges_to_confirm(user_id: int | None) -> int:
    """Return how many charges wait for this person: those that somebody else explained."""
    query = select(func.count(CompanyCharge.id)).where(CompanyCharge.state == ChargeState.EXPLAINED)
    if user_id is not None:
        query = query.where(CompanyCharge.explained_by_id != user_id)
    return session().scalar(query) or 0
