"""Drawing on funds in order and spreading a payment: no cent made, none lost, nobody overdrawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from treasury.rules import Draw, Source, draw_in_order, spread


def mxn(cents: int) -> Money:
    return Money(cents, "MXN")


def test_draw_takes_from_the_first_fund_that_may_pay() -> None:
    sources = [Source(1, mxn(500), allowed=False), Source(2, mxn(300), allowed=True), Source(3, mxn(900), allowed=True)]
    assert draw_in_order(sources, mxn(1000)) == ([Draw(2, mxn(300)), Draw(3, mxn(700))], mxn(0))


def test_draw_says_what_is_missing() -> None:
    assert draw_in_order([Source(1, mxn(400), allowed=True)], mxn(1000)) == ([Draw(1, mxn(400))], mxn(600))


@given(st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), max_size=6), st.integers(0, 10**10))
def test_draws_and_the_missing_part_are_the_whole(funds: list[tuple[int, bool]], wanted: int) -> None:
    sources = [Source(number, mxn(cents), allowed) for number, (cents, allowed) in enumerate(funds)]
    draws, missing = draw_in_order(sources, mxn(wanted))
    assert sum(draw.money.amount_cents for draw in draws) + missing.amount_cents == wanted
    for draw in draws:
        assert 0 < draw.money.amount_cents <= sources[draw.fund_id].remaining.amount_cents
        assert sources[draw.fund_id].allowed


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=6), st.data())
def test_a_payment_is_spread_without_paying_a_fund_too_much(owed: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(owed)))
    parts = spread(mxn(amount), [mxn(cents) for cents in owed])
    assert sum(part.amount_cents for part in parts) == amount
    assert all(0 <= part.amount_cents <= limit for part, limit in zip(parts, owed, strict=True))


def test_a_payment_above_what_is_owed_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="exceed"):
        spread(mxn(2), [mxn(1)])
