"""The budget in envelopes by axis or region, with reserved places charged to what the rules name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from core.money import Money
from scoring.rules.rulebook import ChargedTo, Envelopes, Rulebook
from scoring.rules.selection import Decision, Line, Place, Pot, Reason, amount_for, below, empty_places, fill_places
from scoring.states import Determination


class _OwnEnvelope(Pot):
    """Each place is paid by the envelope of whoever fills it."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        super().__init__(sum(sizes.values()))
        self.each = dict(sizes)

    def take(self, line: Line, price: int) -> dict[str, int] | None:
        name = line.group or ""
        if price > self.each.get(name, -1):
            return None
        self.each[name] -= price
        return {name: price}


class _AnyEnvelope(_OwnEnvelope):
    """What the holder's envelope lacks comes from the others, in the order in which what is left over is offered."""

    def __init__(self, sizes: Mapping[str, int], order: Sequence[str]) -> None:
        super().__init__(sizes)
        self.order = order

    def take(self, line: Line, price: int) -> dict[str, int] | None:
        if price > sum(self.each.values()):
            return None
        paid = {}
        for name in sorted(self.order, key=lambda one: one != line.group):  # its own first, then the rest in order
            part = min(price, self.each[name])
            if part:
                paid[name] = part
                self.each[name] -= part
                price -= part
        return paid


@dataclass(slots=True)
class _Round:
    """What every envelope holds and has spent on its own queue, who won there, and where somebody was passed over."""

    sizes: dict[str, int]
    spent: dict[str, int]
    won: dict[str, int] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)


def in_envelopes(rulebook: Rulebook, envelopes: Envelopes, lines: Sequence[Line], budget_cents: int) -> list[Decision]:
    """Spend every envelope on its own queue, fill the reserved places, then offer what is left over in turn.

    Places that an envelope pays are set aside before it is spent; those paid by what is left over come before anybody
    else is offered it. No envelope gives more than it holds before what is left over is put together.
    """
    passing = [line for line in lines if line.position is not None]
    sizes = _sizes(envelopes, Money(budget_cents, rulebook.currency))
    kept_for = {group.id for group in rulebook.reserved}
    holders = [line for line in passing if kept_for & line.entitlements]
    held = _own_turn(rulebook, envelopes, passing, holders, sizes)
    spare = sum(sizes.values()) - sum(held.spent.values())
    places = fill_places(rulebook, holders, held.won, _pot(envelopes, sizes, spare))
    spare -= sum(place.price for place in places.values())
    granted = {label: (amount, Reason.AWARDED_ENVELOPE) for label, amount in held.won.items()}
    decided = {*granted, *places}
    for name in envelopes.refill:
        queue = [line for line in passing if line.group == name and line.label not in decided]
        spare = _refill(rulebook, queue, spare, granted)
    return _decisions(rulebook, lines, granted, places)


def _sizes(envelopes: Envelopes, budget: Money) -> dict[str, int]:
    scale = max(part.percent.denominator for part in envelopes.parts)
    while any((part.percent * scale).denominator != 1 for part in envelopes.parts):
        scale *= 10
    shares = budget.split([int(part.percent * scale) for part in envelopes.parts])
    return {part.id: share.amount_cents for part, share in zip(envelopes.parts, shares, strict=True)}


def _pot(envelopes: Envelopes, sizes: Mapping[str, int], spare: int) -> Pot:
    if envelopes.places_charged_to is ChargedTo.OWN_ENVELOPE:
        return _OwnEnvelope(sizes)
    if envelopes.places_charged_to is ChargedTo.ANY_ENVELOPE:
        return _AnyEnvelope(sizes, envelopes.refill)
    return Pot(spare)


