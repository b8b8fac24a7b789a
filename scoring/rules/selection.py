"""Who is funded: down the ranking under the budget, by the published skip rule, with a reason for every line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from scoring.rules.rulebook import Reserved, Rulebook
from scoring.states import Determination


class Reason(StrEnum):
    """Why a line of the ranking ended as it did. `scoring.rules.reasons` holds the sentences."""

    AWARDED_IN_RANK = "awarded_in_rank"
    AWARDED_RESERVED = "awarded_reserved"
    AWARDED_PLACE_OWN = "awarded_place_own"
    AWARDED_PLACE_SHARED = "awarded_place_shared"
    AWARDED_PLACE_LEFT_OVER = "awarded_place_left_over"
    AWARDED_PARTIAL = "awarded_partial"
    WAITLISTED_BUDGET = "waitlisted_budget"
    WAITLISTED_AFTER_STOP = "waitlisted_after_stop"
    NOT_SELECTED_LIST_FULL = "not_selected_list_full"
    AWARDED_ENVELOPE = "awarded_envelope"
    AWARDED_REFILL = "awarded_refill"
    WAITLISTED_ENVELOPE = "waitlisted_envelope"
    WAITLISTED_PLACE_EMPTY = "waitlisted_place_empty"
    NOT_SELECTED_NO_ENVELOPE = "not_selected_no_envelope"
    AWARDED_BAND = "awarded_band"
    WAITLISTED_BAND = "waitlisted_band"
    BELOW_OVERALL = "below_overall"
    BELOW_CRITERIA = "below_criteria"


RESERVED = frozenset(
    {Reason.AWARDED_RESERVED, Reason.AWARDED_PLACE_OWN, Reason.AWARDED_PLACE_SHARED, Reason.AWARDED_PLACE_LEFT_OVER}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One ranked dossier as selection sees it. `position` is None below a threshold. Money in minor units.

    `group` is the axis or region whose envelope it belongs to; `score` and `lot` matter where the rules draw near the
    cut.
    """

    label: str
    position: int | None
    requested_cents: int
    entitlements: frozenset[str] = frozenset()
    failed_criteria: tuple[str, ...] = ()
    group: str | None = None
    score: Fraction | None = None
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a line: amount granted, why, and its place on the waiting list if it has one."""

    label: str
    determination: Determination
    granted_cents: int
    reason: Reason
    params: Mapping[str, str | int] = field(default_factory=dict)
    waiting_position: int | None = None


def select(rulebook: Rulebook, lines: Sequence[Line], budget_cents: int) -> list[Decision]:
    """Return a decision for every line, in the order given, which is the order of the ranking.

    Money for reserved places is set aside while the open rank is filled. Where `winner_uses_place` holds, an award in
    open rank to a holder fills one of the places, unless holders above it fill them all; otherwise the places come on
    top. The sum granted never exceeds `budget_cents`; no award exceeds its request nor the rulebook's cap.

    Raises:
        ValueError: the budget is negative, a label repeats, or the lines are not in the order of their positions.
    """
    _check(lines, budget_cents)
    passing = [line for line in lines if line.position is not None]
    awards = _awards(rulebook, passing, budget_cents)
    decisions: dict[str, Decision] = {award.label: award for award in awards.granted}
    waiting = 0
    for line in passing:
        if line.label in decisions:
            continue
        waiting += 1
        decisions[line.label] = _wait(rulebook, line, waiting, awards)
    for line in lines:
        if line.position is None:
            decisions[line.label] = below(line)
    return [decisions[line.label] for line in lines]


@dataclass(slots=True)
class _Awards:
    granted: list[Decision]
    shortfalls: dict[str, int]
    stopped_at: int | None


def _awards(rulebook: Rulebook, passing: Sequence[Line], budget_cents: int) -> _Awards:
    open_labels: set[str] = set()
    kept_for = {group.id for group in rulebook.reserved}
    holders = [line for line in passing if kept_for & line.entitlements]  # nobody else fills a reserved place
    result = _Awards([], {}, None)
    spent = 0
    for line in passing:
        assert line.position is not None
        amount = amount_for(rulebook, line.requested_cents)
        left = budget_cents - spent - _set_aside(rulebook, holders, {*open_labels, line.label}, budget_cents)
        if result.shortfalls:
            # Somebody above was passed over for want of money, so only what is not set aside wins in open rank.
            left = min(left, budget_cents - spent - _set_aside(rulebook, holders, open_labels, budget_cents))
        if amount <= left:
            open_labels.add(line.label)
            spent += amount
            params: dict[str, str | int] = {"position": line.position}
            result.granted.append(Decision(line.label, Determination.AWARDED, amount, Reason.AWARDED_IN_RANK, params))
            continue
        result.shortfalls[line.label] = max(left, 0)
        if rulebook.skip_rule == "skip":
            continue
        result.stopped_at = line.position
        if rulebook.skip_rule == "partial" and left > 0:
            open_labels.add(line.label)
            spent += left
            params = {"position": line.position, "requested": line.requested_cents}
            result.granted.append(Decision(line.label, Determination.AWARDED, left, Reason.AWARDED_PARTIAL, params))
        break
    positions = {line.label: line.position or 0 for line in passing}
    for label, place in fill_places(rulebook, holders, open_labels, Pot(budget_cents - spent)).items():
        params = {"position": positions[label], "group": place.group.id}
        result.granted.append(Decision(label, Determination.AWARDED, place.price, Reason.AWARDED_RESERVED, params))
    return result


def amount_for(rulebook: Rulebook, requested_cents: int) -> int:
    """Return what a full award pays: the request, up to the rulebook's cap, in minor units."""
    cap = rulebook.cap_per_award_cents
    return requested_cents if cap is None else min(requested_cents, cap)


