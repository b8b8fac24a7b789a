"""What the trust writes for people: receipts, statements, and a giver's rules in plain words."""

from trust.documents.receipts import (
    HEADINGS,
    receipt_facts,
    receipt_money,
    render_receipt,
    render_statement,
    statement_rows,
    statement_totals,
)
from trust.documents.spending import rule_facts, verdict_text

__all__ = [
    "HEADINGS",
    "receipt_facts",
    "receipt_money",
    "render_receipt",
    "render_statement",
    "rule_facts",
    "statement_rows",
    "statement_totals",
    "verdict_text",
]
