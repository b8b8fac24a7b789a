"""A report, computed once from the sums of every room and compared with the books before anybody sees it."""

from core.money import Money
from core.settings import setting
from grants.models import Call
from transparency.errors import DoesNotReconcile
from transparency.queries import awards, grants, income, ledger, plans
from transparency.rules.books import fund_lines, moment_lines, use_lines
from transparency.rules.breakdowns import breakdowns
from transparency.rules.figures import CallRef, Report, Scope
from transparency.rules.periods import Period, ScopeKind
from transparency.rules.reconciliation import WHAT, Ledger, reconcile


def period_report(period: Period) -> Report:
    """Return the report of a year or a quarter.

    Raises:
        DoesNotReconcile: some figure is not the sum of its entries.
    """
    base = str(setting("BASE_CURRENCY"))
    start, end = period.start, period.end
    funds, names, calls = ledger.fund_refs(), ledger.account_names(), ledger.call_refs()
    sums = ledger.ledger_sums(start, end)
    decided = grants.decided_calls(period)
    report = Report(
        scope=Scope(period.kind, start, end, period.year, period.quarter),
        currency=base,
        income=income.income_lines(start, end, funds, base),
        uses=use_lines(sums, funds, names, base),
        destinations=awards.destinations(start, end, sums, calls, funds),
        funds=fund_lines(sums, funds, base),
        moments=moment_lines(sums, funds, names),
        breakdowns=breakdowns(grants.group_counts(period), grants.catalogue(), base),
        process=grants.process(period, call_ids=decided),
        calls=tuple(calls[call_id] for call_id in decided if call_id in calls),
        books=ledger.books(start, end),
        plan=plans.plan_lines(period.year) if period.kind is ScopeKind.YEAR else (),
    )
    return _proved(
        report, Ledger(ledger.book_sums(start, end, funds), report.books.entries, awards.commitments(start, end))
    )


def call_report(call: Call) -> Report:
    """Return the report of a call: what it bound and paid, how it was decided, and whom it reached.

    Raises:
        DoesNotReconcile: some figure is not what the treasury says it bound and paid.
    """
    base = str(setting("BASE_CURRENCY"))
    funds, names, ref = ledger.fund_refs(), ledger.account_names(), CallRef(call.slug, call.title)
    sums = ledger.call_sums(call)
    is_decided = grants.has_results(call)
    report = Report(
        scope=Scope(
            ScopeKind.CALL,
            None,
            None,
            call=ref,
            budget=None if call.budget_cents is None else Money(call.budget_cents, call.currency),
        ),
        currency=base,
        income=(),
        uses=use_lines(sums, funds, names, base),
        destinations=awards.call_destinations(call, funds),
        funds=(),
        moments=moment_lines(sums, funds, names),
        breakdowns=breakdowns(grants.group_counts(call=call), grants.catalogue(), base),
        process=grants.process(call=call, call_ids=[call.id] if is_decided else ()),
        calls=(ref,),
        books=ledger.call_books(call),
    )
    return _proved(report, Ledger(awards.call_paid(call), report.books.entries, awards.commitments(call=call)))


def _proved(report: Report, books: Ledger) -> Report:
    differences = reconcile(report, books)
    if differences:
        first = differences[0]
        raise DoesNotReconcile(
            what=WHAT[first.what],
            fund=first.fund,
            reported=Money(first.reported_cents, first.currency),
            booked=Money(first.booked_cents, first.currency),
        )
    return report
