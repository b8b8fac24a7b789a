"""A report as questions, each with its answer in one sentence, its table, and the entries that add up to it."""

from transparency.documents.sections.model import Column, Row, Section, entry_filter
from transparency.documents.sections.money import budget, funds, income, uses
from transparency.documents.sections.people import books, group, process
from transparency.rules.figures import Report
from transparency.rules.periods import ScopeKind

__all__ = ["Column", "Row", "Section", "entry_filter", "section", "sections"]


def sections(report: Report) -> tuple[Section, ...]:
    """Return the report in the reader's language. Every form of it is made of these."""
    groups = tuple(group(breakdown) for breakdown in report.breakdowns)
    if report.scope.kind is ScopeKind.CALL:
        return (budget(report), uses(report), *groups, process(report), books(report))
    return (income(report), uses(report), funds(report), budget(report), *groups, process(report), books(report))


def section(report: Report, section_id: str) -> Section | None:
    """Return one section of a report."""
    return next((one for one in sections(report) if one.id == section_id), None)