def _own_turn(
    rulebook: Rulebook,
    envelopes: Envelopes,
    passing: Sequence[Line],
    holders: Sequence[Line],
    sizes: dict[str, int],
) -> _Round:
    """Go down the ranking; each wins from its own envelope what is neither spent nor set aside for a place there."""
    held = _Round(sizes, dict.fromkeys(sizes, 0))
    shared = envelopes.places_charged_to is ChargedTo.ANY_ENVELOPE
    sets_aside = bool(holders) and envelopes.places_charged_to is not ChargedTo.LEFT_OVER

    def fits(spent: Mapping[str, int], won: Collection[str]) -> bool:
        aside = dict.fromkeys(sizes, 0)
        if sets_aside:
            for place in fill_places(rulebook, holders, won, _pot(envelopes, sizes, 0)).values():
                for name, part in place.paid.items():
                    aside[name] += part
        return all(spent[name] + aside[name] <= sizes[name] for name in sizes)

    for line in passing:
        name = line.group or ""
        if name not in sizes or (name in held.short and rulebook.skip_rule != "skip"):
            continue
        amount = amount_for(rulebook, line.requested_cents)
        spent = {**held.spent, name: held.spent[name] + amount}
        enough = spent[name] <= sizes[name] and fits(spent, {*held.won, line.label})
        if enough and (held.short if shared else name in held.short):
            # Somebody above was passed over for want of money, so only what is not set aside wins in rank.
            enough = fits(spent, held.won)
        if enough:
            held.won[line.label] = amount
            held.spent = spent
        else:
            held.short.add(name)
    return held


def _refill(rulebook: Rulebook, queue: Sequence[Line], left: int, granted: dict[str, tuple[int, Reason]]) -> int:
    """Offer what is left over to one queue by the skip rule, the last of it also in part; return what then is left."""
    for line in queue:
        amount = amount_for(rulebook, line.requested_cents)
        if amount <= left:
            granted[line.label] = (amount, Reason.AWARDED_REFILL)
            left -= amount
        elif rulebook.skip_rule != "skip":
            if rulebook.skip_rule == "partial" and left > 0:
                granted[line.label] = (left, Reason.AWARDED_PARTIAL)
                left = 0
            break
    return left


def _decisions(
    rulebook: Rulebook,
    lines: Sequence[Line],
    granted: Mapping[str, tuple[int, Reason]],
    places: Mapping[str, Place],
) -> list[Decision]:
    """Write down what becomes of each line. Nobody waits for money that no envelope could ever give them."""
    decisions, waiting = [], 0
    assert rulebook.envelopes is not None
    named = {part.id for part in rulebook.envelopes.parts}
    from_own = rulebook.envelopes.places_charged_to is ChargedTo.OWN_ENVELOPE
    filled = {label: place.group.id for label, place in places.items()}
    empty = empty_places(rulebook, lines, filled, granted)
    for line in lines:
        if line.position is None:
            decisions.append(below(line))
            continue
        params: dict[str, str | int] = {"position": line.position, "group": line.group or "—"}
        if line.label in places:
            decisions.append(_placed(line, places[line.label]))
            continue
        if line.label in granted:
            amount, reason = granted[line.label]
            if reason is Reason.AWARDED_PARTIAL:
                params = {"position": line.position, "requested": line.requested_cents}
            decisions.append(Decision(line.label, Determination.AWARDED, amount, reason, params))
            continue
        unfilled = [group.id for group in rulebook.reserved if group.id in line.entitlements and empty[group.id]]
        if line.group not in named and (from_own or not unfilled):
            none = Reason.NOT_SELECTED_NO_ENVELOPE
            decisions.append(Decision(line.label, Determination.NOT_SELECTED, 0, none, params))
            continue
        waiting += 1
        params |= {"waiting": waiting, "needed": amount_for(rulebook, line.requested_cents)}
        if unfilled:
            params["group"] = unfilled[0]
            decisions.append(_waits(rulebook, line, Reason.WAITLISTED_PLACE_EMPTY, params, waiting))
        else:
            decisions.append(_waits(rulebook, line, Reason.WAITLISTED_ENVELOPE, params, waiting))
    return decisions


def _placed(line: Line, place: Place) -> Decision:
    params: dict[str, str | int] = {"position": line.position or 0, "group": place.group.id}
    reason = Reason.AWARDED_PLACE_LEFT_OVER
    if place.paid:
        reason = Reason.AWARDED_PLACE_OWN if set(place.paid) == {line.group} else Reason.AWARDED_PLACE_SHARED
        params["envelopes"] = ", ".join(place.paid)
    return Decision(line.label, Determination.AWARDED, place.price, reason, params)


def _waits(rulebook: Rulebook, line: Line, reason: Reason, params: Mapping[str, str | int], waiting: int) -> Decision:
    if rulebook.waiting_list is not None and waiting > rulebook.waiting_list:
        full: dict[str, str | int] = {
            "position": line.position or 0,
            "waiting": waiting,
            "places": rulebook.waiting_list,
        }
        return Decision(line.label, Determination.NOT_SELECTED, 0, Reason.NOT_SELECTED_LIST_FULL, full)
    return Decision(line.label, Determination.WAITLISTED, 0, reason, params, waiting)
