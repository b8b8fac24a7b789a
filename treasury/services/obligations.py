"""What becomes of bound money: an accepted agreement makes it owed, and what is not used goes back to its funds."""

from core.audit import record
from core.clock import today
from core.database import session
from core.money import Money, format_money
from grants.models import Award
from treasury import queries
from treasury.errors import MoneyToReturn, NothingCommitted, PaymentUnderWay
from treasury.rules import spread
from treasury.states import COMMITMENT_STATES, CommitmentState
from trust.models import EntryKind
from trust.services import Line, post_entry


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
        NothingCommitted: nothing is bound. PaymentUnderWay: an order will still take of it.
    """
    commitments = [one for one in queries.commitments_of(award, hold=True) if one.owed.amount_cents > 0]
    if not commitments:
        raise NothingCommitted()
    if queries.ordered_by_commitment(award):
        raise PaymentUnderWay()
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


def trim_commitment(award: Award, keep: Money) -> Money:
    """Give back to its funds what an accepted report shows will never be paid; return how much.

    `keep` is what is still to be ordered; what orders on their way will take stays bound as well.
    """
    commitments = queries.commitments_of(award, hold=True)
    ordered = queries.ordered_by_commitment(award)
    spare = [Money(one.owed.amount_cents - ordered.get(one.id, 0), one.currency) for one in commitments]
    unused = sum(part.amount_cents for part in spare) - keep.amount_cents
    if unused <= 0:
        return Money.zero(award.currency)
    lines = []
    for commitment, part in zip(commitments, spread(Money(unused, award.currency), spare), strict=True):
        if not part:
            continue
        lines += [Line("8.2.2", commitment.fund, part), Line("8.2.5", commitment.fund, -part)]
        commitment.released_cents += part.amount_cents
        if not commitment.owed:
            COMMITMENT_STATES.check(commitment.state, CommitmentState.RELEASED)
            commitment.state = CommitmentState.RELEASED
    session().flush()
    _post_moment(award, lines, "liberado lo no gastado", f"award-trimmed:{award.id}")
    record("award.released", "award", award.id, None, {"amount_cents": unused, "reason": "expense_report.accepted"})
    return Money(unused, award.currency)


def check_returned(award: Award) -> None:
    """Refuse to close an award that was paid more than its accepted report shows as spent.

    Raises:
        MoneyToReturn: part of it has not come back.
    """
    missing = queries.money_to_return(award)
    if missing:
        raise MoneyToReturn(amount=format_money(missing))


def _post_moment(award: Award, lines: list[Line], moment: str, key: str) -> None:
    post_entry(
        kind=EntryKind.BUDGET,
        entry_date=today(),
        memo=f"Apoyo {award.id}: {moment}",
        source=f"grants.award:{award.id}",
        lines=lines,
        idempotency_key=key,
    )
