"""Our balance at the payment company, movement by movement: charges, refunds, disputes. Each enters the books once.

Money that leaves by no wish of ours must be told even where its fund has spent it. A restricted fund cannot go below
zero, so what it cannot bear is borne by the general fund, as an expense that everybody can see.
"""

from datetime import date

from core.audit import record
from core.clock import now, today
from core.database import session
from core.language import N_
from core.money import Money
from trust import emails, queries
from trust.models import (
    CheckoutOrder,
    Contribution,
    ContributionKind,
    EntryKind,
    Fund,
    FundKind,
    JournalEntry,
    OnlineDispute,
    OnlineMovement,
    PromisedBenefit,
)
from trust.models.online import MovementKind
from trust.queries.fund_closings import heir_of
from trust.rules.cfdi_words import CancelCode
from trust.rules.online import BalanceMove, Dispute, History, Refund
from trust.services.benefits import follow_refund
from trust.services.contributions import INCOME_ACCOUNT
from trust.services.credit_notes import open_credit_note, take_back_credit_note
from trust.services.ledger import Line, post_entry, reverse_entry
from trust.services.posting import Posted
from trust.services.receipts import cancel_receipt
from trust.states import (
    CHECKOUT_STATES,
    CONTRIBUTION_STATES,
    DISPUTE_STATES,
    REFUND_STATES,
    CheckoutState,
    ContributionState,
    DisputeState,
    ReceiptState,
    RefundState,
)

BANK, AT_COMPANY, IN_DISPUTE, PAYABLE, FEES, LOSSES = "1.1.1", "1.1.2", "1.1.4", "2.1.1", "5.2.1", "5.2.2"
BOOKED = (CheckoutState.PAID, CheckoutState.REFUND_DUE, CheckoutState.REFUNDED)
REFUNDED_MEMO = N_("Devolución de un pago en línea")
TRANSFERRED_MEMO = N_("Devolución por transferencia de un pago en línea")
DISPUTED_MEMO = N_("Disputa de un pago en línea")
LOST_MEMO = N_("Disputa perdida de un pago en línea")
SENT_BACK = N_("El banco de quien pagó no recibió la devolución")
SENT_BACK_TO_CLOSED = N_("El banco de quien pagó no recibió la devolución, y la bolsa de la que salió ya cerró")


def keep_movement(order: CheckoutOrder, kind: MovementKind, move: BalanceMove, fund: Fund, entry_id: int) -> None:
    """Write down which entry tells a movement of our balance at the company."""
    session().add(
        OnlineMovement(
            transaction_id=move.transaction_id,
            kind=kind,
            order_id=order.id,
            fund_id=fund.id,
            entry_id=entry_id,
            net_cents=move.net.amount_cents,
            currency=move.net.currency,
            created_at=now(),
        )
    )
    session().flush()


def apply_history(order: CheckoutOrder, history: History) -> bool:
    """Enter whatever happened to a payment after it was made and is not in the books. Returns whether anything was.

    A payment that waits for a person's decision waits with all its history.
    """
    if order.state not in BOOKED or order.charge_id != history.charge_id:
        return False
    before = queries.movements_of(order)
    for refund in history.refunds:
        _apply_refund(order, refund)
    lost = sum((_apply_dispute(order, dispute) for dispute in history.disputes), Money.zero(order.currency))
    back = lost - sum((move.amount for refund in history.refunds for move in refund.moves), Money.zero(order.currency))
    changed = _settle(order, back + queries.sent_by_transfer(order))
    return changed or len(queries.movements_of(order)) > len(before)


def enter_transfer(order: CheckoutOrder, money: Money, *, on: date, key: str) -> Posted:
    """Enter money that the trust sent back from its bank, and say of the payment how much went back in all."""
    fund = queries.fund_of(order)
    lines = [Line(BANK, fund, -money), *_undone(order, fund, money)]
    entry = _post(order, TRANSFERRED_MEMO, lines, key, on=on)
    contribution = order.contribution
    back = _charged(order) - _left(order, fund, PAYABLE) if contribution is None else contribution.refunded + money
    _settle(order, back, by_transfer=True)
    return entry


