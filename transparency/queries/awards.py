"""The entries about awards: which they are, what they bound, and what was paid by call and fund."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union
from sqlalchemy.orm import aliased

from core.database import session
from core.money import Money
from grants.models import Application, Award, Call
from transparency.rules.books import AWARDS, LedgerSum
from transparency.rules.figures import CallRef, DestinationLine, FundRef
from transparency.rules.reconciliation import BookSum
from treasury.models import Commitment, PaymentOrder
from trust.models import Fund, JournalEntry, Posting


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
