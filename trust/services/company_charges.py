"""What the payment company takes or gives of its own accord: one person says why, another has it posted.

It is what taking money costs, borne by the fund of free use; with it in the books its deposit can be matched.
"""

from collections.abc import Sequence

from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.errors import MissingCredentials
from core.language import N_
from trust import queries
from trust.errors import NoChargeWaits, NoGeneralFund, OwnCharge, ReasonRequired
from trust.models import CompanyCharge, EntryKind, Payout
from trust.queries.company_charges import charges_named, charges_told_in
from trust.rules.online import BalanceMove
from trust.services.ledger import Line, post_entry
from trust.services.online_money import AT_COMPANY, FEES
from trust.states import CHARGE_STATES, ChargeState

MEMO = N_("Cargo de la empresa de pagos por su cuenta")


def keep_charges(payout: Payout, moves: Sequence[BalanceMove]) -> None:
    """Write down the company's own movements in a deposit that were not told before."""
    own = [move for move in moves if move.is_companys_own and move.net]
    known = {one.transaction_id for one in charges_named([move.transaction_id for move in own])}
    known |= {one.transaction_id for one in queries.movements_named([move.transaction_id for move in own])}
    fresh = [move for move in own if move.transaction_id not in known]
    session().add_all(
        CompanyCharge(
            transaction_id=move.transaction_id,
            told_in_id=payout.id,
            kind=move.kind[:60],
            description=move.description,
            net_cents=move.net.amount_cents,
            currency=move.net.currency,
            state=ChargeState.TOLD,
            created_at=now(),
        )
        for move in fresh
    )
    session().flush()


def explain_charges(payout: Payout, *, reason: str) -> list[CompanyCharge]:
    """Say why the company took what a deposit tells; somebody else has it posted.

    Raises:
        ReasonRequired, NoChargeWaits: nothing is explained.
    """
    if not reason.strip():
        raise ReasonRequired()
    who, charges = _person(), _waiting(payout, ChargeState.TOLD)
    for one in charges:
        CHARGE_STATES.check(one.state, ChargeState.EXPLAINED)
        one.state, one.reason, one.explained_by_id = ChargeState.EXPLAINED, reason.strip(), who
    session().flush()
    _record("charge.explained", charges, {"reason": reason.strip()})
    return charges


def return_charges(payout: Payout, *, reason: str) -> list[CompanyCharge]:
    """Say that an explanation does not do, and why: the treasury explains again.

    Raises:
        ReasonRequired, NoChargeWaits: they stay explained.
    """
    if not reason.strip():
        raise ReasonRequired()
    charges = _waiting(payout, ChargeState.EXPLAINED)
    for one in charges:
        CHARGE_STATES.check(one.state, ChargeState.TOLD)
        one.state, one.reason, one.explained_by_id = ChargeState.TOLD, None, None
    session().flush()
    _record("charge.returned", charges, {"reason": reason.strip()})
    return charges


def post_charges(payout: Payout) -> list[CompanyCharge]:
    """Post what was explained as what taking money costs, out of the fund of free use.

    Raises:
        NoChargeWaits, OwnCharge, NoGeneralFund, PeriodClosed: nothing is posted.
    """
    who, charges = _person(), _waiting(payout, ChargeState.EXPLAINED)
    if any(one.explained_by_id == who for one in charges):
        raise OwnCharge()
    fund = queries.general_fund()
    if fund is None:
        raise NoGeneralFund()
    for one in charges:
        CHARGE_STATES.check(one.state, ChargeState.POSTED)
        entry = post_entry(
            kind=EntryKind.ADJUSTMENT,
            entry_date=today(),
            memo=MEMO,
            source=f"trust.company_charge:{one.id}",
            lines=[Line(FEES, fund, -one.money), Line(AT_COMPANY, fund, one.money)],
            idempotency_key=f"company-charge:{one.transaction_id}",
        )
        one.state, one.entry_id, one.fund, one.posted_by_id = ChargeState.POSTED, entry.id, fund, who
    session().flush()
    _record("charge.posted", charges, {"fund": fund.code})
    return charges


def _waiting(payout: Payout, state: ChargeState) -> list[CompanyCharge]:
    """Return what waits in a state, held: whoever acts at the same time comes second and finds nothing."""
    charges = [one for one in charges_told_in(payout, hold=True) if one.state == state]
    if not charges:
        raise NoChargeWaits()
    return charges


def _record(action: str, charges: Sequence[CompanyCharge], facts: dict[str, object]) -> None:
    for one in charges:
        record(action, "company_charge", one.id, None, {"net_cents": one.net_cents, **facts})


def _person() -> int:
    who = actor().user_id
    if who is None:
        raise MissingCredentials()
    return who
