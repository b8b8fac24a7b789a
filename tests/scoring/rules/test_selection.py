from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.reasons import SENTENCES
from scoring.rules.rulebook import Rulebook, parse
from scoring.rules.selection import Line, Reason, left_empty, select
from tests.factories.rules import standard_rulebook


def book(skip_rule: str = "skip", cap: int | None = None, reserved: Any = (), waiting: int | None = None) -> Rulebook:
    document = standard_rulebook({"es": "Reglas"}, cap_per_award_cents=cap)
    document["selection"] |= {"skip_rule": skip_rule, "waiting_list": waiting}
    document["reserved"] = [
        {"id": name, "name": {"es": name}, "places": places, "winner_uses_place": uses}
        for name, places, uses in reserved
    ]
    document["ties"] = ["lot"]
    return parse(document)


def lines(*requests: int, holders: dict[int, tuple[str, ...]] | None = None) -> list[Line]:
    held = holders or {}
    return [
        Line(f"D{number}", number, request, frozenset(held.get(number, ())))
        for number, request in enumerate(requests, start=1)
    ]


def outcome(rulebook: Rulebook, ranked: list[Line], budget: int) -> list[tuple[str, str, int]]:
    return [(d.label, d.reason.value, d.granted_cents) for d in select(rulebook, ranked, budget)]


def test_skip_passes_over_what_does_not_fit_and_goes_on() -> None:
    assert outcome(book("skip"), lines(60, 50, 40), 100) == [
        ("D1", "awarded_in_rank", 60),
        ("D2", "waitlisted_budget", 0),
        ("D3", "awarded_in_rank", 40),
    ]


def test_stop_ends_at_the_first_that_does_not_fit() -> None:
    assert outcome(book("stop"), lines(60, 50, 40), 100) == [
        ("D1", "awarded_in_rank", 60),
        ("D2", "waitlisted_budget", 0),
        ("D3", "waitlisted_after_stop", 0),
    ]


def test_partial_offers_what_is_left_and_ends() -> None:
    assert outcome(book("partial"), lines(60, 50, 40), 100) == [
        ("D1", "awarded_in_rank", 60),
        ("D2", "awarded_partial", 40),
        ("D3", "waitlisted_after_stop", 0),
    ]


def test_partial_with_nothing_left_offers_nothing() -> None:
    assert outcome(book("partial"), lines(100, 50), 100)[1] == ("D2", "waitlisted_budget", 0)


def test_a_budget_met_to_the_cent_pays_and_one_cent_less_does_not() -> None:
    assert outcome(book("stop"), lines(60, 40), 100)[1][1] == "awarded_in_rank"
    assert outcome(book("stop"), lines(60, 40), 99)[1][1] == "waitlisted_budget"


def test_the_cap_limits_each_award() -> None:
    assert outcome(book(cap=50), lines(80, 50), 100) == [("D1", "awarded_in_rank", 50), ("D2", "awarded_in_rank", 50)]


def test_reserved_money_is_set_aside_and_an_open_winner_fills_a_place_where_the_rule_says_so() -> None:
    counted = book(reserved=[("first", 1, True)])
    top = lines(50, 50, 50, holders={1: ("first",), 3: ("first",)})
    assert outcome(counted, top, 100) == [
        ("D1", "awarded_in_rank", 50),
        ("D2", "awarded_in_rank", 50),
        ("D3", "waitlisted_budget", 0),
    ]
    on_top = book(reserved=[("first", 1, False)])
    assert outcome(on_top, top, 100) == [
        ("D1", "awarded_in_rank", 50),
        ("D2", "waitlisted_budget", 0),
        ("D3", "awarded_reserved", 50),
    ]


def test_a_holder_below_the_cut_takes_the_reserved_place() -> None:
    rules = book("stop", reserved=[("first", 1, True)])
    assert outcome(rules, lines(50, 50, 50, holders={3: ("first",)}), 100) == [
        ("D1", "awarded_in_rank", 50),
        ("D2", "waitlisted_budget", 0),
        ("D3", "awarded_reserved", 50),
    ]


