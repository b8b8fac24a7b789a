"""How a committee's reviews are going, by hand."""

from fractions import Fraction

import pytest

from scoring.rules.course import Sheets, course
from scoring.rules.rulebook import parse
from scoring.rules.severity import Severity, Unfit
from tests.factories.rules import standard_rulebook
from tests.factories.scoring import CRITERIA

RULES = parse(standard_rulebook({"es": "Reglas"}))


def sheets(**dossiers: dict[str, int]) -> Sheets:
    return {
        code: {letter: {name: Fraction(mark) for name in CRITERIA} for letter, mark in readers.items()}
        for code, readers in dossiers.items()
    }


def test_who_differs_and_by_how_much() -> None:
    found = course(RULES, sheets(X={"A": 5, "B": 4, "C": 4}, Y={"A": 4, "B": 3}, Z={"C": 5}))
    assert [(code, float(one.spread)) for code, one in found.disagreements] == [("X", 20.0), ("Y", 20.0)]
    assert [(one.letter, one.shared, one.difference) for one in found.leanings] == [
        ("A", 2, 20.0),
        ("B", 2, pytest.approx(-15.0)),
        ("C", 1, pytest.approx(-10.0)),
    ]
    assert found.model is Unfit.TOO_FEW
    assert all(one.severity is None for one in found.leanings)


def test_a_severe_reviewer_is_told_by_the_model_too() -> None:
    marks = {f"D{n}": {"A": 3 + n % 3, "B": 3 + (n + n // 4) % 3, "C": 1 + n % 3} for n in range(12)}
    found = course(RULES, sheets(**marks))
    assert isinstance(found.model, Severity)
    by_letter = {one.letter: one for one in found.leanings}
    assert by_letter["C"].severity is not None
    assert by_letter["C"].severity < -15
    assert by_letter["C"].difference < -20


def test_without_reviews_there_is_nothing_to_say() -> None:
    found = course(RULES, {})
    assert (found.disagreements, found.leanings, found.alpha, found.single) == ((), (), None, None)
