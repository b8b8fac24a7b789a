"""What the books say about a range of dates or about one call, added up by the database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, case, cast, func, literal, select, union, union_all
from sqlalchemy.orm import aliased

from accounts.models import Organisation, OrganisationKind
from core.database import session
from core.money import Money
from grants.models import Application, Award, Call
from grants.states.call import CallState
from transparency.rules.books import AWARDS, INCOME, INCOME_IN_KIND, LedgerSum
from transparency.rules.figures import Books, CallRef, DestinationLine, FundRef, IncomeLine, Names
from transparency.rules.reconciliation import BookSum
from treasury.models import Commitment, PaymentOrder
from trust import queries as trust_queries
from trust.models import Account, Contribution, ContributionForm, Fund, JournalEntry, Posting

ADJUSTMENT = "adjustment"
UNKNOWN_SOURCE = "unknown"


def fund_refs() -> dict[int, FundRef]:
    """Return every fund as reports name it, by id."""
    rows = session().execute(select(Fund.id, Fund.code, Fund.name, Fund.kind).order_by(Fund.id))
    return {row.id: FundRef(row.id, row.code, row.name, row.kind.value) for row in rows}


def account_names() -> dict[str, Names]:
    """Return the chart of accounts, by code."""
    rows = session().execute(select(Account.code, Account.name).order_by(Account.code))
    return {row.code: row.name for row in rows}


SUM_KEY = (Posting.account_code, Posting.fund_id, Posting.currency)


def ledger_sums(start: date, end: date) -> list[LedgerSum]:
    """Return each account, fund and currency before and within a range, both ends included, in one pass."""
    before, cents = JournalEntry.entry_date < start, Posting.amount_cents
    query = (
        select(
            *SUM_KEY,
            func.sum(case((before, cents), else_=0)),
            func.sum(case((before, 0), (cents > 0, cents), else_=0)),
            func.sum(case((before, 0), (cents < 0, cents), else_=0)),
            func.sum(case((before, Posting.base_cents), else_=0)),
            func.sum(case((before, 0), else_=Posting.base_cents)),
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.entry_date <= end)
        .group_by(*SUM_KEY)
        .order_by(*SUM_KEY)
    )
    return _sums(query)


def call_sums(call: Call) -> list[LedgerSum]:
    """Return what was posted for the awards of a call: commitments, payments, returns and their reversals."""
    cents = Posting.amount_cents
    query = (
        select(
            *SUM_KEY,
            literal(0),
            func.sum(case((cents > 0, cents), else_=0)),
            func.sum(case((cents < 0, cents), else_=0)),
            literal(0),
            func.sum(Posting.base_cents),
        )
        .where(Posting.entry_id.in_(entries_of_awards(call)))
        .group_by(*SUM_KEY)
        .order_by(*SUM_KEY)
    )
    return _sums(query)


def _sums(query: Any) -> list[LedgerSum]:
    return [
        LedgerSum(account, fund_id, currency, *(int(value) for value in values))
        for account, fund_id, currency, *values in session().execute(query)
    ]


def _award_source() -> ColumnElement[str]:
    return literal("grants.award:") + cast(Award.id, String)


def _order_source() -> ColumnElement[str]:
    return literal("treasury.payment_order:") + cast(PaymentOrder.id, String)


def _linked() -> Any:
    """Pair entries with the applications they are about, once each: those of an award, those of its payment orders,
    the entry that bound its money (shared by all awards bound together), and their reversals.
    """
    original = aliased(JournalEntry)
    award, parts = select(Award.application_id), []
    paths: tuple[tuple[Any, Callable[[Any], ColumnElement[bool]]], ...] = (
        (award, lambda entry: entry.source == _award_source()),
        (award.join(PaymentOrder, PaymentOrder.award_id == Award.id), lambda entry: entry.source == _order_source()),
        (award.join(Commitment, Commitment.award_id == Award.id), lambda entry: entry.id == Commitment.entry_id),
    )
    for path, about in paths:
        parts.append(path.add_columns(JournalEntry.id).join(JournalEntry, about(JournalEntry)))
        reversed_ = path.add_columns(JournalEntry.id).join(original, about(original))
        parts.append(reversed_.join(JournalEntry, JournalEntry.reverses_id == original.id))
    return union(*parts).subquery("linked")


def entries_of_awards(call: Call) -> Select[Any]:
    """Return the ids of the entries posted for the awards of a call, as a subquery."""
    linked = _linked()
    return (
        select(linked.c.id)
        .join(Application, Application.id == linked.c.application_id)
        .where(Application.call_id == call.id)
        .order_by(linked.c.id)
    )


def call_refs() -> dict[int, CallRef]:
    """Return every call that is not a draft as reports name it, by id."""
    query = select(Call.id, Call.slug, Call.title).where(Call.state != CallState.DRAFT).order_by(Call.id)
    return {row.id: CallRef(row.slug, row.title) for row in session().execute(query)}


def destinations(
    start: date, end: date, spent: Iterable[LedgerSum], calls: Mapping[int, CallRef], funds: Mapping[int, FundRef]
) -> tuple[DestinationLine, ...]:
    """Return the awards paid in a range by call and fund; what was paid outside the awards has no call."""
    paid = _paid_by_call(_payments().where(JournalEntry.entry_date.between(start, end)))
    left = {(one.fund_id, one.currency): one.net for one in spent if one.account == AWARDS}
    for _call_id, fund_id, money in paid:
        left[fund_id, money.currency] = left.get((fund_id, money.currency), 0) - money.amount_cents
    return (
        *(DestinationLine(calls[call_id], funds[fund_id], money) for call_id, fund_id, money in paid),
        *(
            DestinationLine(None, funds[fund_id], Money(cents, currency))
            for (fund_id, currency), cents in sorted(left.items())
            if cents
        ),
    )


def call_destinations(call: Call, funds: Mapping[int, FundRef]) -> tuple[DestinationLine, ...]:
    """Return what was paid to the awards of a call, by fund."""
    ref = CallRef(call.slug, call.title)
    paid = _paid_by_call(_payments().where(Application.call_id == call.id))
    return tuple(DestinationLine(ref, funds[fund_id], money) for _call_id, fund_id, money in paid)


def _paid_by_call(query: Any) -> list[tuple[int, int, Money]]:
    rows = session().execute(query)
    return [(call_id, fund_id, Money(int(cents), currency)) for call_id, fund_id, currency, cents in rows if cents]


def _payments() -> Any:
    linked = _linked()
    keys = (Application.call_id, Posting.fund_id, Posting.currency)
    return (
        select(*keys, func.sum(Posting.amount_cents))
        .join(linked, linked.c.id == Posting.entry_id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Application, Application.id == linked.c.application_id)
        .where(Posting.account_code == AWARDS)
        .group_by(*keys)
        .order_by(*keys)
    )


def income_lines(start: date, end: date, funds: dict[int, FundRef], base: str) -> tuple[IncomeLine, ...]:
    """Return what was given in a range by kind, form, giver and fund.

    Amounts are those of the contributions, not of the postings, so that comparing the two proves something. A
    contribution reversed in the range counts against it on the day of the reversal. Income without a contribution
    (an adjustment) stands on its own line.
    """
    undone = aliased(JournalEntry)
    parts = []
    for sign, entry in (
        (1, JournalEntry.id == Contribution.entry_id),
        (-1, undone.reverses_id == Contribution.entry_id),
    ):
        table = JournalEntry if sign == 1 else undone
        parts.append(
            select(
                cast(Contribution.kind, String).label("kind"),
                cast(Contribution.form, String).label("form"),
                _giver().label("source"),
                Contribution.fund_id.label("fund_id"),
                Contribution.currency.label("currency"),
                literal(sign).label("count"),
                (sign * Contribution.amount_cents).label("cents"),
                (-Posting.base_cents).label("base_cents"),
            )
            .join(table, entry)
            .join(Posting, (Posting.entry_id == table.id) & Posting.account_code.in_(INCOME))
            .outerjoin(Organisation, Organisation.id == Contribution.giver_organisation_id)
            .where(table.entry_date.between(start, end))
        )
    parts.append(_adjustments(start, end))
    rows = union_all(*parts).subquery("income")
    keys = (rows.c.kind, rows.c.form, rows.c.source, rows.c.fund_id, rows.c.currency)
    query = (
        select(*keys, func.sum(rows.c.count), func.sum(rows.c.cents), func.sum(rows.c.base_cents))
        .group_by(*keys)
        .order_by(*keys)
    )
    return tuple(
        IncomeLine(kind, form, source, funds[fund_id], int(count), Money(int(cents), currency), Money(int(worth), base))
        for kind, form, source, fund_id, currency, count, cents, worth in session().execute(query)
        if count or cents
    )


def _giver() -> ColumnElement[str]:
    known = cast(Organisation.kind, String)
    return case(
        (Contribution.anonymous.is_(True), literal(UNKNOWN_SOURCE)),
        (Organisation.id.is_not(None), known),
        (Contribution.giver_user_id.is_not(None), literal(OrganisationKind.PERSON.value)),
        else_=literal(UNKNOWN_SOURCE),
    )


def _adjustments(start: date, end: date) -> Select[Any]:
    root = func.coalesce(JournalEntry.reverses_id, JournalEntry.id)
    given = select(Contribution.entry_id).where(Contribution.entry_id == root).correlate(JournalEntry).exists()
    in_kind = Posting.account_code.in_(INCOME_IN_KIND)
    return (
        select(
            literal(ADJUSTMENT),
            case((in_kind, ContributionForm.IN_KIND.value), else_=ContributionForm.CASH.value),
            literal(UNKNOWN_SOURCE),
            Posting.fund_id,
            Posting.currency,
            literal(1),
            -Posting.amount_cents,
            -Posting.base_cents,
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.entry_date.between(start, end), Posting.account_code.in_(INCOME), ~given)
    )


def books(start: date, end: date) -> Books:
    """Return how many entries a range has, with the first and the last number."""
    return _books(JournalEntry.entry_date.between(start, end))


def call_books(call: Call) -> Books:
    """Return how many entries were posted for the awards of a call, with the first and the last number."""
    return _books(JournalEntry.id.in_(entries_of_awards(call)))


def _books(condition: ColumnElement[bool]) -> Books:
    # Year and number as one big number, so that one statement finds the first and the last of all years.
    label = cast(JournalEntry.fiscal_year, BigInteger) * 10_000_000 + JournalEntry.number
    query = select(func.count(JournalEntry.id), func.min(label), func.max(label)).where(condition)
    count, first, last = session().execute(query).one()
    if not count:
        return Books(0, None, None)
    return Books(int(count), *(f"{one // 10_000_000}-{one % 10_000_000:06d}" for one in (first, last)))


def book_sums(start: date, end: date, funds: dict[int, FundRef]) -> tuple[BookSum, ...]:
    """Return the ledger's own sums, from the trust's queries: the other side of the reconciliation."""
    closing = {(row.account_code, row.fund_id, row.currency): row.balance_cents for row in trust_queries.balances(end)}
    moved = {(row.account_code, row.fund_id, row.currency): row for row in trust_queries.movements(start, end)}
    sums = []
    for key in sorted(set(closing) | set(moved)):
        account, fund_id, currency = key
        one = BookSum(account, funds[fund_id].code, currency, closing=closing.get(key, 0))
        if key in moved:
            one = replace(one, debit=moved[key].debit_cents, credit=moved[key].credit_cents)
        sums.append(one)
    return tuple(sums)


def commitments(
    start: date | None = None, end: date | None = None, call: Call | None = None
) -> tuple[tuple[str, str, int], ...]:
    """Return what the treasury says it bound, by fund and currency: in a range of dates or for a call."""
    query = select(Fund.code, Commitment.currency, func.sum(Commitment.amount_cents)).join(
        Fund, Fund.id == Commitment.fund_id
    )
    if call is not None:
        query = query.join(Award, Award.id == Commitment.award_id)
        query = query.join(Application, Application.id == Award.application_id)
        query = query.where(Application.call_id == call.id)
    if start is not None and end is not None:
        query = query.where(Commitment.committed_on.between(start, end))
    rows = session().execute(query.group_by(Fund.code, Commitment.currency).order_by(Fund.code, Commitment.currency))
    return tuple((code, currency, int(cents)) for code, currency, cents in rows)


def call_paid(call: Call) -> tuple[BookSum, ...]:
    """Return what the treasury says it paid to the awards of a call and got back, by fund."""
    query = (
        select(Fund.code, Commitment.currency, func.sum(Commitment.paid_cents), func.sum(Commitment.returned_cents))
        .join(Fund, Fund.id == Commitment.fund_id)
        .join(Award, Award.id == Commitment.award_id)
        .join(Application, Application.id == Award.application_id)
        .where(Application.call_id == call.id)
        .group_by(Fund.code, Commitment.currency)
        .order_by(Fund.code, Commitment.currency)
    )
    return tuple(
        BookSum(AWARDS, code, currency, debit=int(paid), credit=int(returned))
        for code, currency, paid, returned in session().execute(query)
    )