def _apply_refund(order: CheckoutOrder, refund: Refund) -> None:
    for number, move in enumerate(refund.moves):
        if queries.movement(move.transaction_id) is not None:
            continue
        if number == 0:
            fund = _bearer(order, -move.net)
            lines = [
                Line(AT_COMPANY, fund, move.net),
                *_undone(order, fund, -move.amount),
                Line(FEES, fund, move.fee),
            ]
            entry = _post(order, REFUNDED_MEMO, lines, f"online:{move.transaction_id}")
        else:  # it failed afterwards: what the first movement told did not happen
            first = queries.movement(refund.moves[0].transaction_id)
            assert first is not None
            fund, entry = _take_back(order, first, f"online:{move.transaction_id}")
        keep_movement(order, MovementKind.REFUND, move, fund, entry.id)
    if len(refund.moves) > 1:
        _give_up_wish(refund)


def _take_back(order: CheckoutOrder, first: OnlineMovement, key: str) -> tuple[Fund, Posted]:
    """Undo what a refund told; where its fund has closed since, what came back is its heir's."""
    told = session().get_one(JournalEntry, first.entry_id)
    heir = heir_of(first.fund)
    if heir.id == first.fund_id:
        return first.fund, reverse_entry(told, reason=SENT_BACK)
    lines = [Line(one.account_code, heir, Money(-one.amount_cents, one.currency)) for one in told.postings]
    return heir, _post(order, SENT_BACK_TO_CLOSED, lines, key)


def _give_up_wish(refund: Refund) -> None:
    """Say of what was asked for that it did not happen: it may be asked for again."""
    wish = queries.refund_wish(refund.id)
    if wish is None:
        return
    REFUND_STATES.check(wish.state, RefundState.REFUSED)
    wish.state, wish.company_id, wish.problem = RefundState.REFUSED, None, SENT_BACK
    session().flush()
    record("refund.refused", "checkout_order", wish.order_id, {"state": "accepted"}, {"state": "refused"})


def _apply_dispute(order: CheckoutOrder, told: Dispute) -> Money:
    """Enter a dispute's movements and its outcome. Returns what was lost by it."""
    dispute = queries.dispute(told.id)
    for move in told.moves:
        if queries.movement(move.transaction_id) is not None:
            continue
        if dispute is None:
            dispute = _open_dispute(order, told, _bearer(order, -move.net))
        fund = heir_of(dispute.fund)
        lines = [Line(AT_COMPANY, fund, move.net), Line(IN_DISPUTE, fund, -move.amount), Line(FEES, fund, move.fee)]
        entry = _post(order, DISPUTED_MEMO, lines, f"online:{move.transaction_id}")
        keep_movement(order, MovementKind.DISPUTE, move, fund, entry.id)
    held = -sum((move.amount for move in told.moves), Money.zero(order.currency))
    if dispute is None:
        return Money.zero(order.currency)
    if told.is_lost and held and dispute.state == DisputeState.OPEN:
        fund = heir_of(dispute.fund)
        lines = [Line(IN_DISPUTE, fund, -held), *_undone(order, fund, held)]
        _post(order, LOST_MEMO, lines, f"dispute-lost:{told.id}")
        _close(dispute, DisputeState.LOST)
    elif told.status == "won" and not held and dispute.state == DisputeState.OPEN:
        _close(dispute, DisputeState.WON)
    return held if dispute.state == DisputeState.LOST else Money.zero(order.currency)


def _open_dispute(order: CheckoutOrder, told: Dispute, fund: Fund) -> OnlineDispute:
    dispute = OnlineDispute(
        company_id=told.id,
        order_id=order.id,
        fund=fund,
        amount_cents=told.money.amount_cents,
        currency=told.money.currency,
        state=DisputeState.OPEN,
        opened_at=now(),
    )
    session().add(dispute)
    session().flush()
    record("dispute.opened", "checkout_order", order.id, None, {"amount_cents": told.money.amount_cents})
    return dispute


def _close(dispute: OnlineDispute, target: DisputeState) -> None:
    DISPUTE_STATES.check(dispute.state, target)
    dispute.state, dispute.closed_at = target, now()
    session().flush()
    record(f"dispute.{target.value}", "checkout_order", dispute.order_id, {"state": "open"}, {"state": target.value})


