"""`verify_ledger`: add everything again and say what does not agree. It trusts no trigger and no running row."""

from collections.abc import Callable, Collection

from trust.queries import fingerprints, paper_proofs, proofs

BOOKS = frozenset({"journal_entry", "posting", "account", "fund", "entry_counter", "fiscal_period", "account_balance"})
CLOSINGS = BOOKS | {"period_closing"}
GIFTS = BOOKS | {"contribution", "receipt"}
ONLINE = GIFTS | {"checkout_order", "online_movement", "payout", "company_charge"}
# Each proof with the tables it reads: around a migration those of another release may not be there.
CHECKS: list[tuple[Callable[[], list[str]], frozenset[str]]] = [
    (proofs.unposted_entries, BOOKS),
    (proofs.unbalanced_entries, BOOKS),
    (proofs.broken_keys, BOOKS),
    (proofs.number_gaps, BOOKS),
    (proofs.misdated_entries, BOOKS),
    (proofs.wrong_reversals, BOOKS),
    (proofs.wrong_running_rows, BOOKS),
    (proofs.overdrawn_funds, BOOKS),
    (proofs.changed_closed_periods, BOOKS),
    (proofs.changed_closings, CLOSINGS),
    (proofs.wrong_histories, CLOSINGS),
    (proofs.open_years, CLOSINGS),
    (proofs.wrong_contributions, GIFTS),
    (proofs.receipt_gaps, GIFTS | {"receipt_counter"}),
    (proofs.missing_receipts, GIFTS),
    (paper_proofs.wrong_values, BOOKS),
    (paper_proofs.less_than_nothing_set_aside, BOOKS),
    (paper_proofs.wrong_gifts, ONLINE),
    (paper_proofs.wrong_company_money, ONLINE),
    (paper_proofs.wrong_bank_lines, BOOKS | {"bank_line", "bank_match"}),
    (paper_proofs.changed_acts, CLOSINGS | {"stored_file"}),
    (fingerprints.edited_entries, BOOKS),
    (fingerprints.changed_receipts, GIFTS | {"stored_file"}),
    (fingerprints.untold_entries, BOOKS | {"audit_event"}),
    (fingerprints.broken_seals, CLOSINGS | {"audit_event"}),
]


def also_prove(check: Callable[[], list[str]], tables: Collection[str]) -> None:
    """Let a room above compare what it keeps with the books; it reads `tables` beside the books' own."""
    if check not in (known for known, _tables in CHECKS):
        CHECKS.append((check, BOOKS | frozenset(tables)))


def verify_ledger(tables: Collection[str] | None = None) -> list[str]:
    """Return every disagreement in the books, one sentence each, naming the entry; an empty list when they agree.

    `tables` are those that the database has, where that is in doubt: a proof that needs another one is left out.
    """
    standing = None if tables is None else set(tables)
    return [problem for check, needed in CHECKS if standing is None or needed <= standing for problem in check()]
