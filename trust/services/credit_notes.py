"""Credit notes: what went back of a gift is told to the tax office beside the gift's fiscal receipt."""

from core.audit import record
from core.clock import now
from core.database import session
from core.money import Money
from trust.models import Receipt
from trust.models.fiscal import FiscalReceipt
from trust.queries import fiscal as queries
from trust.rules.cfdi_words import CancelCode
from trust.services.fiscal import STAMP, cancel_one, hurry
from trust.states.fiscal import FiscalState


def open_credit_note(receipt: Receipt, money: Money) -> FiscalReceipt | None:
    """Have a credit note made of what went back of a gift. It waits until the gift's fiscal receipt is stamped."""
    found = queries.fiscal_receipt_of(receipt)
    if found is None:
        return None
    gift = queries.fiscal_receipt(found.id, hold=True)
    if gift.state == FiscalState.CANCELLED or gift.cancel_code is not None:
        return None
    note = FiscalReceipt(
        receipt=receipt,
        state=FiscalState.DRAFT,
        attempts=0,
        is_generic=gift.is_generic,
        created_at=now(),
        credits=gift,
        credit_cents=money.amount_cents,
        note_number=len(queries.credit_notes_of(gift)) + 1,
    )
    session().add(note)
    session().flush()
    record("cfdi.note_opened", "fiscal_receipt", note.id, None, {"receipt": receipt.code, "cents": money.amount_cents})
    if gift.state == FiscalState.STAMPED:
        hurry(STAMP, note)
    return note


def take_back_credit_note(receipt: Receipt, money: Money) -> None:
    """Cancel the credit note of a refund that did not reach the giver."""
    found = queries.fiscal_receipt_of(receipt)
    notes = queries.credit_notes_of(found, hold=True) if found else []
    standing = [one for one in notes if one.cancel_code is None and one.credit_cents == money.amount_cents]
    if standing:
        cancel_one(standing[-1], CancelCode.NOT_CARRIED_OUT)
