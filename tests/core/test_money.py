"""Money: exact, parsed as people type it, shown as people read it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import AmountTooLarge, InvalidAmount, MixedCurrencies, Money, UnknownCurrency, exponent, format_money


@pytest.mark.parametrize(("currency", "decimals"), [("MXN", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_exponent_follows_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("code", ["", "mxn", "XXX", "pesos", "MXNN"])
def test_exponent_refuses_what_is_not_a_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("1,234.50", 123450), ("1234.5", 123450), ("$ 1 234", 123400), ("0.01", 1), ("25,000 MXN", 2500000), ("-3", -300)],
)
def test_parse_reads_what_people_type(text: str, cents: int) -> None:
    assert Money.parse(text, "MXN") == Money(cents, "MXN")


@pytest.mark.parametrize(("currency", "example"), [("MXN", "1,234.50"), ("JPY", "1,234"), ("KWD", "1,234.500")])
def test_what_is_no_amount_is_told_one_of_its_currency(currency: str, example: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        Money.parse("mucho", currency)
    assert refused.value.parameters["example"] == example
    assert Money.parse(example, currency).amount_cents > 0


@pytest.mark.parametrize("text", ["", "uno", "1,23", "1.234,50", "1.005", "1e9", "١٢", "--1", "1.2.3", "NaN"])
def test_parse_refuses_what_is_not_an_amount(text: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse(text, "MXN")


def test_parse_refuses_what_no_column_holds() -> None:
    with pytest.raises(AmountTooLarge):
        Money.parse("9" * 30, "MXN")


def test_adding_two_currencies_is_refused() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "MXN") + Money(1, "EUR")


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=9).filter(sum))
def test_split_loses_no_cent_and_follows_the_weights(cents: int, weights: list[int]) -> None:
    parts = Money(cents, "MXN").split(weights)
    assert sum(part.amount_cents for part in parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount_cents - Fraction(cents * weight, sum(weights))) < 1


def test_conversion_rounds_once_half_to_even() -> None:
    assert Money(1, "EUR").converted(Fraction(5, 2), "MXN") == Money(2, "MXN")
    assert Money(3, "EUR").converted(Fraction(5, 2), "MXN") == Money(8, "MXN")
    assert Money(100, "JPY").converted(Fraction(1, 10), "MXN") == Money(1000, "MXN")


def test_format_names_the_currency_and_keeps_every_decimal() -> None:
    assert format_money(Money(2500000, "MXN")) == "$25,000.00\u202fMXN"
    assert format_money(Money(-5, "EUR")) == "\u2212€0.05\u202fEUR"
    assert format_money(Money(1234, "JPY")) == "1,234\u202fJPY"


def test_decimal_is_exact() -> None:
    assert Money(10**15, "KWD").decimal == Decimal("1000000000000.000")
