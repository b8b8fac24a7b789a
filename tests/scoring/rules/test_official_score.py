from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.official_score import official_score, round_once
from scoring.rules.rulebook import Rulebook, parse
from tests.factories.rules import standard_rulebook

STANDARD = parse(standard_rulebook({"es": "Reglas"}))


def book() -> Rulebook:
    return STANDARD


def sheet(calidad: int, impacto: int, viabilidad: int, alcance: int) -> dict[str, Fraction]:
    return {
        "calidad": Fraction(calidad),
        "impacto": Fraction(impacto),
        "viabilidad": Fraction(viabilidad),
        "alcance": Fraction(alcance),
    }


def lower_book() -> Rulebook:
    document = standard_rulebook({"es": "Reglas"})
    for criterion in document["criteria"]:
        criterion["scale"]["better"] = "lower"
    return parse(document)


def test_score_is_the_weighted_sum_of_means_with_every_term() -> None:
    score = official_score(book(), [sheet(4, 3, 5, 2), sheet(5, 4, 4, 3), sheet(4, 4, 4, 2)])
    assert [(t.criterion, t.sum, t.mean, t.contribution) for t in score.terms] == [
        ("calidad", Fraction(13), Fraction(13, 3), Fraction(26)),
        ("impacto", Fraction(11), Fraction(11, 3), Fraction(22)),
        ("viabilidad", Fraction(13), Fraction(13, 3), Fraction(65, 3)),
        ("alcance", Fraction(7), Fraction(7, 3), Fraction(7)),
    ]
    assert score.exact == Fraction(230, 3)
    assert str(score.rounded) == "76.67"
    assert score.passes


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(1, 8), 2, "0.12"),
        (Fraction(3, 8), 2, "0.38"),
        (Fraction(125001, 1000000), 2, "0.13"),
        (Fraction(5, 2), 0, "2"),
        (Fraction(0), 2, "0.00"),
        (Fraction(1, 3), 6, "0.333333"),
    ],
)
def test_rounding_is_half_even_and_exact(value: Fraction, decimals: int, expected: str) -> None:
    assert str(round_once(value, decimals)) == expected


def test_bonus_orders_and_does_not_qualify() -> None:
    scores = [sheet(3, 3, 3, 2)]
    plain = official_score(book(), scores)
    lifted = official_score(book(), scores, {"barrio", "primera_vez"})
    assert (plain.rounded, lifted.rounded) == (Decimal("57.00"), Decimal("60.00"))
    assert lifted.bonus == (("barrio", Fraction(3)),)
    assert not lifted.meets_overall


def test_a_threshold_is_met_at_the_threshold() -> None:
    assert official_score(book(), [sheet(3, 3, 3, 3)]).passes
    short = official_score(book(), [sheet(5, 5, 5, 5), sheet(0, 5, 5, 5)])
    assert short.meets_overall
    assert short.failed_criteria() == ["calidad"]
    assert not short.passes


def test_where_lower_is_better_thresholds_and_bonus_turn_round() -> None:
    score = official_score(lower_book(), [sheet(3, 3, 2, 5)], {"barrio"})
    assert score.merit == 61
    assert score.exact == 58
    assert not score.meets_overall
    assert score.failed_criteria() == []
    assert official_score(lower_book(), [sheet(4, 1, 1, 1)]).failed_criteria() == ["calidad"]


@pytest.mark.parametrize(
    "sheets",
    [
        [],
        [{"calidad": Fraction(3)}],
        [sheet(3, 3, 3, 3) | {"belleza": Fraction(5)}],
        [sheet(6, 3, 3, 3)],
        [sheet(3, 3, 3, 3) | {"alcance": Fraction("2.5")}],
    ],
)
def test_a_sheet_that_is_not_whole_and_on_scale_is_refused(sheets: list[dict[str, Fraction]]) -> None:
    with pytest.raises(ValueError):
        official_score(book(), sheets)


SHEETS = st.lists(st.builds(sheet, *(st.integers(0, 5),) * 4), min_size=1, max_size=6)


@given(SHEETS)
def test_score_stays_within_the_scale_and_ignores_the_order_of_reviewers(sheets: list[dict[str, Fraction]]) -> None:
    score = official_score(book(), sheets)
    assert 0 <= score.exact <= 100
    assert abs(Fraction(score.rounded) - score.exact) <= Fraction(1, 200)
    assert sum(term.contribution for term in score.terms) == score.exact
    assert official_score(book(), sheets[::-1]).exact == score.exact


@given(SHEETS, st.integers(0, 3))
def test_a_better_mark_never_lowers_the_score(sheets: list[dict[str, Fraction]], index: int) -> None:
    criterion = ("calidad", "impacto", "viabilidad", "alcance")[index]
    raised = [dict(one) for one in sheets]
    raised[0][criterion] = Fraction(5)
    assert official_score(book(), raised).exact >= official_score(book(), sheets).exact
