"""The company's deposits in our bank, each taken apart into the movements it is made of before it is believed."""

from collections.abc import Sequence

from core.audit import record
from core.clock import now, today
from core.database import session
from core.language import N_
from core.money import Money
from trust import gateway, queries
from trust.models import CompanyCharge, EntryKind, Fund, OnlineMovement, Payout
from trust.queries.company_charges import charges_in, charges_named
from trust.rules import online
from trust.services.company_charges import keep_charges
from trust.services.ledger import Line, post_entry, reverse_entry
from trust.services.online_money import AT_COMPANY
from trust.states import PAYOUT_STATES, ChargeState, PayoutState

BANK = "1.1.1"
FAILED = ("failed", "canceled")
Move = OnlineMovement | CompanyCharge


def apply_payout(told: online.Payout) -> Payout | None:
    """Enter a deposit once the company says it is paid and every movement in it is in the books; None if not real.

    One with a movement we do not know is held back by name, and tried again by `catch_up_payments`.
    """
    if told.livemode != gateway.is_live():
        return None
    payout = queries.payout_by_company_id(told.id, hold=True)
    if payout is None:
        payout = Payout(
            company_id=told.id,
            amount_cents=told.money.amount_cents,
            currency=told.money.currency,
            arrives_on=told.arrives_on,
            state=PayoutState.ON_ITS_WAY,
            created_at=now(),
        )
        session().add(payout)
        session().flush()
    if told.status in FAILED:
        _fail(payout)
    elif told.status == "paid" and payout.state in (PayoutState.ON_ITS_WAY, PayoutState.UNMATCHED):
        _post(payout, told)
    return payout


def _post(payout: Payout, told: online.Payout) -> None:
    keep_charges(payout, told.moves)
    names = [move.transaction_id for move in told.moves]
    ours: dict[str, Move] = {one.transaction_id: one for one in queries.movements_named(names)}
    ours |= {one.transaction_id: one for one in charges_named(names) if one.state == ChargeState.POSTED}
    problem = _problem(told, ours)
    if problem is not None:
        payout.problem = problem
        _move(payout, PayoutState.UNMATCHED)
        return
    lines = _lines(payout, list(ours.values()))
    day = payout.arrives_on
    if lines:
        entry = post_entry(
            kind=EntryKind.PAYOUT,
            entry_date=day if day <= today() and queries.is_period_open(day) else today(),
            memo=N_("Depósito de la empresa de pagos en el banco"),
            source=f"trust.payout:{payout.id}",
            lines=lines,
            idempotency_key=f"payout:{payout.company_id}",
        )
        payout.entry_id, payout.problem = entry.id, None
        for one in ours.values():
            one.payout_id = payout.id
        _move(payout, PayoutState.POSTED)


def _lines(payout: Payout, moves: Sequence[Move]) -> list[Line]:
    totals: dict[int, Money] = {}
    funds: dict[int, Fund] = {}
    for one in moves:
        assert one.fund is not None  # a charge that is posted has the fund that bears it
        funds[one.fund.id] = one.fund
        totals[one.fund.id] = totals.get(one.fund.id, Money.zero(payout.currency)) + Money(one.net_cents, one.currency)
    return [
        line
        for fund_id, total in sorted(totals.items())
        if total
        for line in (Line(BANK, funds[fund_id], total), Line(AT_COMPANY, funds[fund_id], -total))
    ]


def _problem(told: online.Payout, ours: dict[str, Move]) -> str | None:
    unknown = [move.transaction_id for move in told.moves if move.transaction_id not in ours]
    if unknown:
        return "unknown: " + ", ".join(unknown[:5])
    different = [
        move.transaction_id for move in told.moves if ours[move.transaction_id].net_cents != move.net.amount_cents
    ]
    taken = [one.transaction_id for one in ours.values() if one.payout_id is not None]
    if different or taken:
        return "different: " + ", ".join([*different, *taken][:5])
    total = sum((move.net for move in told.moves), Money.zero(told.money.currency))
    return None if total == told.money and ours else f"total: {total}"


def _fail(payout: Payout) -> None:
    if payout.state == PayoutState.FAILED:
        return
    if payout.state == PayoutState.POSTED and payout.entry is not None:
        reverse_entry(payout.entry, reason=N_("El banco no recibió el depósito"))
        moves: list[Move] = [*queries.movements_in(payout)]
        for one in [*moves, *charges_in(payout)]:
            one.payout_id = None
    _move(payout, PayoutState.FAILED)


def _move(payout: Payout, target: PayoutState) -> None:
    if payout.state == target:
        session().flush()
        return
    PAYOUT_STATES.check(payout.state, target)
    before, payout.state = payout.state, target
    session().flush()
    record("payout.moved", "payout", payout.id, {"state": before.value}, {"state": target.value})
