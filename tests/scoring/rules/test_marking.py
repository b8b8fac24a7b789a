"""How reviewers used the scale, told of nobody."""

from fractions import Fraction

import pytest

from scoring.rules.marking import Marking, Withheld, counted, ends_of, published
from scoring.rules.rulebook import parse
from tests.factories.rules import standard_rulebook

ENDS = ends_of(parse(standard_rulebook({"es": "Reglas"})))


def test_each_part_holds_where_it_begins_and_the_last_its_end_too() -> None:
    assert list(ENDS) == [0, 20, 40, 60, 80, 100]
    totals = [Fraction(text) for text in ("0", "19.99", "20", "59.99", "60", "80", "100")]
    assert counted(totals, ENDS) == (2, 1, 1, 1, 2)


def test_rows_stand_in_the_order_of_their_counts_and_of_no_reviewer() -> None:
    committee = {"A": (0, 0, 5, 0, 0), "B": (1, 3, 1, 0, 0), "C": (0, 0, 0, 1, 5), "D": (4, 0, 0, 0, 0)}
    five = committee | {"E": (5, 0, 0, 0, 0)}
    rows = ((5, 0, 0, 0, 0), (1, 3, 1, 0, 0), (0, 0, 5, 0, 0), (0, 0, 0, 1, 5))
    assert published(five, is_open=True) == Marking(rows, few=1)  # D gave four: they would tell who it is
    turned = dict(zip(five, reversed(five.values()), strict=True))
    assert published(turned, is_open=True) == published(five, is_open=True)
    assert published(committee, is_open=True).withheld is Withheld.FEW_REVIEWERS
    assert published(five, is_open=False) == Marking((), withheld=Withheld.RULES)


@pytest.mark.parametrize("total", ENDS)
def test_every_total_is_counted_once(total: Fraction) -> None:
    assert sum(counted([total], ENDS)) == 1
