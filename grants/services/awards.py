"""The life of an award once there is money for it."""

from collections.abc import Callable, Sequence
from datetime import date

from core.audit import record
from core.clock import now
from core.database import session
from core.language import in_language
from core.money import Money
from grants.emails import letters
from grants.errors.awards import (
    AwardDiffers,
    AwardOverDetermination,
    AwardUnfinished,
    NotAwarded,
    ReasonMissing,
    TrancheNotInAward,
)
from grants.models.application import Application
from grants.models.award import Award, Tranche
from grants.queries import awards as award_queries
from grants.queries import determinations as queries
from grants.queries.appeals import appeal_of
from grants.queries.readmissions import readmission_of
from grants.rules import tranches as rules
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_letter
from grants.states.application import APPLICATION_STATES, ApplicationState
from grants.states.award import AWARD, TRANCHE, AwardState, TrancheCondition, TrancheState
from grants.states.determination import AppealState, DeterminationState, Outcome

STANDARD_SHARES = (80, 20)
Accepted = Callable[[Award], object]
Declined = Callable[[Award, str], object]
Settled = Callable[[Award, Money], object]
Closing = Callable[[Award], object]
# The treasury stands above this room and cannot be called from here: it leaves word whom to tell.
_after_acceptance: list[Accepted] = []
_after_decline: list[Declined] = []
_after_settlement: list[Settled] = []
_before_closing: list[Closing] = []


def when_agreement_accepted(act: Accepted) -> Accepted:
    """Have `act(award)` called, in the same transaction, whenever an agreement is accepted."""
    if act not in _after_acceptance:
        _after_acceptance.append(act)
    return act


def when_award_declined(act: Declined) -> Declined:
    """Have `act(award, reason)` called, in the same transaction, whenever an award is declined."""
    if act not in _after_decline:
        _after_decline.append(act)
    return act


def when_award_settled(act: Settled) -> Settled:
    """Have `act(award, due)` called whenever an accepted report settles what of an award is still to be paid."""
    if act not in _after_settlement:
        _after_settlement.append(act)
    return act


def before_award_closes(act: Closing) -> Closing:
    """Have `act(award)` called before an award is closed; it may refuse."""
    if act not in _before_closing:
        _before_closing.append(act)
    return act


def tell_acceptance(award: Award) -> None:
    """Tell whoever asked that an agreement was accepted."""
    for act in _after_acceptance:
        act(award)


def record_award(application: Application, money: Money) -> Award:
    """Note that the treasury committed `money` to an application. Called by the treasury in its transaction.

    The same award twice is one. After the release it moves a waiting application up and tells its applicant.

    Raises:
        NotAwarded: the application has no decision that gives it money. AwardOverDetermination: not the amount
            decided. AwardDiffers: there is an award of another amount. OwnCase: whoever commits it has a stake in it.
    """
    ensure_impartial(application)
    folio = application.folio or ""
    award = queries.award_of(application)
    if award is not None:
        if award.money != money or award.state is AwardState.DECLINED:
            raise AwardDiffers(folio=folio)
        return award
    released = _check_entitled(application, money)
    moment = now()
    AWARD.check(AwardState.PENDING, AwardState.COMMITTED)
    award = Award(
        application=application,
        state=AwardState.COMMITTED,
        amount_cents=money.amount_cents,
        currency=money.currency,
        committed_at=moment,
        created_at=moment,
    )
    session().add(award)
    session().flush()
    record("award.committed", "award", award.id, None, {"amount_cents": money.amount_cents, "currency": money.currency})
    if released and application.state is not ApplicationState.AWARDED:
        _promote(application, money)
    return award


def plan_tranches(award: Award, shares: Sequence[int] = STANDARD_SHARES) -> list[Tranche]:
    """Divide an award into payments by whole percentages; an earlier plan is replaced while nothing is under way.

    Raises:
        TranchesDoNotAddUp: the shares do not add up to 100. TrancheNotInAward: payments are already due.
    """
    planned = rules.plan(award.money, shares)
    if any(tranche.state is not TrancheState.PLANNED for tranche in award.tranches) or award.agreement is not None:
        raise TrancheNotInAward()
    for old in list(award.tranches):
        session().delete(old)
    session().flush()
    award.tranches = [
        Tranche(
            number=part.number,
            state=TrancheState.PLANNED,
            condition=part.condition,
            amount_cents=part.money.amount_cents,
            currency=part.money.currency,
        )
        for part in planned
    ]
    session().flush()
    record("award.tranches_planned", "award", award.id, None, {"shares": list(shares)})
    return award.tranches


def make_due(award: Award, condition: TrancheCondition) -> list[Tranche]:
    """Release the payments that waited for `condition` to the treasurer's desk."""
    due = [item for item in award.tranches if item.condition is condition and item.state is TrancheState.PLANNED]
    for tranche in due:
        TRANCHE.check(tranche.state, TrancheState.DUE)
        tranche.state, tranche.due_at = TrancheState.DUE, now()
        record("tranche.due", "tranche", tranche.id, {"state": "planned"}, {"state": "due"})
    session().flush()
    return due


