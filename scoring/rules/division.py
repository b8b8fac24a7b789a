"""Where the rules divide the budget into envelopes, or draw lots near the cut; otherwise the plain selection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from core.money import Money
from scoring.rules.rulebook import Envelopes, Rulebook, plain
from scoring.rules.selection import Decision, Line, Reason, amount_for, below, select
from scoring.states import Determination

ON_MONEY = frozenset({Reason.WAITLISTED_BUDGET, Reason.WAITLISTED_AFTER_STOP, Reason.NOT_SELECTED_LIST_FULL})


class NoLotError(ValueError):
    """Lines near the cut have no place in the lot; `labels` names them."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        super().__init__(f"the lot has no place for {', '.join(labels)}")


def decide(rulebook: Rulebook, lines: Sequence[Line], budget_cents: int) -> list[Decision]:
    """Return a decision for every line, in the order given, by everything the rulebook says of money.

    Raises:
        NoLotError: a line in the band around the cut has no lot. What `select` raises.
    """
    if rulebook.envelopes is None:
        found = select(rulebook, lines, budget_cents)
    else:
        found = _in_envelopes(rulebook, rulebook.envelopes, lines, budget_cents)
    if rulebook.lottery_band is None:
        return found
    return _drawn(rulebook, rulebook.lottery_band, lines, budget_cents, found)


# --- envelopes -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Purse:
    """One envelope while it is spent: who is still in its queue, and what is left."""

    queue: list[Line]
    left: int
    granted: dict[str, tuple[int, Reason]] = field(default_factory=dict)

    def spend(self, rulebook: Rulebook, reason: Reason, *, partial: bool = False) -> None:
        """Go down the queue by the skip rule. Only what was left over is given in part, at this queue's turn."""
        waiting = []
        for index, line in enumerate(self.queue):
            amount = amount_for(rulebook, line.requested_cents)
            if amount <= self.left:
                self.granted[line.label] = (amount, reason)
                self.left -= amount
                continue
            if rulebook.skip_rule == "skip":
                waiting.append(line)
                continue
            if partial and rulebook.skip_rule == "partial" and self.left > 0:
                self.granted[line.label] = (self.left, Reason.AWARDED_PARTIAL)
                self.left = 0
                waiting += self.queue[index + 1 :]
            else:
                waiting += self.queue[index:]
            break
        self.queue = waiting


def _in_envelopes(rulebook: Rulebook, envelopes: Envelopes, lines: Sequence[Line], budget_cents: int) -> list[Decision]:
    """Spend every envelope on its own queue, then offer what is left over to the queues in the order of the rules."""
    passing = [line for line in lines if line.position is not None]
    purses = _purses(envelopes, passing, Money(budget_cents, rulebook.currency))
    for purse in purses.values():
        purse.spend(rulebook, Reason.AWARDED_ENVELOPE)
    spare = sum(purse.left for purse in purses.values())
    for name in envelopes.refill:
        purse, purse_left = purses[name], spare
        purse.left = purse_left
        purse.spend(rulebook, Reason.AWARDED_REFILL, partial=True)
        spare = purse.left
    granted = {label: found for purse in purses.values() for label, found in purse.granted.items()}
    decisions, waiting = [], 0
    for line in lines:
        if line.position is None:
            decisions.append(below(line))
            continue
        params: dict[str, str | int] = {"position": line.position, "group": line.group or "—"}
        if line.label in granted:
            amount, reason = granted[line.label]
            if reason is Reason.AWARDED_PARTIAL:
                params = {"position": line.position, "requested": line.requested_cents}
            decisions.append(Decision(line.label, Determination.AWARDED, amount, reason, params))
            continue
        waiting += 1
        params |= {"waiting": waiting, "needed": amount_for(rulebook, line.requested_cents)}
        decisions.append(_waits(rulebook, line, Reason.WAITLISTED_ENVELOPE, params, waiting))
    return decisions


def _purses(envelopes: Envelopes, passing: Sequence[Line], budget: Money) -> dict[str, _Purse]:
    scale = max(part.percent.denominator for part in envelopes.parts)
    while any((part.percent * scale).denominator != 1 for part in envelopes.parts):
        scale *= 10
    shares = budget.split([int(part.percent * scale) for part in envelopes.parts])
    return {
        part.id: _Purse([line for line in passing if line.group == part.id], share.amount_cents)
        for part, share in zip(envelopes.parts, shares, strict=True)
    }


def _waits(rulebook: Rulebook, line: Line, reason: Reason, params: Mapping[str, str | int], waiting: int) -> Decision:
    if rulebook.waiting_list is not None and waiting > rulebook.waiting_list:
        full: dict[str, str | int] = {
            "position": line.position or 0,
            "waiting": waiting,
            "places": rulebook.waiting_list,
        }
        return Decision(line.label, Determination.NOT_SELECTED, 0, Reason.NOT_SELECTED_LIST_FULL, full)
    return Decision(line.label, Determination.WAITLISTED, 0, reason, params, waiting)


# --- the lottery band ----------------------------------------------------------------------------


def _drawn(
    rulebook: Rulebook, width: Fraction, lines: Sequence[Line], budget_cents: int, plainly: Sequence[Decision]
) -> list[Decision]:
    """Put those near the cut in the order of the lot, and select again. Where money is enough for all there is no cut.

    The cut is the score of the last whom the order alone would have given money: who fills a reserved place may stand
    far below and does not move it, nor is that award the lot's.
    """
    ranked = [line for line in lines if line.position is not None]
    if not any(one.reason in ON_MONEY or one.reason is Reason.WAITLISTED_ENVELOPE for one in plainly):
        return list(plainly)
    awarded = [one for one in plainly if one.determination is Determination.AWARDED]
    won = {one.label for one in awarded if one.reason is not Reason.AWARDED_RESERVED}
    last = [line for line in ranked if line.label in won][-1:]
    if not last or last[0].score is None:
        return list(plainly)
    cut = last[0].score
    band = [line for line in ranked if line.score is not None and abs(line.score - cut) <= width]
    without = [line.label for line in band if line.lot is None]
    if without:
        raise NoLotError(without)
    near = {line.label for line in band}
    drawn = iter(sorted(band, key=lambda line: line.lot or 0))
    order = [next(drawn) if line.label in near else line for line in ranked]
    moved = [replace(line, position=number) for number, line in enumerate(order, start=1)]
    rest = [line for line in lines if line.position is None]
    again = replace(rulebook, lottery_band=None)
    found = {one.label: one for one in decide(again, [*moved, *rest], budget_cents)}
    return [
        _by_lot(line, found[line.label], width) if line.label in near else _at(line, found[line.label])
        for line in lines
    ]


def _at(line: Line, decision: Decision) -> Decision:
    """Return a decision that names the place in the order of merit, not that in the order of the lot."""
    if line.position is None:
        return decision
    return replace(decision, params={**decision.params, "position": line.position})


def _by_lot(line: Line, decision: Decision, width: Fraction) -> Decision:
    params: dict[str, str | int] = {"position": line.position or 0, "band": plain(width), "lot": line.lot or 0}
    kept = {Reason.AWARDED_PARTIAL, Reason.AWARDED_RESERVED}  # what decided there was not the lot, or not alone
    if decision.reason in kept or decision.determination is Determination.NOT_SELECTED:
        return _at(line, decision)
    if decision.determination is Determination.AWARDED:
        return replace(decision, reason=Reason.AWARDED_BAND, params=params)
    waits: dict[str, str | int] = {**params, "waiting": decision.waiting_position or 0}
    return replace(decision, reason=Reason.WAITLISTED_BAND, params=waits)
