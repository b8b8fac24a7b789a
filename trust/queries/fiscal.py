"""Reading about fiscal receipts and the tax data behind them."""

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from core.database import session
from trust.errors.fiscal import FiscalReceiptNotFound
from trust.models import CheckoutOrder, Contribution, Posting, Receipt
from trust.models.fiscal import FiscalReceipt, InvoiceDetails
from trust.states.fiscal import FiscalState

# What a treasurer asks the list for. A draft fails when somebody refused it; without an error it only waits.
FILTERS = {
    "esperan": and_(FiscalReceipt.state == FiscalState.DRAFT, FiscalReceipt.last_error.is_(None)),
    "fallaron": and_(FiscalReceipt.state != FiscalState.CANCELLED, FiscalReceipt.last_error.is_not(None)),
    "timbrados": FiscalReceipt.state == FiscalState.STAMPED,
    "por-cancelar": and_(FiscalReceipt.state != FiscalState.CANCELLED, FiscalReceipt.cancel_code.is_not(None)),
    "cancelados": FiscalReceipt.state == FiscalState.CANCELLED,
}


def fiscal_receipts(wanted: str = "") -> Select[FiscalReceipt]:
    """Return fiscal receipts by one of `FILTERS`, newest first; for paginate."""
    query = select(FiscalReceipt).options(joinedload(FiscalReceipt.receipt), joinedload(FiscalReceipt.credits))
    query = query.order_by(FiscalReceipt.id.desc())
    return query.where(FILTERS[wanted]) if wanted in FILTERS else query


def fiscal_receipt(fiscal_id: int, *, hold: bool = False) -> FiscalReceipt:
    """Return a fiscal receipt, read afresh and locked for a change with `hold`.

    Raises:
        FiscalReceiptNotFound: there is none.
    """
    query = select(FiscalReceipt).where(FiscalReceipt.id == fiscal_id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session().scalar(query)
    if found is None:
        raise FiscalReceiptNotFound()
    return found


def fiscal_receipt_of(receipt: Receipt | None) -> FiscalReceipt | None:
    """Return what a receipt is before the tax office, if anything; its credit notes are in `credit_notes_of`."""
    if receipt is None:
        return None
    query = select(FiscalReceipt).where(FiscalReceipt.receipt_id == receipt.id, FiscalReceipt.credits_id.is_(None))
    return session().scalar(query)


def credit_notes_of(one: FiscalReceipt, *, hold: bool = False) -> list[FiscalReceipt]:
    """Return the credit notes of a fiscal receipt, oldest first; read afresh and locked for a change with `hold`."""
    query = select(FiscalReceipt).where(FiscalReceipt.credits_id == one.id).order_by(FiscalReceipt.id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(session().scalars(query))


def fiscal_waiting() -> Sequence[FiscalReceipt]:
    """Return those that are not yet what they should be: to stamp or to cancel, oldest first."""
    return (
        session()
        .scalars(
            select(FiscalReceipt)
            .where(or_(FiscalReceipt.state == FiscalState.DRAFT, FILTERS["por-cancelar"]))
            .order_by(FiscalReceipt.id)
        )
        .all()
    )


def fiscal_failed() -> int:
    """Return how many were refused, or nobody answered about."""
    return session().scalar(select(func.count()).select_from(FiscalReceipt).where(FILTERS["fallaron"])) or 0


def invoice_details_of(contribution: Contribution) -> InvoiceDetails | None:
    """Return the tax data a giver left with a gift, on line or at the treasury's desk."""
    return session().scalar(
        select(InvoiceDetails)
        .outerjoin(CheckoutOrder, CheckoutOrder.id == InvoiceDetails.order_id)
        .where(
            or_(
                InvoiceDetails.contribution_id == contribution.id,
                CheckoutOrder.contribution_id == contribution.id,
            )
        )
        .order_by(InvoiceDetails.id)
        .limit(1)
    )


def rate_of(contribution: Contribution) -> Fraction | None:
    """Return what the books valued a gift in another currency at: pesos for one unit of it."""
    value = session().scalar(
        select(Posting.rate)
        .where(
            Posting.entry_id == contribution.entry_id,
            Posting.currency == contribution.currency,
            Posting.rate.is_not(None),
        )
        .order_by(Posting.line)
        .limit(1)
    )
    return Fraction(value) if value else None
