"""Where the rules divide the budget into envelopes, or draw lots near the cut; otherwise the plain selection."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from scoring.rules.envelopes import in_envelopes
from scoring.rules.rulebook import Rulebook, plain
from scoring.rules.selection import RESERVED, Decision, Line, Reason, select
from scoring.states import Determination

ON_MONEY = frozenset(
    {
        Reason.WAITLISTED_BUDGET,
        Reason.WAITLISTED_AFTER_STOP,
        Reason.NOT_SELECTED_LIST_FULL,
        Reason.WAITLISTED_ENVELOPE,
        Reason.WAITLISTED_PLACE_EMPTY,
    }
)
PLACES = ("position", "stopped_at")  # of a reason's params


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
        found = in_envelopes(rulebook, rulebook.envelopes, lines, budget_cents)
    if rulebook.lottery_band is None:
        return found
    return _drawn(rulebook, rulebook.lottery_band, lines, budget_cents, found)


# --- the lottery band ----------------------------------------------------------------------------


def _drawn(
    rulebook: Rulebook, width: Fraction, lines: Sequence[Line], budget_cents: int, plainly: Sequence[Decision]
) -> list[Decision]:
    """Put those near the cut in the order of the lot, and select again. Where money is enough for all there is no cut.

    The cut is the score of the last whom the order alone would have given money: who fills a reserved place may stand
    far below and does not move it, nor is that award the lot's.
    """
    ranked = [line for line in lines if line.position is not None]
    if not any(one.reason in ON_MONEY for one in plainly):
        return list(plainly)
    awarded = [one for one in plainly if one.determination is Determination.AWARDED]
    won = {one.label for one in awarded if one.reason not in RESERVED}
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
    merit = {number: line.position or 0 for number, line in enumerate(order, start=1)}
    found = {one.label: _by_merit(one, merit) for one in decide(again, [*moved, *rest], budget_cents)}
    return [_by_lot(line, found[line.label], width) if line.label in near else found[line.label] for line in lines]


def _by_merit(decision: Decision, merit: Mapping[int, int]) -> Decision:
    """Return a decision that names places in the order of merit, not in the order of the lot; `merit` by the latter."""
    places = {name: merit.get(int(decision.params[name]), 0) for name in PLACES if name in decision.params}
    return replace(decision, params={**decision.params, **places})


def _by_lot(line: Line, decision: Decision, width: Fraction) -> Decision:
    params: dict[str, str | int] = {"position": line.position or 0, "band": plain(width), "lot": line.lot or 0}
    kept = {Reason.AWARDED_PARTIAL, *RESERVED}  # what decided there was not the lot, or not alone
    if decision.reason in kept or decision.determination is Determination.NOT_SELECTED:
        return decision
    if decision.determination is Determination.AWARDED:
        return replace(decision, reason=Reason.AWARDED_BAND, params=params)
    waits: dict[str, str | int] = {**params, "waiting": decision.waiting_position or 0}
    return replace(decision, reason=Reason.WAITLISTED_BAND, params=waits)
