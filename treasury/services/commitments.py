"""Bind money to awards, fund by fund, only where the giver's rules allow.

Until the results are out, the awards of a call are bound together in one entry: the book is public, and an entry for
each would tell everybody what somebody will receive before they know it themselves.
"""

from collections.abc import Callable, Sequence

from core.audit import record
from core.clock import today
from core.database import session
from core.language import _
from core.money import Money, format_money
from grants import queries as grants_queries
from grants import services as grants_services
from grants.models import Application, Award, Call
from grants.queries.determinations import award_of, released_determination_of
from grants.states.application import ApplicationState
from treasury import queries
from treasury.errors import BoundTogether, NoFundMayPay, NotNextInLine
from treasury.models import Allocation, Commitment
from treasury.rules import Draw, Source, draw_in_order
from treasury.services.plans import check_amount
from treasury.states import CommitmentState
from trust import queries as trust_queries
from trust.documents import verdict_text
from trust.models import EntryKind
from trust.rules import SpendingRequest, SpendingVerdict, may_spend
from trust.services import Line, Posted, post_entry

AWARD_CATEGORY = "award"
Drawn = tuple[Award, list[Draw]]


def award_grant(application: Application, money: Money) -> Award:
    """Commit `money` to one application after the results are out: one transaction, one entry.

    For who moves up from the waiting list or won an appeal. The same award again changes nothing.

    Raises:
        BoundTogether: the results are not out; `award_pending` binds all of them at once.
        NotNextInLine: somebody stands before it on the waiting list.
        NoFundMayPay: the allocations that may pay do not cover it; the sentence carries every refusal.
    """
    call = application.call
    allocations = queries.allocations_of(call, hold=True)
    earlier = award_of(application)
    if earlier is not None and queries.commitments_of(earlier):
        return grants_services.record_award(application, money)  # the same amount is the same award; another is refused
    if released_determination_of(application) is None:
        raise BoundTogether()
    if application.state is ApplicationState.WAITLISTED and not queries.may_move_up(application):
        raise NotNextInLine(folio=application.folio or "")
    ((draws, _award_money),) = _draw(call, allocations, [(application, money)])
    award = grants_services.record_award(application, money)
    _bind(
        allocations,
        [(award, draws)],
        memo=f"Apoyo {award.id}: comprometido",
        source=f"grants.award:{award.id}",
        key=f"award-committed:{award.id}",
    )
    return award


def award_pending(call: Call, *, progress: Callable[[int, int], None] | None = None) -> list[Award]:
    """Commit every award of a call that waits for its money, best position first, in one entry: all or none.

    Raises:
        NoFundMayPay: some award is not covered; the sentence carries its folio and every refusal.
    """
    allocations = queries.allocations_of(call, hold=True)
    waiting = grants_queries.awaiting_award(call)  # after the lock: whoever comes second finds nothing waiting
    if not waiting:
        return []
    wanted = [(one.application, one.money) for one in waiting if one.money is not None]
    drawn: list[Drawn] = []
    for done, (draws, (application, money)) in enumerate(_draw(call, allocations, wanted), start=1):
        drawn.append((grants_services.record_award(application, money), draws))
        if progress is not None:
            progress(done, len(waiting))
    _bind(
        allocations,
        drawn,
        memo=f"Convocatoria {call.slug}: apoyos comprometidos",
        source=f"grants.call:{call.id}",
        key=f"awards-committed:{call.id}:{drawn[0][0].id}",
    )
    return [award for award, _draws in drawn]


def _draw(
    call: Call, allocations: Sequence[Allocation], wanted: Sequence[tuple[Application, Money]]
) -> list[tuple[list[Draw], tuple[Application, Money]]]:
    """Decide out of which fund each award is paid, one after another, before anything is written."""
    bound = queries.committed_by_allocation(call)
    left = {one.fund_id: Money(one.amount_cents - bound.get(one.id, 0), one.currency) for one in allocations}
    decided = []
    for application, money in wanted:
        check_amount(money, allocations[0].currency if allocations else money.currency)
        verdicts = {one.fund_id: _verdict(application, money, one) for one in allocations}
        sources = [Source(one.fund_id, left[one.fund_id], verdicts[one.fund_id].allowed) for one in allocations]
        draws, missing = draw_in_order(sources, money)
        if missing:
            reasons = _explain(allocations, verdicts)
            raise NoFundMayPay(folio=application.folio or "", missing=format_money(missing), reasons=reasons)
        for draw in draws:
            left[draw.fund_id] = left[draw.fund_id] - draw.money
        decided.append((draws, (application, money)))
    return decided


def _bind(allocations: Sequence[Allocation], drawn: Sequence[Drawn], *, memo: str, source: str, key: str) -> None:
    """Post what was drawn as one entry with a pair of lines for each fund, and keep each award's parts beside it."""
    by_fund = {one.fund_id: one for one in allocations}
    totals = dict.fromkeys(by_fund, 0)
    for _award, draws in drawn:
        for draw in draws:
            totals[draw.fund_id] += draw.money.amount_cents
    lines = []
    for one in allocations:
        total = Money(totals[one.fund_id], one.currency)
        if total:
            lines += [Line("8.2.4", one.fund, total), Line("8.2.2", one.fund, -total)]
    entry = post_entry(
        kind=EntryKind.BUDGET, entry_date=today(), memo=memo, source=source, lines=lines, idempotency_key=key
    )
    for award, draws in drawn:
        session().add_all(_commitment(award, draw, by_fund[draw.fund_id], entry) for draw in draws)
    session().flush()
    for award, draws in drawn:
        shares = [[by_fund[draw.fund_id].fund.code, draw.money.amount_cents] for draw in draws]
        record("award.money_bound", "award", award.id, None, {"entry": entry.label, "draws": shares})


def _commitment(award: Award, draw: Draw, allocation: Allocation, entry: Posted) -> Commitment:
    return Commitment(
        award_id=award.id,
        allocation_id=allocation.id,
        fund_id=draw.fund_id,
        entry_id=entry.id,
        amount_cents=draw.money.amount_cents,
        currency=draw.money.currency,
        committed_on=today(),
        state=CommitmentState.COMMITTED,
    )


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
        why = " ".join(verdict_text(one) for one in refusals) or _("Ya no le queda asignación suficiente.")
        sentences.append(f"{allocation.fund.code}: {why}")
    return " ".join(sentences)
