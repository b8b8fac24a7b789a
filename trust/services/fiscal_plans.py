"""What a fiscal receipt or a credit note is to say, gathered from the gift and its giver's tax data."""

from datetime import datetime

from trust.gateway import cfdi
from trust.models.fiscal import FiscalReceipt
from trust.queries import fiscal as queries
from trust.rules.cfdi import Emitter, FiscalPlan, Receiver, plan_credit_note, plan_receipt


def plan_of(one: FiscalReceipt, emitter: Emitter, dated: datetime, *, gift_xml: bytes) -> FiscalPlan:
    """Return what a fiscal receipt says; a credit note's is made of its gift's own, as it was sealed: `gift_xml`."""
    if one.credits is not None:
        return _credited(one, one.credits, emitter, dated, gift_xml)
    contribution = one.receipt.contribution
    details = queries.invoice_details_of(contribution)
    return plan_receipt(
        one.receipt.content,
        emitter=emitter,
        receiver=Receiver(details.rfc, details.name, details.postal_code, details.regime, details.use)
        if details
        else None,
        rate=queries.rate_of(contribution),
        dated=dated,
    )


def _credited(
    note: FiscalReceipt, gift: FiscalReceipt, emitter: Emitter, dated: datetime, gift_xml: bytes
) -> FiscalPlan:
    """Return a credit note made out to whom the gift's own was, whatever became of the tax data since."""
    assert gift.uuid is not None  # a note waits until its gift's is stamped
    facts = cfdi.facts_in(gift_xml)
    return plan_credit_note(
        note.receipt.content,
        money=note.money,
        number=note.note_number or 0,
        credits=gift.uuid,
        emitter=emitter,
        receiver=Receiver(
            facts["receiver_rfc"], facts["receiver_name"], facts["receiver_postal_code"], facts["receiver_regime"],
            facts["use"],
        ),
        rate=queries.rate_of(note.receipt.contribution),
        dated=dated,
    )  # fmt: skip
