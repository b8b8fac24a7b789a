"""Facts that pages put beside an entry or a contribution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts import queries as account_queries
from accounts.models import Organisation
from core.database import session
from core.money import Money
from trust.models import (
    Account,
    CheckoutOrder,
    Contribution,
    ContributionForm,
    Fund,
    InKindOutcome,
    JournalEntry,
    Posting,
)
from trust.states import CheckoutState, ContributionState


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A line of an entry with the names of its account and fund."""

    account_code: str
    account_name: dict[str, str]
    fund_code: str
    fund_name: dict[str, str]
    money: Money
    rate: str | None
    rate_date: date | None
    rate_source: str | None


def posting_rows(entry: JournalEntry) -> list[PostingRow]:
    """Return an entry's lines in order."""
    rows = session().execute(
        select(Posting, Account.name, Fund.code, Fund.name)
        .join(Account, Account.code == Posting.account_code)
        .join(Fund, Fund.id == Posting.fund_id)
        .where(Posting.entry_id == entry.id)
        .order_by(Posting.line)
    )
    return [
        PostingRow(
            line.account_code,
            account_name,
            code,
            fund_name,
            Money(line.amount_cents, line.currency),
            line.rate,
            line.rate_date,
            line.rate_source,
        )
        for line, account_name, code, fund_name in rows
    ]


def entry_by_key(key: str) -> JournalEntry | None:
    """Return the entry posted under an idempotency key."""
    return session().scalar(select(JournalEntry).where(JournalEntry.idempotency_key == key))


def contribution_of(entry: JournalEntry) -> Contribution | None:
    """Return the contribution that an entry received, if it received one."""
    return session().scalar(
        select(Contribution).options(joinedload(Contribution.receipt)).where(Contribution.entry_id == entry.id)
    )


def entry_debits(entry: JournalEntry, fund: Fund | None = None) -> list[Money]:
    """Return what an entry moved, in all or in one fund, outside the budget's control accounts: debits by currency.

    An entry of the budget alone shows its debits there.
    """
    own = [line for line in entry.postings if fund is None or line.fund_id == fund.id]
    lines = [line for line in own if not line.account_code.startswith("8.")] or own
    sums: dict[str, int] = {}
    for line in lines:
        if line.amount_cents > 0:
            sums[line.currency] = sums.get(line.currency, 0) + line.amount_cents
    return [Money(cents, currency) for currency, cents in sorted(sums.items())]


def entry_effect(entry: JournalEntry, fund: Fund, accounts: Sequence[str]) -> Money | None:
    """Return what an entry adds to a figure of a fund, so that a list of entries adds up to it.

    Income counts as it is credited, everything else as it is debited, what is committed as it is taken from what is
    free. Without accounts there is no figure and the answer is None.
    """
    if not accounts:
        return None
    cash = any(account.startswith("1.1.") for account in accounts)
    total, currency = 0, fund.currency
    for line in entry.postings:
        if line.fund_id != fund.id or line.account_code not in accounts:
            continue
        negative = line.account_code.startswith(("3.", "4.")) or (cash and line.account_code.startswith("8."))
        total += -line.amount_cents if negative else line.amount_cents
        currency = line.currency
    return Money(total, currency)


def entry_of(contribution: Contribution) -> JournalEntry | None:
    """Return the entry that brought a contribution into the books."""
    return session().get(JournalEntry, contribution.entry_id) if contribution.entry_id else None


def reversed_by(entry: JournalEntry) -> JournalEntry | None:
    """Return the entry that this one reverses."""
    return session().get(JournalEntry, entry.reverses_id) if entry.reverses_id else None


def recorder_name(entry: JournalEntry) -> str | None:
    """Return the name of who recorded an entry; None when the system did."""
    if entry.recorded_by is None:
        return None
    return account_queries.user_names([entry.recorded_by]).get(entry.recorded_by)


def public_giver(fund: Fund) -> str | None:
    """Return the name of the organisation behind a fund, where it allows its name in public."""
    if fund.giver_organisation_id is None:
        return None
    return session().scalar(
        select(Organisation.name).where(
            Organisation.id == fund.giver_organisation_id, Organisation.public_name_allowed.is_(True)
        )
    )


