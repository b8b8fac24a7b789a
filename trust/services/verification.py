"""`verify_ledger`: add everything again and say what does not agree. It trusts no trigger and no running row."""

from collections.abc import Callable

from trust.queries import proofs

CHECKS: tuple[Callable[[], list[str]], ...] = (
    proofs.unposted_entries,
    proofs.unbalanced_entries,
    proofs.orphaned_postings,
    proofs.number_gaps,
    proofs.misdated_entries,
    proofs.wrong_reversals,
    proofs.wrong_running_rows,
    proofs.overdrawn_funds,
    proofs.changed_closed_periods,
    proofs.wrong_contributions,
    proofs.receipt_gaps,
    proofs.missing_receipts,
)


def verify_ledger() -> list[str]:
    """Return every disagreement in the books, one sentence each, naming the entry; an empty list when they agree."""
    return [problem for check in CHECKS for problem in check()]
