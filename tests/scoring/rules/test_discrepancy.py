from fractions import Fraction
from typing import Any

from scoring.rules.discrepancy import examine
from scoring.rules.rulebook import Rulebook, parse
from tests.factories.rules import standard_rulebook


def book(**rule: Any) -> Rulebook:
    document = standard_rulebook({"es": "Reglas"})
    document["discrepancy"] |= rule
    return parse(document)


def sheet(*values: int) -> dict[str, Fraction]:
    return dict(zip(("calidad", "impacto", "viabilidad", "alcance"), map(Fraction, values), strict=True))


def test_a_spread_at_the_limit_calls_a_reviewer_and_just_under_does_not() -> None:
    at = examine(book(split_verdict=False), [sheet(5, 5, 5, 5), sheet(3, 3, 4, 4), sheet(4, 4, 4, 4)])
    assert (at.spread, at.reaches_limit) == (Fraction(32), True)
    exact = examine(book(split_verdict=False, spread_limit="32"), [sheet(5, 5, 5, 5), sheet(3, 3, 4, 4)])
    assert exact.calls_reviewer
    under = examine(book(split_verdict=False, spread_limit="32.01"), [sheet(5, 5, 5, 5), sheet(3, 3, 4, 4)])
    assert not under.calls_reviewer


def test_a_split_verdict_calls_only_where_the_rule_says() -> None:
    sheets = [sheet(3, 3, 3, 3), sheet(2, 4, 4, 4)]
    assert examine(book(), sheets).split
    assert examine(book(), sheets).calls_reviewer
    assert not examine(book(split_verdict=False), sheets).calls_reviewer


def test_by_criterion_the_criteria_are_named() -> None:
    rule = book(measure="criterion", spread_limit="3", split_verdict=False)
    result = examine(rule, [sheet(5, 5, 2, 5), sheet(4, 2, 5, 5)])
    assert result.criteria == ("impacto", "viabilidad")
    assert result.spread == 3


def test_one_review_alone_never_disagrees() -> None:
    assert not examine(book(), [sheet(0, 0, 0, 0)]).calls_reviewer