class Pot:
    """Money that places may be paid from: `left`, in minor units, whoever fills them."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, line: Line, price: int) -> dict[str, int] | None:
        """Pay a place and return from which envelopes; None, with nothing paid, where the money is not enough."""
        if price > self.left:
            return None
        self.left -= price
        return {}


@dataclass(frozen=True, slots=True)
class Place:
    """A reserved place that somebody fills: what it costs, whose group's it is, and what each envelope pays of it."""

    price: int
    group: Reserved
    paid: Mapping[str, int]


def fill_places(
    rulebook: Rulebook, holders: Sequence[Line], open_labels: Collection[str], pot: Pot
) -> dict[str, Place]:
    """Return who fills the reserved places if exactly `open_labels` win in open rank.

    Group by group, holders take the places in the order of the ranking: who wins in open rank uses one where the rules
    say so, everybody else where the pot pays.
    """
    chosen: dict[str, Place] = {}
    using: set[str] = set()
    for group in rulebook.reserved:
        places = group.places
        for line in holders:
            if places == 0:
                break
            if group.id not in line.entitlements or line.label in chosen or line.label in using:
                continue
            if line.label in open_labels:
                if group.winner_uses_place:
                    using.add(line.label)
                    places -= 1
                continue
            price = amount_for(rulebook, line.requested_cents)
            paid = pot.take(line, price)
            if paid is not None:
                chosen[line.label] = Place(price, group, paid)
                places -= 1
    return chosen


def empty_places(
    rulebook: Rulebook, lines: Sequence[Line], filled: Mapping[str, str], won: Collection[str]
) -> dict[str, int]:
    """Return how many reserved places of each group nobody fills.

    `filled` are the groups of those with a reserved place, by label; `won` who has an award without one.
    """
    used: set[str] = set()
    found = {}
    for group in rulebook.reserved:
        left = group.places - list(filled.values()).count(group.id)
        for line in lines:
            wins = group.winner_uses_place and line.label in won and line.label not in used
            if left > 0 and wins and group.id in line.entitlements:
                used.add(line.label)
                left -= 1
        found[group.id] = left
    return found


def left_empty(rulebook: Rulebook, lines: Sequence[Line], decisions: Sequence[Decision]) -> dict[str, int]:
    """Return how many reserved places of each group a selection left empty; only groups with some."""
    filled = {one.label: str(one.params["group"]) for one in decisions if one.reason in RESERVED}
    won = {one.label for one in decisions if one.determination is Determination.AWARDED} - set(filled)
    return {name: count for name, count in empty_places(rulebook, lines, filled, won).items() if count}


def _set_aside(rulebook: Rulebook, holders: Sequence[Line], open_labels: set[str], money_cents: int) -> int:
    return sum(place.price for place in fill_places(rulebook, holders, open_labels, Pot(money_cents)).values())


def _wait(rulebook: Rulebook, line: Line, waiting: int, awards: _Awards) -> Decision:
    assert line.position is not None
    params: dict[str, str | int] = {"position": line.position, "waiting": waiting}
    if rulebook.waiting_list is not None and waiting > rulebook.waiting_list:
        params["places"] = rulebook.waiting_list
        return Decision(line.label, Determination.NOT_SELECTED, 0, Reason.NOT_SELECTED_LIST_FULL, params)
    if line.label in awards.shortfalls:
        params["needed"] = amount_for(rulebook, line.requested_cents)
        params["left"] = awards.shortfalls[line.label]
        return Decision(line.label, Determination.WAITLISTED, 0, Reason.WAITLISTED_BUDGET, params, waiting)
    params["stopped_at"] = awards.stopped_at or 0
    return Decision(line.label, Determination.WAITLISTED, 0, Reason.WAITLISTED_AFTER_STOP, params, waiting)


def below(line: Line) -> Decision:
    """Return the decision on a line that a threshold keeps out."""
    if line.failed_criteria:
        params: dict[str, str | int] = {"criteria": ", ".join(line.failed_criteria)}
        return Decision(line.label, Determination.BELOW_THRESHOLD, 0, Reason.BELOW_CRITERIA, params)
    return Decision(line.label, Determination.BELOW_THRESHOLD, 0, Reason.BELOW_OVERALL)


def _check(lines: Sequence[Line], budget_cents: int) -> None:
    if budget_cents < 0:
        raise ValueError("a budget is not negative")
    if len({line.label for line in lines}) != len(lines):
        raise ValueError("labels are distinct")
    positions = [line.position for line in lines]
    ranked = [position for position in positions if position is not None]
    if ranked != sorted(set(ranked)) or positions[: len(ranked)] != ranked:
        raise ValueError("lines come in the order of their positions, without ties, those below a threshold last")
