import pytest

from core.money import Money
from trust.rules import amount_in_words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (25_000_00, "veinticinco mil pesos 00/100 M.N."),
        (1_00, "un peso 00/100 M.N."),
        (21_50, "veintiún pesos 50/100 M.N."),
        (31_000_01, "treinta y un mil pesos 01/100 M.N."),
        (21_000_00, "veintiún mil pesos 00/100 M.N."),
        (100_00, "cien pesos 00/100 M.N."),
        (101_00, "ciento un pesos 00/100 M.N."),
        (1_000_000_00, "un millón de pesos 00/100 M.N."),
        (2_500_716_00, "dos millones quinientos mil setecientos dieciséis pesos 00/100 M.N."),
        (99, "cero pesos 99/100 M.N."),
    ],
)
def test_pesos_in_words(cents: int, words: str) -> None:
    assert amount_in_words(Money(cents, "MXN"), "es") == words


def test_other_currencies_and_languages_have_no_words() -> None:
    assert amount_in_words(Money(100, "EUR"), "es") == ""
    assert amount_in_words(Money(100, "MXN"), "en") == ""
