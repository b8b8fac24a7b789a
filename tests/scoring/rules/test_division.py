"""Envelopes by axis or region with what is left over, and the lot among those near the cut."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.division import NoLotError, decide
from scoring.rules.reasons import SENTENCES
from scoring.rules.rulebook import Rulebook, check, parse
from scoring.rules.selection import Line, Reason
from scoring.states import Determination
from tests.factories.rules import standard_rulebook


def document(
    skip_rule: str = "skip", percents: Any = (("uno", "60"), ("dos", "40")), **selection: Any
) -> dict[str, Any]:
    found = standard_rulebook({"es": "Reglas"})
    envelopes = {
        "by": "axis",
        "parts": [{"id": name, "name": {"es": name.title()}, "percent": percent} for name, percent in percents],
        "refill": [name for name, _percent in percents][::-1],
    }
    found["selection"] |= {"skip_rule": skip_rule, "envelopes": envelopes if percents else None} | selection
    return found | {"reserved": [], "ties": ["lot"]}


def book(*args: Any, **kwargs: Any) -> Rulebook:
    return parse(document(*args, **kwargs))


def line(number: int, requested: int, group: str, **more: Any) -> Line:
    return Line(f"D{number}", number, requested, group=group, **more)


def outcome(rulebook: Rulebook, lines: list[Line], budget: int) -> list[tuple[str, str, int]]:
    return [(one.label, one.reason.value, one.granted_cents) for one in decide(rulebook, lines, budget)]


QUEUE = [line(1, 40, "uno"), line(2, 30, "uno"), line(3, 30, "dos"), line(4, 20, "uno"), line(5, 30, "dos")]


def test_each_envelope_pays_its_own_in_rank_order() -> None:
    assert outcome(book(), QUEUE, 100) == [
        ("D1", "awarded_envelope", 40),
        ("D2", "waitlisted_envelope", 0),  # 20 left of 60: too little, and skipped
        ("D3", "awarded_envelope", 30),
        ("D4", "awarded_envelope", 20),
        ("D5", "waitlisted_envelope", 0),  # 10 left over in all
    ]


def test_what_is_left_over_goes_round_in_the_published_order() -> None:
    lines = [line(1, 50, "uno"), line(2, 20, "uno"), line(3, 20, "dos"), line(4, 25, "dos")]  # 30 left over
    assert outcome(book(), lines, 100)[3] == ("D4", "awarded_refill", 25)
    assert outcome(book(), lines, 100)[1] == ("D2", "waitlisted_envelope", 0)
    turned = document()
    turned["selection"]["envelopes"]["refill"] = ["uno", "dos"]
    assert outcome(parse(turned), lines, 100)[1] == ("D2", "awarded_refill", 20)
    assert outcome(parse(turned), lines, 100)[3] == ("D4", "waitlisted_envelope", 0)


def test_an_envelope_that_stops_is_gone_on_with_what_is_left_over_and_only_then_in_part() -> None:
    lines = [line(1, 50, "uno"), line(2, 40, "uno"), line(3, 5, "uno"), line(4, 10, "dos")]
    assert outcome(book("stop"), lines, 100) == [
        ("D1", "awarded_envelope", 50),
        ("D2", "awarded_refill", 40),
        ("D3", "waitlisted_envelope", 0),
        ("D4", "awarded_envelope", 10),
    ]
    assert outcome(book("partial"), lines, 90)[1] == ("D2", "awarded_partial", 30)


def test_who_belongs_to_no_envelope_never_waits_and_a_threshold_still_keeps_out() -> None:
    lines = [
        line(1, 10, "otro"),
        line(2, 200, "uno"),
        line(3, 200, "otro"),
        Line("D4", None, 10, failed_criteria=("calidad",), group="uno"),
    ]
    assert outcome(book(), lines, 100) == [
        ("D1", "not_selected_no_envelope", 0),
        ("D2", "waitlisted_envelope", 0),
        ("D3", "not_selected_no_envelope", 0),
        ("D4", "below_criteria", 0),
    ]
    assert [one.waiting_position for one in decide(book(), lines, 100)] == [None, 1, None, None]


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["uno", "dos", "otro"])), min_size=1, max_size=12),
    st.integers(0, 300),
    st.sampled_from(["skip", "stop", "partial"]),
)
def test_no_more_is_given_than_there_is_and_every_line_is_decided(
    asked: list[tuple[int, str]], budget: int, skip_rule: str
) -> None:
    lines = [line(number, amount, group) for number, (amount, group) in enumerate(asked, start=1)]
    decisions = decide(book(skip_rule), lines, budget)
    assert [one.label for one in decisions] == [one.label for one in lines]
    assert sum(one.granted_cents for one in decisions) <= budget
    for one, asking in zip(decisions, lines, strict=True):
        assert one.granted_cents in (0, asking.requested_cents) or one.reason is Reason.AWARDED_PARTIAL
        assert set(SENTENCES) >= {one.reason}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"percents": (("uno", "60"), ("dos", "30"))}, "$.selection.envelopes.parts"),
        ({"percents": (("uno", "60"), ("uno", "40"))}, "$.selection.envelopes.parts[1].id"),
    ],
)
def test_envelopes_that_contradict_are_refused(change: dict[str, Any], path: str) -> None:
    assert path in [one.path for one in check(document(**change))]


def test_the_order_of_what_is_left_over_names_each_once_and_reserved_places_name_what_pays_them() -> None:
    wrong = document()
    wrong["selection"]["envelopes"]["refill"] = ["uno"]
    assert [one.path for one in check(wrong)] == ["$.selection.envelopes.refill"]
    mixed = document() | {"reserved": standard_rulebook({"es": "R"})["reserved"]}
    assert [one.path for one in check(mixed)] == ["$.selection.envelopes.places_charged_to"]
    mixed["selection"]["envelopes"]["places_charged_to"] = "own_envelope"
    assert check(mixed) == []


# --- the lottery band ----------------------------------------------------------------------------

SCORES, LOTS = (90, 82, 81, 80, 79, 70), (5, 4, 3, 1, 2, 6)


def scored() -> list[Line]:
    marks = zip(SCORES, LOTS, strict=True)
    return [line(n, 10, "uno", score=Fraction(mark), lot=lot) for n, (mark, lot) in enumerate(marks, start=1)]


def test_near_the_cut_the_lot_decides_and_elsewhere_the_order() -> None:
    found = decide(book(percents=(), lottery_band="2"), scored(), 30)  # the cut is at 81: from 79 to 83
    assert [(one.label, one.reason.value) for one in found] == [
        ("D1", "awarded_in_rank"),
        ("D2", "waitlisted_band"),
        ("D3", "waitlisted_band"),
        ("D4", "awarded_band"),
        ("D5", "awarded_band"),
        ("D6", "waitlisted_budget"),
    ]
    assert found[3].params == {"position": 4, "band": "2", "lot": 1}
    assert [one.waiting_position for one in found] == [None, 2, 1, None, None, 3]


def test_where_money_is_enough_for_all_nothing_is_drawn() -> None:
    undrawn = [replace(one, lot=None) for one in scored()]
    assert {one.reason for one in decide(book(percents=(), lottery_band="2"), undrawn, 60)} == {Reason.AWARDED_IN_RANK}
    with pytest.raises(NoLotError) as refusal:
        decide(book(percents=(), lottery_band="2"), undrawn, 30)
    assert refusal.value.labels == ("D2", "D3", "D4", "D5")


def test_where_the_money_ended_is_named_by_merit_and_not_by_the_lot() -> None:
    """Places 2 to 5 are drawn: the fourth comes first, the fifth second. Money ends at the fifth, not at «3»."""
    lots = {2: 4, 3: 3, 4: 1, 5: 2}
    lines = [
        Line(f"D{number}", number, asked, group=None, score=Fraction(score), lot=lots.get(number, 9))
        for number, asked, score in ((1, 10, 90), (2, 10, 82), (3, 10, 81), (4, 10, 80), (5, 20, 79), (6, 10, 70))
    ]
    found = decide(book("stop", percents=(), lottery_band="2"), lines, 35)
    assert [one.determination is Determination.AWARDED for one in found] == [True, False, False, True, False, False]
    assert found[5].reason is Reason.WAITLISTED_AFTER_STOP
    assert found[5].params["stopped_at"] == 5


def test_a_band_of_nought_is_the_cut_itself() -> None:
    found = decide(book(percents=(), lottery_band="0"), scored(), 30)
    awarded = [one.label for one in found if one.determination is Determination.AWARDED]
    assert awarded == ["D1", "D2", "D3"]


def test_a_reserved_place_far_below_does_not_move_the_cut_and_is_not_the_lots() -> None:
    rules = document(percents=(), lottery_band="2")
    rules["reserved"] = [{**standard_rulebook({"es": "R"})["reserved"][0], "places": 1, "winner_uses_place": False}]
    held = frozenset({rules["reserved"][0]["id"]})
    lines = [*scored()[:5], replace(scored()[5], entitlements=held)]  # D6 has 70 points and the place
    found = {one.label: one for one in decide(parse(rules), lines, 40)}
    assert found["D6"].reason is Reason.AWARDED_RESERVED
    assert [name for name, one in found.items() if one.reason is Reason.AWARDED_BAND] == ["D4", "D5"]
    assert found["D1"].reason is Reason.AWARDED_IN_RANK
    near = [
        scored()[0],
        replace(scored()[1], entitlements=held),
        *scored()[2:],
    ]  # last of the lot's four, it holds a place
    assert {one.label: one for one in decide(parse(rules), near, 40)}["D2"].reason is Reason.AWARDED_RESERVED
