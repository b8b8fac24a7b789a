"""What the trust writes for people: receipts, statements, and a giver's rules in plain words."""

from trust.documents.closings import render_act
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
from trust.documents.statements import (
    AGREES,
    DIFFERS,
    LEADS,
    TITLES,
    bare,
    statement_by_fund,
    statement_csv,
    statement_dates,
    statement_pdf,
    statement_sections,
    statement_title,
    statement_xlsx,
)

__all__ = [
    "AGREES",
    "DIFFERS",
    "HEADINGS",
    "LEADS",
    "TITLES",
    "bare",
    "receipt_facts",
    "receipt_money",
    "render_act",
    "render_receipt",
    "render_statement",
    "rule_facts",
    "statement_by_fund",
    "statement_csv",
    "statement_dates",
    "statement_pdf",
    "statement_rows",
    "statement_sections",
    "statement_title",
    "statement_totals",
    "statement_xlsx",
    "verdict_text",
]
