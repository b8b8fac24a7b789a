"""Bind money to awards, fund by fund, only where the giver's rules allow; let go of what is not used."""

from collections.abc import Callable, Sequence

from core.audit import record
from core.clock import today
from core.database import session
from core.language import _
from core.money import Money, format_money
from grants import queries as grants_queries
from grants import services as grants_services
from grants.models import Application, Award, Call
from grants.queries.determinations import award_of
from treasury import queries
from treasury.errors import NoFundMayPay, NothingCommitted
from treasury.models import Allocation, Commitment
from treasury.rules import Source, draw_in_order
from treasury.services.plans import check_amount
from treasury.states import COMMITMENT_STATES, CommitmentState
from trust import queries as trust_queries
from trust.models import EntryKind
from trust.rules import SpendingRequest, SpendingVerdict, may_spend
from trust.services import Line, post_entry

AWARD_CATEGORY = "award"


def award_grant(application: Application, money: Money) -> Award:
    """Commit `money` to an application out of its call's allocations, and record the award: one transaction.

    Each fund pays only what its giver's rules allow; a fund that may not pay is passed over with its reason on record.

    Raises:
        NoFundMayPay: the allocations that may pay do not cover it; the sentence carries every refusal.
    """
    call = application.call
    allocations = queries.allocations_of(call, hold=True)
    earlier = award_of(application)
    if earlier is not None and queries.commitments_of(earlier):
        return grants_services.record_award(application, money)  # the same amount is the same award; another is refused
    check_amount(money, allocations[0].currency if allocations else money.currency)
    bound = queries.committed_by_allocation(call)
    verdicts = {one.fund_id: _verdict(application, money, one) for one in allocations}
    sources = [
        Source(
            one.fund_id,
            Money(one.amount_cents - bound.get(one.id, 0), one.currency),
            verdicts[one.fund_id].allowed,
        )
        for one in allocations
    ]
    draws, missing = draw_in_order(sources, money)
    if missing:
        raise NoFundMayPay(missing=format_money(missing), reasons=_explain(allocations, verdicts))
    award = grants_services.record_award(application, money)
    by_fund = {one.fund_id: one for one in allocations}
    for draw in draws:
        session().add(
            Commitment(
                award_id=award.id,
                allocation_id=by_fund[draw.fund_id].id,
                fund_id=draw.fund_id,
                amount_cents=draw.money.amount_cents,
                currency=draw.money.currency,
                committed_on=today(),
                state=CommitmentState.COMMITTED,
            )
        )
    lines = [
        line
        for draw in draws
        for line in (
            Line("8.2.4", by_fund[draw.fund_id].fund, draw.money),
            Line("8.2.2", by_fund[draw.fund_id].fund, -draw.money),
        )
    ]
    _post_moment(award, lines, "comprometido", f"award-committed:{award.id}")
    record(
        "award.committed",
        "award",
        award.id,
        None,
        {"draws": [[by_fund[draw.fund_id].fund.code, draw.money.amount_cents] for draw in draws]},
    )
    return award


def award_pending(call: Call, *, progress: Callable[[int, int], None] | None = None) -> list[Award]:
    """Commit every award of a call that waits for its money, best position first."""
    waiting = grants_queries.awaiting_award(call)
    awards = []
    for done, determination in enumerate(waiting, start=1):
        assert determination.money is not None  # awarded: the table demands its amount
        awards.append(award_grant(determination.application, determination.money))
        if progress is not None:
            progress(done, len(waiting))
    return awards


def accrue_award(award: Award) -> None:
    """Turn what is committed into an obligation when the agreement is accepted (8.2.5 against 8.2.4).

    Raises:
        NothingCommitted: the award has no money, so no agreement can bind the trust.
    """
    commitments = queries.commitments_of(award, hold=True)
    if not commitments:
        raise NothingCommitted()
    lines = []
    for commitment in commitments:
        COMMITMENT_STATES.check(commitment.state, CommitmentState.ACCRUED)
        commitment.state = CommitmentState.ACCRUED
        lines += [Line("8.2.5", commitment.fund, commitment.owed), Line("8.2.4", commitment.fund, -commitment.owed)]
    session().flush()
    _post_moment(award, lines, "devengado", f"award-accrued:{award.id}")


def release_commitment(award: Award, reason: str) -> Money:
    """Give back to its funds what an award has bound and not been paid; return how much.

    Raises:
        NothingCommitted: nothing is bound.
    """
    commitments = [one for one in queries.commitments_of(award, hold=True) if one.owed.amount_cents > 0]
    if not commitments:
        raise NothingCommitted()
    released = Money.zero(commitments[0].currency)
    lines = []
    for commitment in commitments:
        COMMITMENT_STATES.check(commitment.state, CommitmentState.RELEASED)
        account = "8.2.5" if commitment.state is CommitmentState.ACCRUED else "8.2.4"
        owed = commitment.owed
        lines += [Line("8.2.2", commitment.fund, owed), Line(account, commitment.fund, -owed)]
        commitment.released_cents += owed.amount_cents
        commitment.state = CommitmentState.RELEASED
        released = released + owed
    session().flush()
    _post_moment(award, lines, "liberado", f"award-released:{award.id}")
    record("award.released", "award", award.id, None, {"amount_cents": released.amount_cents, "reason": reason[:300]})
    return released


def _verdict(application: Application, money: Money, allocation: Allocation) -> SpendingVerdict:
    return may_spend(
        trust_queries.fund_rules(allocation.fund),
        SpendingRequest(
            amount=money,
            on=today(),
            axis=application.axis,
            region=application.region,
            category=AWARD_CATEGORY,
            profile=application.kind.value,
            direction=application.direction.value,
        ),
    )


def _explain(allocations: Sequence[Allocation], verdicts: dict[int, SpendingVerdict]) -> str:
    sentences = []
    for allocation in allocations:
        refusals = verdicts[allocation.fund_id].refusals
        why = "; ".join(_(one.sentence, **one.params) for one in refusals) or _("ya no le queda asignación suficiente")
        sentences.append(f"{allocation.fund.code}: {why}")
    return ". ".join(sentences)


def _post_moment(award: Award, lines: list[Line], moment: str, key: str) -> None:
    post_entry(
        kind=EntryKind.BUDGET,
        entry_date=today(),
        memo=f"Apoyo {award.id}: {moment}",
        source=f"grants.award:{award.id}",
        lines=lines,
        idempotency_key=key,
    )