def _settle(order: CheckoutOrder, back: Money, *, by_transfer: bool = False) -> bool:
    """Say of the order or its contribution how much went back in all; tell the giver. Returns whether it changed."""
    contribution = order.contribution
    if contribution is None:
        whole = order.state == CheckoutState.REFUND_DUE and back >= _charged(order)
        if whole:
            CHECKOUT_STATES.check(order.state, CheckoutState.REFUNDED)
            order.state = CheckoutState.REFUNDED
            session().flush()
            record("checkout.refunded", "checkout_order", order.id, {"state": "refund_due"}, {"state": "refunded"})
        return whole
    back = min(back, contribution.money)  # who was given all of it back may still win a dispute about it
    if contribution.refunded == back:
        return False
    before, owed = contribution.refunded, queries.benefits_owed(contribution.id)
    contribution.refunded_cents = back.amount_cents
    target = ContributionState.REFUNDED if not contribution.kept else ContributionState.RECEIVED
    if contribution.state != target:
        CONTRIBUTION_STATES.check(contribution.state, target)
        contribution.state = target
    session().flush()
    record(
        "contribution.refunded", "contribution", contribution.id,
        {"refunded_cents": before.amount_cents}, {"refunded_cents": back.amount_cents},
    )  # fmt: skip
    changed = follow_refund(contribution, owed)
    _tell(order, contribution, back - before, changed, by_transfer=by_transfer)
    return True


def _tell(
    order: CheckoutOrder, contribution: Contribution, went: Money, changed: list[PromisedBenefit], *, by_transfer: bool
) -> None:
    receipt = contribution.receipt
    if receipt is None:
        return
    if contribution.state == ContributionState.RECEIVED and went.amount_cents > 0:
        open_credit_note(receipt, went)
    elif went.amount_cents < 0:
        take_back_credit_note(receipt, -went)
    if contribution.state == ContributionState.REFUNDED and receipt.state == ReceiptState.VALID:
        cancel_receipt(receipt, reason=N_("La aportación se devolvió completa."), code=CancelCode.NOT_CARRIED_OUT)
    if not order.email:
        return
    if went.amount_cents > 0:
        emails.send_refund(
            receipt, went, contribution.kept, order.email, order.language, by_transfer=by_transfer, lapsed=changed
        )
    else:
        emails.send_refund_returned(receipt, -went, order.email, order.language, owed_again=changed)


def _charged(order: CheckoutOrder) -> Money:
    entry = queries.entry_by_key(f"online-unasked:{order.id}")
    return Money.zero(order.currency) if entry is None else queries.entry_debits(entry)[0]


def _bearer(order: CheckoutOrder, leaving: Money) -> Fund:
    """Return the fund that an outflow is taken from: the payment's own, unless it may not and cannot bear it."""
    if order.contribution is None:
        return queries.fund_of(order)
    own = queries.fund_of(order)
    tied = own.kind in (FundKind.RESTRICTED, FundKind.ENDOWMENT)
    if not tied or queries.available(own, leaving.currency) >= leaving:
        return own
    return queries.general_fund() or own


def _undone(order: CheckoutOrder, fund: Fund, money: Money) -> list[Line]:
    """Return the lines that take back what a payment brought to `fund`; what it did not bring there is its expense."""
    contribution = order.contribution
    account = PAYABLE if contribution is None else INCOME_ACCOUNT[contribution.kind]
    back = min(money, _left(order, fund, account))
    lines = [Line(LOSSES, fund, money - back), Line(account, fund, back)]
    if contribution is not None and contribution.kind != ContributionKind.ENDOWMENT:
        lines += [
            Line("8.1.2", fund, -back),
            Line("8.1.4", fund, back),
            Line("8.1.4", fund, -back),
            Line("8.1.5", fund, back),
        ]
    return lines


def _left(order: CheckoutOrder, fund: Fund, account: str) -> Money:
    """Return what of a payment is still income of `fund`, or owed out of it."""
    told = -queries.booked(order, fund, account)
    contribution = order.contribution
    return contribution.money + told if contribution is not None and contribution.fund_id == fund.id else told


def _post(order: CheckoutOrder, memo: str, lines: list[Line], key: str, *, on: date | None = None) -> Posted:
    return post_entry(
        kind=EntryKind.REFUND,
        entry_date=on or today(),
        memo=memo,
        source=f"trust.checkout_order:{order.id}",
        lines=[line for line in lines if line.money],
        idempotency_key=key,
    )
