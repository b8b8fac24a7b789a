"""Undo what was recorded by mistake, together with everything that hangs on it."""

from core.audit import record
from core.database import session
from trust import queries
from trust.errors import AlreadyReversed, CorrectedElsewhere, PaidOnline, ReversalOfReversal, UsedAlready
from trust.models import EntryKind, JournalEntry
from trust.services.benefits import follow_refund
from trust.services.ledger import reverse_entry
from trust.services.posting import Posted
from trust.services.receipts import cancel_receipt
from trust.states import CONTRIBUTION_STATES, ContributionState, ReceiptState

# What these entries tell also stands in an award, a payment order or the operating plan.
OF_THE_TREASURY = (EntryKind.BUDGET, EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.PAYOUT)


def check_correction(entry: JournalEntry) -> None:
    """Refuse what cannot be reversed, before anybody is asked why it should be.

    Raises:
        CorrectedElsewhere, PaidOnline, UsedAlready, AlreadyReversed, ReversalOfReversal.
    """
    if entry.kind in OF_THE_TREASURY:
        raise CorrectedElsewhere(number=entry.label)
    if entry.reverses_id is not None:
        raise ReversalOfReversal(number=entry.label)
    if queries.reversal_of(entry) is not None:
        raise AlreadyReversed(number=entry.label)
    contribution = queries.contribution_of(entry)
    if contribution is not None and queries.order_of_contribution(contribution.id) is not None:
        raise PaidOnline(number=entry.label)
    used = queries.use_in_force(contribution) if contribution is not None else None
    if used is not None:
        raise UsedAlready(number=used.label)


def correct_entry(entry: JournalEntry, *, reason: str) -> Posted:
    """Reverse an entry; the contribution it received is cancelled with it, and so is its receipt.

    Raises:
        CorrectedElsewhere: an award or the plan counts on it. UsedAlready: what came was used up.
        Refusals of `reverse_entry`: nothing was posted.
    """
    check_correction(entry)
    contribution = queries.contribution_of(entry)
    reversal = reverse_entry(entry, reason=reason)
    if contribution is None:
        return reversal
    owed = queries.benefits_owed(contribution.id)
    CONTRIBUTION_STATES.check(contribution.state, ContributionState.CANCELLED)
    contribution.state = ContributionState.CANCELLED
    session().flush()
    record(
        "contribution.cancelled", "contribution", contribution.id, {"state": "received"},
        {"state": "cancelled", "reversal": reversal.label},
    )  # fmt: skip
    follow_refund(contribution, owed)
    if contribution.receipt is not None and contribution.receipt.state == ReceiptState.VALID:
        cancel_receipt(contribution.receipt, reason=reason)
    return reversal
