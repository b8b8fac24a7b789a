"""Arithmetic of the budget: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.money import Money


@dataclass(frozen=True, slots=True)
class Source:
    """What one allocated fund can still give: `remaining` of its allocation, if its giver's rules allow it at all."""

    fund_id: int
    remaining: Money
    allowed: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """What is taken from one fund."""

    fund_id: int
    money: Money


def draw_in_order(sources: Sequence[Source], wanted: Money) -> tuple[list[Draw], Money]:
    """Take `wanted` from the sources in their order; return what each gives and what is still missing.

    The sum of the draws and the missing part is always `wanted`; no source gives more than it has.
    """
    missing = wanted
    draws = []
    for source in sources:
        part = min(source.remaining, missing)
        if source.allowed and part.amount_cents > 0:
            draws.append(Draw(source.fund_id, part))
            missing = missing - part
    return draws, missing


def spread(amount: Money, owed: Sequence[Money]) -> list[Money]:
    """Divide a payment over funds in proportion to what each still owes, never more than it owes.

    Raises:
        ValueError: the payment is larger than everything owed.
    """
    total = sum(part.amount_cents for part in owed)
    if amount.amount_cents > total:
        raise ValueError("a payment cannot exceed what is owed")
    shares = amount.split([part.amount_cents for part in owed])
    # Largest remainder can give a fund one cent more than it owes when the payment is the whole; move it on.
    excess = 0
    fitted = []
    for share, limit in zip(shares, owed, strict=True):
        cents = share.amount_cents + excess
        fitted.append(min(cents, limit.amount_cents))
        excess = cents - fitted[-1]
    for i, limit in enumerate(owed):
        room = min(excess, limit.amount_cents - fitted[i])
        fitted[i] += room
        excess -= room
    return [Money(cents, amount.currency) for cents in fitted]


@dataclass(frozen=True, slots=True)
class FundMoments:
    """How far a fund's budget came: each moment holds whatever went beyond it, so they never grow from left to right.

    `left` is what may still be promised: approved less committed. `collected` is the income that arrived.
    """

    collected: Money
    approved: Money
    committed: Money
    accrued: Money
    ordered: Money
    paid: Money
    left: Money

    @property
    def amounts(self) -> tuple[Money, ...]:
        """All of them, in the order of their columns."""
        return (self.collected, self.approved, self.committed, self.accrued, self.ordered, self.paid, self.left)


def fund_moments(nets: Mapping[str, int], currency: str) -> FundMoments:
    """Return the moments from what the budget's accounts moved, debits less credits, in minor units.

    Money passes from account to account as it goes on, so what reached a moment is there or further.
    """

    def reached(*accounts: str) -> Money:
        return Money(sum(nets.get(account, 0) for account in accounts), currency)

    return FundMoments(
        collected=-reached("8.1.5"),
        approved=-reached("8.2.1", "8.2.3"),
        committed=reached("8.2.4", "8.2.5", "8.2.6", "8.2.7"),
        accrued=reached("8.2.5", "8.2.6", "8.2.7"),
        ordered=reached("8.2.6", "8.2.7"),
        paid=reached("8.2.7"),
        left=reached("8.2.2"),
    )
