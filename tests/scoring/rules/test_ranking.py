from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.official_score import official_score
from scoring.rules.ranking import Candidate, Place, rank
from scoring.rules.rulebook import Rulebook, parse
from tests.factories.rules import standard_rulebook

CRITERIA = ("calidad", "impacto", "viabilidad", "alcance")


STANDARD = parse(standard_rulebook({"es": "Reglas"}))


def book(**changes: Any) -> Rulebook:
    return parse(standard_rulebook({"es": "Reglas"}) | changes) if changes else STANDARD


def candidate(
    label: str, *values: int, entitlements: tuple[str, ...] = (), requested: int = 100, rulebook: Rulebook | None = None
) -> Candidate:
    sheet = dict(zip(CRITERIA, map(Fraction, values), strict=True))
    held = frozenset(entitlements)
    return Candidate(label, official_score(rulebook or book(), [sheet], held), held, requested)


def table(places: list[Place]) -> list[tuple[str, int | None]]:
    return [(place.candidate.label, place.position) for place in places]


def steps(place: Place) -> list[tuple[str, str]]:
    return [(step.rule, step.value) for step in place.trace]


def test_order_is_by_score_and_those_below_a_threshold_have_no_position() -> None:
    places = rank(book(), [candidate("C", 2, 5, 5, 5), candidate("B", 4, 4, 4, 4), candidate("A", 3, 3, 4, 4)])
    assert table(places) == [("B", 1), ("A", 2), ("C", None)]
    assert steps(places[0]) == [("score", "80.00")]


def test_a_tie_is_broken_by_the_first_rule_that_separates_and_the_trace_says_so() -> None:
    # 6·5 + 6·3 = 6·4 + 6·4: the same score, more benefit to the city first.
    places = rank(book(), [candidate("A", 5, 3, 3, 3), candidate("B", 4, 4, 3, 3)])
    assert table(places) == [("B", 1), ("A", 2)]
    assert steps(places[0]) == [("score", "72.00"), ("criterion:impacto", "4")]


def test_an_entitlement_breaks_a_tie_before_the_lot() -> None:
    places = rank(book(), [candidate("A", 4, 4, 4, 4), candidate("B", 4, 4, 4, 4, entitlements=("primera_vez",))])
    assert table(places) == [("B", 1), ("A", 2)]
    assert steps(places[1])[-1] == ("reserved:primera_vez", "no")


def test_only_the_tied_wait_for_the_lot_and_share_their_first_position() -> None:
    places = rank(book(), [candidate(label, 4, 4, 4, 4) for label in "AB"] + [candidate("C", 3, 4, 4, 4)])
    assert table(places) == [("A", 1), ("B", 1), ("C", 3)]
    assert [place.awaits_lot for place in places] == [True, True, False]


def test_the_lot_orders_the_tied_and_nobody_else() -> None:
    lot = {"C": 1, "B": 2, "A": 3}
    pool = [candidate(label, 4, 4, 4, 4) for label in "AB"] + [candidate("C", 3, 4, 4, 4)]
    places = rank(book(), pool, lot)
    assert table(places) == [("B", 1), ("A", 2), ("C", 3)]
    assert steps(places[0])[-1] == ("lot", "2")
    assert steps(places[2]) == [("score", "74.00")]


def test_a_lower_request_wins_where_the_rules_say_so() -> None:
    rules = book(ties=["lower_request", "lot"])
    places = rank(rules, [candidate("A", 4, 4, 4, 4, requested=200), candidate("B", 4, 4, 4, 4, requested=100)])
    assert table(places) == [("B", 1), ("A", 2)]


def test_where_lower_is_better_the_order_turns_round() -> None:
    document = standard_rulebook({"es": "Reglas"})
    for criterion in document["criteria"]:
        criterion["scale"]["better"] = "lower"
    rules = parse(document)
    pool = [candidate("A", 2, 2, 2, 2, rulebook=rules), candidate("B", 1, 1, 1, 1, rulebook=rules)]
    assert table(rank(rules, pool)) == [("B", 1), ("A", 2)]


def test_nobody_gives_an_empty_order() -> None:
    assert rank(book(), []) == []


VALUES = st.lists(st.tuples(*(st.integers(0, 5),) * 4), max_size=8)


@given(VALUES, st.randoms())
def test_the_order_depends_on_nothing_but_the_facts(values: list[tuple[int, ...]], random: Any) -> None:
    pool = [candidate(f"D{number}", *marks) for number, marks in enumerate(values)]
    lot = {one.label: place for place, one in enumerate(pool, start=1)}
    places = rank(book(), pool, lot)
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert table(rank(book(), shuffled, lot)) == table(places)
    ranked = [place for place in places if place.position is not None]
    assert [place.position for place in ranked] == list(range(1, len(ranked) + 1))
    scores = [place.candidate.score.rounded for place in ranked]
    assert scores == sorted(scores, reverse=True)
