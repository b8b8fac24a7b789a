"""A report as questions, each with its answer in one sentence, its table, and the entries that add up to it."""

from transparency.documents.sections.budget import budget, budget_accounts, plan
from transparency.documents.sections.funds import funds
from transparency.documents.sections.headlines import headlines
from transparency.documents.sections.income import income
from transparency.documents.sections.model import Column, Headline, Row, Section, entry_filter
from transparency.documents.sections.people import books, group, process
from transparency.documents.sections.uses import uses
from transparency.rules.figures import Report
from transparency.rules.periods import ScopeKind

__all__ = ["Column", "Headline", "Row", "Section", "entry_filter", "headlines", "section", "sections"]


def sections(report: Report) -> tuple[Section, ...]:
    """Return the report in the reader's language, what is asked most first. Every form of it is made of these."""
    groups = tuple(group(breakdown) for breakdown in report.breakdowns)
    proof = (process(report), budget_accounts(report), books(report))
    if report.scope.kind is ScopeKind.CALL:
        return (budget(report), uses(report), *groups, *proof)
    money = (income(report), uses(report), funds(report), budget(report))
    return (*money, *((plan(report),) if report.scope.kind is ScopeKind.YEAR else ()), *groups, *proof)


def section(report: Report, section_id: str) -> Section | None:
    """Return one section of a report."""
    return next((one for one in sections(report) if one.id == section_id), None)
