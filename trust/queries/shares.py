"""Which part of a fund's money one contribution is, and where money went on to from the fund."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from core.database import session
from core.money import Money
from core.settings import setting
from trust.models import Contribution, ContributionForm, EntryKind, Fund, JournalEntry, Posting
from trust.queries.contributions import INCOME_CASH
from trust.states import ContributionState


@dataclass(frozen=True, slots=True)
class FundShare:
    """What of a contribution was kept beside all the cash its fund received and kept, in the base currency."""

    mine: Money
    whole: Money

    @property
    def ratio(self) -> Fraction:
        """The part of the whole, from 0 to 1."""
        return Fraction(self.mine.amount_cents, self.whole.amount_cents) if self.whole else Fraction(0)


def _received(fund_id: int) -> Select[int, int, int]:
    # The base amount that each contribution's own entry brought, beside what was given and what went back of it.
    return (
        select(-Posting.base_cents, Contribution.amount_cents, Contribution.refunded_cents)
        .join(Posting, (Posting.entry_id == Contribution.entry_id) & (Posting.fund_id == Contribution.fund_id))
        .where(
            Contribution.fund_id == fund_id,
            Contribution.form == ContributionForm.CASH,
            Contribution.state == ContributionState.RECEIVED,
            Posting.account_code.in_(INCOME_CASH),
        )
    )


def fund_share(contribution: Contribution) -> FundShare:
    """Return which part of its fund's cash a contribution is; nothing where it is no cash, or is not here."""
    base = str(setting("BASE_CURRENCY"))
    received = _received(contribution.fund_id)
    whole_ones = received.where(Contribution.refunded_cents == 0).subquery()
    total = int(session().scalar(select(func.sum(whole_ones.c[0]))) or 0)
    partly = session().execute(received.where(Contribution.refunded_cents > 0).order_by(Contribution.id))
    total += sum(_kept(*row) for row in partly)
    own = session().execute(received.where(Contribution.id == contribution.id)).one_or_none()
    return FundShare(Money(_kept(*own) if own else 0, base), Money(total, base))


def _kept(base_cents: int, given_cents: int, refunded_cents: int) -> int:
    return round(Fraction(base_cents * (given_cents - refunded_cents), given_cents))


def passed_on(fund_id: int) -> list[tuple[Fund, Money]]:
    """Return what went on from a fund to others, set aside for their purpose, by fund."""
    out, into, undone = aliased(Posting), aliased(Posting), aliased(JournalEntry)
    query = (
        select(Fund, into.currency, func.sum(into.amount_cents))
        .join(into, into.fund_id == Fund.id)
        .join(JournalEntry, JournalEntry.id == into.entry_id)
        .join(
            out,
            (out.entry_id == into.entry_id) & (out.account_code == into.account_code) & (out.fund_id == fund_id),
        )
        .outerjoin(undone, undone.reverses_id == JournalEntry.id)
        .where(
            JournalEntry.kind == EntryKind.TRANSFER,
            undone.id.is_(None),
            into.account_code.startswith("1.1."),
            into.fund_id != fund_id,
            out.amount_cents < 0,
            into.amount_cents > 0,
        )
        .group_by(Fund.id, into.currency)
        .order_by(Fund.id, into.currency)
    )
    return [(fund, Money(int(cents), currency)) for fund, currency, cents in session().execute(query)]
