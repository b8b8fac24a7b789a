"""How an award is paid: in parts, each with its condition, adding up to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.money import Money
from grants.errors.awards import TranchesDoNotAddUp
from grants.states.award import TrancheCondition


@dataclass(frozen=True, slots=True)
class PlannedTranche:
    """One part of an award: its number from 1, its amount and what has to happen before it is paid."""

    number: int
    money: Money
    condition: TrancheCondition


def plan(award: Money, shares: Sequence[int]) -> list[PlannedTranche]:
    """Divide an award by whole percentages: the first part on acceptance, the others once the report is accepted.

    Raises:
        TranchesDoNotAddUp: the shares are not whole positive percentages adding up to 100, or a part is nothing.
    """
    if not shares or any(share <= 0 for share in shares) or sum(shares) != 100:
        raise TranchesDoNotAddUp(shares=", ".join(str(share) for share in shares) or "0")
    parts = award.split(shares)
    if any(not part for part in parts):
        raise TranchesDoNotAddUp(shares=", ".join(str(share) for share in shares))
    return [
        PlannedTranche(
            number, part, TrancheCondition.AGREEMENT_ACCEPTED if number == 1 else TrancheCondition.REPORT_ACCEPTED
        )
        for number, part in enumerate(parts, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an accepted report leaves to do: `due` is still to be paid, `to_return` comes back, never both; `unused` of
    the award is neither.
    """

    due: Money
    to_return: Money
    unused: Money


def settle(award: Money, spent: Money, under_way: Money) -> Settlement:
    """Compare what was proved with what was paid or ordered (`under_way`): an award pays what was spent, up to itself.

    award = under_way + due + unused, and to_return is never more than under_way.
    """
    zero = Money.zero(award.currency)
    earned = min(spent, award)
    due = max(earned - under_way, zero)
    return Settlement(due, max(under_way - earned, zero), award - under_way - due)


def fill(due: Money, planned: Sequence[Money]) -> list[Money]:
    """Divide what is due over the parts that were planned, in order, none above its plan. The sum is `due`."""
    parts = []
    for plan_part in planned:
        part = min(plan_part, due)
        parts.append(part)
        due = due - part
    return parts


def unspent(award: Money, spent: Money) -> Money:
    """Return what has to go back: never negative, because spending more than the award is the beneficiary's affair."""
    rest = award - spent
    return rest if rest.amount_cents > 0 else Money.zero(award.currency)