def test_an_award_fills_one_place_only() -> None:
    rules = book(reserved=[("first", 1, True), ("barrio_sur", 1, True)])
    both = lines(50, 50, 50, holders={1: ("first", "barrio_sur"), 3: ("barrio_sur",)})
    assert [row[1] for row in outcome(rules, both, 100)] == ["awarded_in_rank", "waitlisted_budget", "awarded_reserved"]


def test_small_money_left_for_a_holder_below_takes_no_place_from_one_above() -> None:
    rules = book("skip", reserved=[("first", 1, True)])
    ranked = lines(100, 100, 10, holders={2: ("first",), 3: ("first",)})
    assert outcome(rules, ranked, 110) == [
        ("D1", "waitlisted_budget", 0),
        ("D2", "awarded_reserved", 100),  # 100 were set aside for it; D3 wins with the ten that were not
        ("D3", "awarded_in_rank", 10),
    ]
    assert left_empty(rules, ranked, select(rules, ranked, 110)) == {}
    assert left_empty(rules, ranked, select(rules, ranked, 9)) == {"first": 1}


def test_the_waiting_list_counts_and_ends_where_the_rules_say() -> None:
    decisions = select(book("stop", waiting=1), lines(100, 10, 10), 100)
    assert [(d.reason, d.waiting_position) for d in decisions] == [
        (Reason.AWARDED_IN_RANK, None),
        (Reason.WAITLISTED_BUDGET, 1),
        (Reason.NOT_SELECTED_LIST_FULL, None),
    ]


def test_below_a_threshold_nothing_is_granted_whatever_is_left() -> None:
    below = [Line("D1", None, 10, failed_criteria=("calidad", "impacto")), Line("D2", None, 10)]
    decisions = select(book(), below, 1000)
    assert [(d.reason, d.granted_cents) for d in decisions] == [(Reason.BELOW_CRITERIA, 0), (Reason.BELOW_OVERALL, 0)]
    assert decisions[0].params == {"criteria": "calidad, impacto"}


@pytest.mark.parametrize(
    ("ranked", "budget"),
    [
        (lines(10), -1),
        ([Line("D1", 1, 10), Line("D1", 2, 10)], 10),
        ([Line("D1", 2, 10), Line("D2", 1, 10)], 10),
        ([Line("D1", 1, 10), Line("D2", 1, 10)], 10),
        ([Line("D1", None, 10), Line("D2", 1, 10)], 10),
    ],
)
def test_lines_that_are_not_a_ranking_are_refused(ranked: list[Line], budget: int) -> None:
    with pytest.raises(ValueError):
        select(book(), ranked, budget)


REQUESTS = st.lists(st.tuples(st.integers(1, 100), st.sets(st.sampled_from(["first", "barrio_sur"]))), max_size=10)


@given(
    REQUESTS,
    st.integers(0, 400),
    st.sampled_from(["stop", "skip", "partial"]),
    st.one_of(st.none(), st.integers(1, 60)),
    st.booleans(),
)
def test_selection_never_exceeds_the_budget_the_cap_or_the_request(
    requests: list[tuple[int, set[str]]], budget: int, skip_rule: str, cap: int | None, uses: bool
) -> None:
    ranked = [Line(f"D{n}", n, money, frozenset(held)) for n, (money, held) in enumerate(requests, start=1)]
    rules = book(skip_rule, cap, [("first", 2, uses), ("barrio_sur", 1, not uses)])
    decisions = select(rules, ranked, budget)
    assert [d.label for d in decisions] == [line.label for line in ranked]
    assert sum(d.granted_cents for d in decisions) <= budget
    for line, decision in zip(ranked, decisions, strict=True):
        assert 0 <= decision.granted_cents <= min(line.requested_cents, cap or line.requested_cents)
        assert (decision.granted_cents > 0) == (decision.determination == "awarded")
        SENTENCES[decision.reason] % decision.params


@given(REQUESTS, st.integers(0, 400))
def test_without_reserved_places_stop_awards_a_head_of_the_ranking(
    requests: list[tuple[int, set[str]]], budget: int
) -> None:
    ranked = lines(*(money for money, _held in requests))
    awarded = [d.determination == "awarded" for d in select(book("stop"), ranked, budget)]
    assert awarded == sorted(awarded, reverse=True)