def settle_tranches(award: Award, spent: Money) -> rules.Settlement:
    """Make due, of the payments that waited for the report, only what was spent and not paid yet; drop the others."""
    moving = (TrancheState.DUE, TrancheState.ORDERED, TrancheState.PAID)
    under_way = sum((item.money for item in award.tranches if item.state in moving), Money.zero(award.currency))
    settlement = rules.settle(award.money, spent, under_way)
    waiting = [item for item in award.tranches if item.state is TrancheState.PLANNED]
    for tranche, part in zip(waiting, rules.fill(settlement.due, [item.money for item in waiting]), strict=True):
        target = TrancheState.DUE if part else TrancheState.DROPPED
        TRANCHE.check(tranche.state, target)
        before = {"state": tranche.state.value, "amount_cents": tranche.amount_cents}
        tranche.state = target
        if part:
            tranche.amount_cents, tranche.due_at = part.amount_cents, now()
        after = {"state": target.value, "amount_cents": tranche.amount_cents}
        record(f"tranche.{target.value}", "tranche", tranche.id, before, after)
    session().flush()
    for act in _after_settlement:
        act(award, settlement.due)
    return settlement


def mark_tranche_ordered(tranche: Tranche) -> Tranche:
    """Note that a payment order was prepared. Called by the treasury."""
    return _move_tranche(tranche, TrancheState.ORDERED)


def mark_tranche_unordered(tranche: Tranche) -> Tranche:
    """Note that the payment order was cancelled and the payment is due again. Called by the treasury."""
    return _move_tranche(tranche, TrancheState.DUE)


def mark_tranche_paid(tranche: Tranche, *, paid_on: date) -> Tranche:
    """Note that the bank paid. The first payment sets the award in motion. Called by the treasury."""
    tranche.paid_on = paid_on
    _move_tranche(tranche, TrancheState.PAID)
    if tranche.award.state is AwardState.ACCEPTED:
        move_award(tranche.award, AwardState.IN_PROGRESS)
    return tranche


def decline_award(award: Award, *, reason: str) -> Award:
    """Take an award back at the applicant's wish, and let the treasury free the money.

    Raises:
        ReasonMissing, IllegalTransition: money has already been paid.
    """
    if not reason.strip():
        raise ReasonMissing()
    award_queries.hold(award)
    _refuse_if_money_moves(award)
    award.declined_reason = reason.strip()
    move_award(award, AwardState.DECLINED)
    for act in _after_decline:
        act(award, award.declined_reason)
    _refuse_if_money_moves(award)  # whoever ordered a payment meanwhile held what the treasury has just freed
    return award


def _refuse_if_money_moves(award: Award) -> None:
    if award_queries.has_moving_payment(award):
        AWARD.check(AwardState.IN_PROGRESS, AwardState.DECLINED)  # refuses, naming both ends


def close_award(award: Award) -> Award:
    """Close an award whose money was all paid and whose report was accepted.

    Raises:
        AwardUnfinished: a payment is still open. IllegalTransition: the report was not accepted.
        OwnCase: whoever closes it has a stake in it.
    """
    ensure_impartial(award.application)
    award_queries.hold(award)
    over = (TrancheState.PAID, TrancheState.DROPPED)
    unpaid = sum(1 for tranche in award.tranches if tranche.state not in over)
    if unpaid:
        raise AwardUnfinished(count=unpaid)
    for act in _before_closing:
        act(award)
    award.closed_at = now()
    return move_award(award, AwardState.CLOSED)


def move_award(award: Award, target: AwardState) -> Award:
    """Take the next step of an award's life.

    Raises:
        IllegalTransition: the table has no such step.
    """
    AWARD.check(award.state, target)
    before, award.state = award.state, target
    session().flush()
    record(f"award.{target.value}", "award", award.id, {"state": before.value}, {"state": target.value})
    return award


def _check_entitled(application: Application, money: Money) -> bool:
    """Refuse what no decision covers; tell whether the decision was released."""
    folio = application.folio or ""
    found = queries.determination_of(application)
    if found is None or application.state is ApplicationState.WITHDRAWN:
        raise NotAwarded(folio=folio)
    released = found.state is DeterminationState.RELEASED
    if found.outcome is Outcome.AWARDED:
        if found.money != money:
            raise AwardOverDetermination(folio=folio, granted=str(found.money))
        return released
    appeal = appeal_of(application)
    upheld = appeal is not None and appeal.state is AppealState.UPHELD
    upheld = upheld and application.state is ApplicationState.NOT_SELECTED and readmission_of(application) is None
    if not (released and (upheld or application.state is ApplicationState.WAITLISTED)):
        raise NotAwarded(folio=folio)
    requested = Money(application.requested_cents, application.currency)
    if money.currency != requested.currency or money > requested:
        raise AwardOverDetermination(folio=folio, granted=str(requested))
    return released


def _promote(application: Application, money: Money) -> None:
    APPLICATION_STATES.check(application.state, ApplicationState.AWARDED)
    before, application.state = application.state, ApplicationState.AWARDED
    session().flush()
    record("application.promoted", "application", application.id, {"state": before.value}, {"state": "awarded"})
    with in_language(application.applicant.language):
        text = letters.promotion(application, money)
    send_letter(application, text, about=f"application:{application.id}")


def _move_tranche(tranche: Tranche, target: TrancheState) -> Tranche:
    TRANCHE.check(tranche.state, target)
    before, tranche.state = tranche.state, target
    session().flush()
    record(f"tranche.{target.value}", "tranche", tranche.id, {"state": before.value}, {"state": target.value})
    return tranche
