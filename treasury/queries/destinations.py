"""Which awards a fund paid, as the public knows them. What is not released is not told."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from accounts.models import User
from core.database import session
from core.money import Money
from grants.models import Application, Award, Call, Determination
from grants.queries.corrections import corrected
from grants.rules.corrections import PUBLIC_NAME, published_name
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from grants.states.determination import DeterminationState
from treasury.models import Commitment


@dataclass(frozen=True, slots=True)
class FundedAward:
    """An award under the name it is published with, and what one fund binds and paid for it."""

    name: str
    title: str
    call_slug: str
    call_title: dict[str, str]
    state: AwardState
    bound: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class FundedTotal:
    """What a fund did in one currency: awards, what they bind, what was paid of it."""

    awards: int
    bound: Money
    paid: Money


def _sums(fund_id: int) -> Select[int, str, int, int]:
    bound = func.sum(Commitment.amount_cents - Commitment.released_cents)
    return (
        select(
            Commitment.award_id,
            Commitment.currency,
            bound.label("bound"),
            func.sum(Commitment.paid_cents - Commitment.returned_cents).label("paid"),
        )
        .join(Award, Award.id == Commitment.award_id)
        .join(Application, Application.id == Award.application_id)
        .join(Determination, Determination.application_id == Application.id)
        .where(
            Commitment.fund_id == fund_id,
            Award.state.not_in([AwardState.PENDING, AwardState.DECLINED]),
            Application.state == ApplicationState.AWARDED,
            Determination.state == DeterminationState.RELEASED,
        )
        .group_by(Commitment.award_id, Commitment.currency)
        .having(bound > 0)
    )


def funded_awards(fund_id: int) -> Select[Any]:
    """Return the query of the released awards that a fund pays for, those with most of it first.

    Of equal ones, never by number: awards are numbered by place, and places are public without a name.
    """
    sums, (said, _at) = _sums(fund_id).subquery(), corrected(PUBLIC_NAME)
    return (
        select(Award, Application, Call, User.name, sums.c.currency, sums.c.bound, sums.c.paid, said)
        .join(sums, sums.c.award_id == Award.id)
        .join(Application, Application.id == Award.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(User, User.id == Application.applicant_user_id)
        .order_by(sums.c.bound.desc(), Application.id)
    )


def funded_award(row: tuple[Award, Application, Call, str, str, int, int, str | None]) -> FundedAward:
    """Return a row of that query as the public reads it."""
    award, application, call, account_name, currency, bound, paid, name = row
    return FundedAward(
        name=published_name(application.answers.get(PUBLIC_NAME), name, account_name),
        title=application.sent_title or "",
        call_slug=call.slug,
        call_title=call.title,
        state=award.state,
        bound=Money(int(bound), currency),
        paid=Money(int(paid), currency),
    )


def funded_totals(fund_id: int) -> list[FundedTotal]:
    """Return what the released awards of a fund add up to, by currency."""
    sums = _sums(fund_id).subquery()
    rows = session().execute(
        select(sums.c.currency, func.count(), func.sum(sums.c.bound), func.sum(sums.c.paid))
        .group_by(sums.c.currency)
        .order_by(sums.c.currency)
    )
    return [
        FundedTotal(count, Money(int(bound), currency), Money(int(paid), currency))
        for currency, count, bound, paid in rows
    ]
