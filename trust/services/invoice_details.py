"""The tax data of whoever wants a fiscal receipt in their name: kept for that alone, deleted when they ask."""

from datetime import timedelta

from core.audit import record
from core.clock import now
from core.database import session
from core.jobs import enqueue
from trust.models import CheckoutOrder, Contribution, Receipt
from trust.models.fiscal import InvoiceDetails
from trust.queries import fiscal as queries
from trust.rules.cfdi import Receiver
from trust.services.fiscal import drop_draft

FORGET = "trust.forget_invoice_details"
UNPAID_DETAILS_KEPT = timedelta(days=45)


def keep_invoice_details(
    receiver: Receiver, *, order: CheckoutOrder | None = None, contribution: Contribution | None = None
) -> InvoiceDetails:
    """Keep the tax data of whoever wants a fiscal receipt in their name, until they ask us to delete it.

    Told again about the same contribution, it keeps what it has: a form may be sent twice.
    """
    earlier = queries.invoice_details_of(contribution) if contribution is not None else None
    if earlier is not None:
        return earlier
    details = InvoiceDetails(
        order_id=order.id if order else None,
        contribution_id=contribution.id if contribution else None,
        rfc=receiver.rfc,
        name=receiver.name,
        regime=receiver.regime,
        postal_code=receiver.postal_code,
        use=receiver.use,
        given_at=now(),
    )
    session().add(details)
    session().flush()
    record("invoice_details.given", "invoice_details", details.id)
    if order is not None:
        enqueue(FORGET, {"details": details.id}, run_after=now() + UNPAID_DETAILS_KEPT)
    return details


def erase_invoice_details(receipt: Receipt) -> bool:
    """Delete the tax data behind a receipt, and its draft with them; return whether the law keeps a stamped one."""
    details = queries.invoice_details_of(receipt.contribution)
    if details is not None:
        record("invoice_details.erased", "invoice_details", details.id)
        session().delete(details)
        session().flush()
    found = queries.fiscal_receipt_of(receipt)
    if found is None or found.is_generic:
        return False
    one = queries.fiscal_receipt(found.id, hold=True)
    if one.attempts > 0:
        return True
    drop_draft(one)
    return False


def forget_unpaid_details(details_id: int) -> None:
    """Delete tax data that were left with an order nobody paid."""
    details = session().get(InvoiceDetails, details_id)
    order = session().get(CheckoutOrder, details.order_id) if details is not None and details.order_id else None
    if details is not None and order is not None and order.contribution_id is None:
        record("invoice_details.erased", "invoice_details", details.id)
        session().delete(details)
        session().flush()
