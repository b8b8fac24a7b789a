"""What the publisher asks the other rooms' tables. It never writes."""

from transparency.queries.entries import (
    EntryFilter,
    EntryLine,
    entry_line,
    entry_lines,
    entry_rows,
    entry_sums,
)
from transparency.queries.ledger import account_names, call_refs, fund_refs
from transparency.queries.public import (
    Beneficiary,
    FrontFigures,
    all_beneficiaries,
    beneficiaries,
    beneficiary,
    first_day,
    front_figures,
    latest_told_quarter,
    lot_of,
    public_call,
    public_version,
    reported_calls,
)
from transparency.queries.reports import call_report, period_report
from transparency.queries.scores import (
    PublishedReason,
    PublishedScore,
    published_account,
    published_reasons,
    published_scores,
)

__all__ = [
    "Beneficiary",
    "EntryFilter",
    "EntryLine",
    "FrontFigures",
    "PublishedReason",
    "PublishedScore",
    "account_names",
    "all_beneficiaries",
    "beneficiaries",
    "beneficiary",
    "call_refs",
    "call_report",
    "entry_line",
    "entry_lines",
    "entry_rows",
    "entry_sums",
    "first_day",
    "front_figures",
    "fund_refs",
    "latest_told_quarter",
    "lot_of",
    "period_report",
    "public_call",
    "public_version",
    "published_account",
    "published_reasons",
    "published_scores",
    "reported_calls",
]
