"""What was given, from the contributions: the other side of what the postings say came in."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, select, union_all
from sqlalchemy.orm import aliased

from accounts.models import Organisation, OrganisationKind
from core.database import session
from core.money import Money
from transparency.rules.books import INCOME, INCOME_IN_KIND
from transparency.rules.figures import FundRef, IncomeLine
from trust.models import CheckoutOrder, Contribution, ContributionForm, EntryKind, JournalEntry, Posting

ADJUSTMENT = "adjustment"
UNKNOWN_SOURCE = "unknown"


def income_lines(start: date, end: date, funds: dict[int, FundRef], base: str) -> tuple[IncomeLine, ...]:
    """Return what was given in a range by kind, form, giver and fund.

    Amounts are those of the contributions, not of the postings, so that comparing the two proves something. A
    contribution reversed in the range counts against it on the day of the reversal, and what of it was given back on
    the day it went. Income without a contribution (an adjustment) stands on its own line.
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
    parts += [_given_back(start, end), _adjustments(start, end)]
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


def _root() -> tuple[type[JournalEntry], ColumnElement[int]]:
    """Return the entry that an entry is, or reverses: its table and its id."""
    return aliased(JournalEntry, name="root"), func.coalesce(JournalEntry.reverses_id, JournalEntry.id)


def _refunded(root: type[JournalEntry]) -> ColumnElement[bool]:
    """Return whether an entry tells what became of a payment on line after it came."""
    return (root.kind == EntryKind.REFUND) & (
        root.source == literal("trust.checkout_order:").concat(cast(CheckoutOrder.id, String))
    )


def _given_back(start: date, end: date) -> Select[str, str, str, int, str, int, int, int]:
    root, root_id = _root()
    return (
        select(
            cast(Contribution.kind, String),
            cast(Contribution.form, String),
            _giver(),
            Posting.fund_id,
            Posting.currency,
            literal(0),
            -Posting.amount_cents,
            -Posting.base_cents,
        )
        .select_from(Posting)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(root, root.id == root_id)
        .join(CheckoutOrder, _refunded(root))
        .join(Contribution, Contribution.id == CheckoutOrder.contribution_id)
        .outerjoin(Organisation, Organisation.id == Contribution.giver_organisation_id)
        .where(JournalEntry.entry_date.between(start, end), Posting.account_code.in_(INCOME))
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
    root, root_id = _root()
    given = select(Contribution.entry_id).where(Contribution.entry_id == root.id).correlate(root).exists()
    back = select(CheckoutOrder.id).where(_refunded(root)).correlate(root).exists()
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
        .join(root, root.id == root_id)
        .where(JournalEntry.entry_date.between(start, end), Posting.account_code.in_(INCOME), ~given, ~back)
    )
