"""Reserved places where the budget is in envelopes: who pays, who steps back, and what stays empty, by each policy."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules.division import decide
from scoring.rules.reasons import SENTENCES
from scoring.rules.rulebook import Rulebook, parse
from scoring.rules.selection import RESERVED, Decision, Line, Reason, left_empty
from scoring.states import Determination
from tests.factories.rules import standard_rulebook

OWN, ANY, LEFT = "own_envelope", "any_envelope", "left_over"
RIGHT = frozenset({"primera"})


@cache
def book(policy: str, *, uses: bool = True, places: int = 1, skip_rule: str = "skip") -> Rulebook:
    """Half the budget for «uno», half for «dos»; what is left over goes to «dos» first."""
    found = standard_rulebook({"es": "Reglas"})
    parts: Any = [{"id": name, "name": {"es": name}, "percent": "50"} for name in ("uno", "dos")]
    envelopes = {"by": "axis", "parts": parts, "refill": ["dos", "uno"], "places_charged_to": policy}
    found["selection"] |= {"skip_rule": skip_rule, "envelopes": envelopes}
    reserved = {"id": "primera", "name": {"es": "Primera"}, "places": places, "winner_uses_place": uses}
    return parse(found | {"reserved": [reserved], "ties": ["lot"]})


def ranked(*rows: tuple[int, str, bool]) -> list[Line]:
    return [
        Line(f"D{n}", n, asked, RIGHT if right else frozenset(), group=group)
        for n, (asked, group, right) in enumerate(rows, start=1)
    ]


def told(decisions: Sequence[Decision]) -> dict[str, str]:
    for one in decisions:
        SENTENCES[one.reason] % one.params
    return {one.label: one.reason.value for one in decisions}


# The first two spend «uno» whole; D3 has the right and belongs to it; D4 spends forty of «dos».
LINES = ranked((50, "uno", False), (50, "uno", False), (50, "uno", True), (40, "dos", False))


@pytest.mark.parametrize(
    ("policy", "asked", "found"),
    [
        # Its own envelope: the last winner of that envelope steps back.
        (OWN, 50, ["awarded_envelope", "awarded_refill", "awarded_place_own", "awarded_envelope"]),
        # More than its envelope has: the place stays empty, and nobody steps back for it.
        (OWN, 101, ["awarded_envelope", "awarded_envelope", "waitlisted_place_empty", "awarded_envelope"]),
        # The same, and the other envelope pays what is lacking.
        (ANY, 101, ["awarded_refill", "waitlisted_envelope", "awarded_place_shared", "awarded_envelope"]),
        # Only what is left over: nobody steps back, and sixty is enough for fifty but not for a hundred and one.
        (LEFT, 50, ["awarded_envelope", "awarded_envelope", "awarded_place_left_over", "awarded_envelope"]),
        (LEFT, 101, ["awarded_envelope", "awarded_envelope", "waitlisted_place_empty", "awarded_envelope"]),
    ],
)
def test_each_policy_by_hand(policy: str, asked: int, found: list[str]) -> None:
    lines = [*LINES[:2], Line("D3", 3, asked, RIGHT, group="uno"), LINES[3]]
    decisions = decide(book(policy), lines, 200)
    assert list(told(decisions).values()) == found
    empty = {"primera": 1} if "waitlisted_place_empty" in found else {}
    assert left_empty(book(policy), lines, decisions) == empty


def test_the_place_passes_to_the_next_holder_whose_envelope_pays() -> None:
    lines = ranked((120, "uno", True), (30, "dos", True))
    assert told(decide(book(OWN), lines, 200)) == {"D1": "awarded_refill", "D2": "awarded_envelope"}
    below = ranked((60, "dos", False), (60, "dos", False), (120, "uno", True), (30, "dos", True))
    assert told(decide(book(OWN), below, 200)) == {
        "D1": "awarded_envelope",
        "D2": "awarded_refill",  # thirty of its envelope were set aside; 110 are left over
        "D3": "waitlisted_envelope",  # the place passed to D4
        "D4": "awarded_place_own",
    }


def test_a_winner_in_rank_uses_a_place_only_where_the_rules_say_so() -> None:
    lines = ranked((40, "uno", True), (60, "uno", False), (60, "uno", True))
    assert told(decide(book(OWN, uses=True), lines, 200))["D2"] == "awarded_envelope"
    found = decide(book(OWN, uses=False), lines, 200)
    assert told(found) == {"D1": "awarded_envelope", "D2": "awarded_refill", "D3": "awarded_place_own"}


def test_who_belongs_to_no_envelope_has_a_place_only_where_others_may_pay() -> None:
    lines = ranked((10, "otro", True))
    found = {policy: told(decide(book(policy), lines, 200))["D1"] for policy in (OWN, ANY, LEFT)}
    assert found == {
        OWN: "not_selected_no_envelope", ANY: "awarded_place_shared", LEFT: "awarded_place_left_over",
    }  # fmt: skip


# --- what holds for every committee ----------------------------------------------

ROWS = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["uno", "dos", "otro"]), st.booleans()), max_size=8)
RULES = {
    "policy": st.sampled_from([OWN, ANY, LEFT]),
    "uses": st.booleans(),
    "places": st.integers(1, 3),
    "skip_rule": st.sampled_from(["skip", "stop", "partial"]),
}


@given(ROWS, st.integers(0, 90), st.fixed_dictionaries(RULES))
def test_no_envelope_gives_more_than_it_holds_and_an_empty_place_is_one_nobody_could_pay(
    rows: list[tuple[int, str, bool]], half: int, rules: dict[str, Any]
) -> None:
    lines, rulebook = ranked(*rows), book(**rules)
    decisions = decide(rulebook, lines, 2 * half)
    told(decisions)
    assert sum(one.granted_cents for one in decisions) <= 2 * half
    first = {Reason.AWARDED_ENVELOPE, Reason.AWARDED_PLACE_OWN, Reason.AWARDED_PLACE_SHARED}
    paid = {name: [0, 0] for name in ("uno", "dos", "otro")}  # in rank, and for places
    for line, one in zip(lines, decisions, strict=True):
        if one.reason in first:
            paid[line.group or ""][one.reason is not Reason.AWARDED_ENVELOPE] += one.granted_cents
    assert sum(sum(each) for each in paid.values()) <= 2 * half
    places = len([one for one in decisions if one.reason in RESERVED])
    assert places <= rules["places"]
    if rules["policy"] == OWN:
        assert all(sum(paid[name]) <= half for name in ("uno", "dos"))
        if left_empty(rulebook, lines, decisions):
            waiting = {one.label for one in decisions if one.determination is not Determination.AWARDED}
            for line in lines:
                if line.label in waiting and line.entitlements:
                    size = 0 if line.group == "otro" else half
                    assert line.requested_cents > size - paid[line.group or ""][1]


@given(
    st.lists(st.tuples(st.just(10), st.sampled_from(["uno", "dos"]), st.booleans()), max_size=8),
    st.integers(0, 60),
    st.integers(1, 30),
    st.sampled_from([OWN, ANY]),
)
def test_more_money_never_empties_a_place_that_is_set_aside_where_everybody_asks_the_same(
    rows: list[tuple[int, str, bool]], half: int, more: int, policy: str
) -> None:
    lines, rulebook = ranked(*rows), book(policy, places=2)
    before, after = (left_empty(rulebook, lines, decide(rulebook, lines, 2 * each)) for each in (half, half + more))
    assert after.get("primera", 0) <= before.get("primera", 0)


# --- the same by trying everything ------------------------------------------------


def best(choices: list[Line], allowed: Any) -> list[Line]:
    """Of all sets of which every beginning is allowed, the one that has the highest."""
    for wanted in product((True, False), repeat=len(choices)):
        chosen = [line for line, taken in zip(choices, wanted, strict=True) if taken]
        if all(allowed(chosen[: number + 1]) for number in range(len(chosen))):
            return chosen
    return []


def oracle(
    lines: Sequence[Line], half: int, *, policy: str, uses: bool, places: int, skip_rule: str
) -> tuple[set[str], set[str]]:
    """Who wins in rank and who fills a place: of all choices the rules allow, the one best for who stands higher."""
    sizes = {"uno": half, "dos": half}
    cost = {line.label: line.requested_cents for line in lines}
    inside = [line for line in lines if line.group in sizes]

    def payments(chosen: Sequence[Line], spare: int) -> Mapping[str, int] | None:
        left = {"pot": spare} if policy == LEFT else dict(sizes)
        for line in chosen:
            purses: list[str | None] = [line.group, "dos", "uno"] if policy == ANY else [line.group]
            purses = ["pot"] if policy == LEFT else purses
            due = cost[line.label]
            for purse in purses:
                part = min(due, left.get(purse or "", 0))
                if part:
                    left[purse or ""] -= part
                due -= part
            if due:
                return None
        return {name: (sizes.get(name, spare)) - rest for name, rest in left.items()}

    def filled(won: Sequence[str], spare: int) -> list[Line]:
        holders = [line for line in lines if line.entitlements]

        def allowed(chosen: Sequence[Line]) -> bool:
            last = chosen[-1].position or 0
            above = [
                line for line in holders
                if (line.position or 0) < last and (line in chosen or (uses and line.label in won))
            ]  # fmt: skip
            return len(above) < places and payments(chosen, spare) is not None

        return best([line for line in holders if line.label not in won], allowed)

    def fits(won: Sequence[Line], filling_beside: Sequence[Line]) -> bool:
        aside = {} if policy == LEFT else payments(filled([line.label for line in filling_beside], 0), 0) or {}
        return all(
            sum(cost[line.label] for line in won if line.group == name) + aside.get(name, 0) <= size
            for name, size in sizes.items()
        )

    def allowed(won: Sequence[Line]) -> bool:
        line = won[-1]
        passed = [one for one in inside if one not in won and (one.position or 0) < (line.position or 0)]
        beside = [one for one in passed if one.group == line.group]
        if skip_rule != "skip" and beside:
            return False
        short = passed if policy == ANY else beside
        return fits(won, won) and (not short or fits(won, won[:-1]))

    won = best(inside, allowed)
    spare = 2 * half - sum(cost[line.label] for line in won)
    names = {line.label for line in won}
    return names, {line.label for line in filled(sorted(names), spare)}


SMALL = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(["uno", "uno", "dos", "otro"]), st.booleans()), max_size=5
)


@settings(max_examples=60)
@given(SMALL, st.integers(0, 20), st.fixed_dictionaries(RULES))
def test_it_is_what_trying_everything_finds(
    rows: list[tuple[int, str, bool]], half: int, rules: dict[str, Any]
) -> None:
    lines = ranked(*rows)
    decisions = decide(book(**rules), lines, 2 * half)
    found = (
        {one.label for one in decisions if one.reason is Reason.AWARDED_ENVELOPE},
        {one.label for one in decisions if one.reason in RESERVED},
    )
    assert found == oracle(lines, half, **rules)
