"""The worked examples of a rulebook: the rules' own arithmetic, on every rulebook there can be."""

from fractions import Fraction

from scoring.rules.examples import worked_examples
from scoring.rules.official_score import official_score
from scoring.rules.rulebook import parse
from tests.factories.rules import standard_rulebook


def test_the_examples_are_scored_by_the_rules_themselves() -> None:
    rules = parse(standard_rulebook({"es": "Reglas"}))
    best, apart, short = worked_examples(rules)
    assert (best.score.exact, best.score.passes) == (Fraction(100), True)
    assert apart.disagreement.calls_reviewer
    assert apart.entitlements == ("barrio",)
    assert not short.score.passes
    for one in (best, apart, short):
        assert one.score == official_score(rules, one.sheets, one.entitlements)
        assert len(one.sheets) == rules.reviews_per_application


def test_where_lower_is_better_the_best_is_the_lowest() -> None:
    document = standard_rulebook({"es": "Reglas"})
    for entry in document["criteria"]:
        entry["scale"] = entry["scale"] | {"better": "lower"}
    best, _apart, short = worked_examples(parse(document))
    assert best.score.merit == 0
    assert not short.score.passes