def giver_names(contributions: Iterable[Contribution]) -> dict[int, str | None]:
    """Return who gave each contribution, for staff: the organisation, the person, or the name on the receipt."""
    rows = list(contributions)
    organisations = account_queries.organisation_names(
        {one.giver_organisation_id for one in rows if one.giver_organisation_id}
    )
    people = account_queries.user_names({one.giver_user_id for one in rows if one.giver_user_id})
    return {
        one.id: organisations.get(one.giver_organisation_id or 0)
        or one.receipt_name
        or people.get(one.giver_user_id or 0)
        for one in rows
    }


def given_between(organisation_ids: Iterable[int], user_id: int | None, start: date, end: date) -> list[Contribution]:
    """Return what these organisations or this person gave and was kept, received in a range, in order of date."""
    mine = Contribution.giver_organisation_id.in_(list(organisation_ids)) | (
        Contribution.giver_user_id == (user_id or -1)
    )
    query = (
        select(Contribution)
        .options(joinedload(Contribution.fund), joinedload(Contribution.receipt), joinedload(Contribution.item))
        .where(mine, Contribution.state == ContributionState.RECEIVED, Contribution.received_on.between(start, end))
        .order_by(Contribution.received_on, Contribution.id)
    )
    return list(session().scalars(query))


def totals_given(organisation_ids: Iterable[int], user_id: int | None) -> dict[str, list[Money]]:
    """Return what these organisations or this person gave: cash by currency and, apart from it, in kind."""
    mine = Contribution.giver_organisation_id.in_(list(organisation_ids)) | (
        Contribution.giver_user_id == (user_id or -1)
    )
    rows = session().execute(
        select(
            Contribution.form,
            Contribution.currency,
            func.sum(Contribution.amount_cents - Contribution.refunded_cents),
        )
        .where(mine, Contribution.state == ContributionState.RECEIVED)
        .group_by(Contribution.form, Contribution.currency)
        .order_by(Contribution.form, Contribution.currency)
    )
    totals: dict[str, list[Money]] = {form.value: [] for form in ContributionForm}
    for form, currency, cents in rows:
        totals[form.value].append(Money(int(cents), currency))
    return totals


UNDECIDED = (CheckoutState.HELD, CheckoutState.REFUND_DUE)


def uses_of(contribution: Contribution, *, hold: bool = False) -> list[JournalEntry]:
    """Return the entries that tell that a thing was used, oldest first; all but the last were reversed.

    `hold` keeps the thing until the transaction ends, so that two people cannot use it at once.
    """
    if hold:
        session().refresh(contribution, attribute_names=["state"], with_for_update=True)
    return list(
        session().scalars(
            select(JournalEntry)
            .where(
                JournalEntry.source == f"trust.contribution:{contribution.id}",
                JournalEntry.idempotency_key.startswith(f"in-kind-use:{contribution.id}", autoescape=True),
            )
            .order_by(JournalEntry.id)
        )
    )


def use_in_force(contribution: Contribution) -> JournalEntry | None:
    """Return the entry that tells that a thing was used or sold, unless it was reversed."""
    uses = uses_of(contribution)
    if not uses:
        return None
    reversed_ = session().scalar(select(JournalEntry.id).where(JournalEntry.reverses_id == uses[-1].id))
    return None if reversed_ is not None else uses[-1]


def outcome_told_in(entry: JournalEntry | None) -> InKindOutcome | None:
    """Return what an entry tells about a thing given in kind: its programme, and whether it was sold."""
    if entry is None:
        return None
    return session().scalar(select(InKindOutcome).where(InKindOutcome.entry_id == entry.id))


def unsettled_orders() -> list[CheckoutOrder]:
    """Return online payments held for a person or to be given back, then those still on their way, oldest first."""
    return list(
        session().scalars(
            select(CheckoutOrder)
            .options(joinedload(CheckoutOrder.fund))
            .where(CheckoutOrder.state.in_([*UNDECIDED, CheckoutState.PROCESSING, CheckoutState.OPEN]))
            .order_by(CheckoutOrder.state.in_(UNDECIDED).desc(), CheckoutOrder.id)
            .limit(200)
        )
    )
