"""Money as integer minor units with a currency. No floats, ever."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache, total_ordering

from core.errors import InvalidInput
from core.language import N_

# A signed 64-bit column holds more; this bound keeps sums of many such amounts inside it too.
LARGEST_CENTS = 10**15
NARROW_SPACE = "\u202f"
SYMBOLS = {"MXN": "$", "USD": "$", "EUR": "€"}


class UnknownCurrency(InvalidInput):
    """The code is not in ISO 4217, or has no minor unit."""

    sentence = N_("«%(code)s» no es una moneda de la norma ISO 4217.")


class InvalidAmount(InvalidInput):
    """The text is not an amount of this currency."""

    sentence = N_("«%(text)s» no es una cantidad válida en %(currency)s. Escribe, por ejemplo, %(example)s.")

    def __init__(self, *, text: str, currency: str) -> None:
        decimals = exponent(currency)
        example = "1,234" + (f".{'50'.ljust(decimals, '0')[:decimals]}" if decimals else "")
        super().__init__(text=text, currency=currency, example=example)


class AmountTooLarge(InvalidInput):
    """The amount is beyond what the books hold."""

    sentence = N_("La cantidad es demasiado grande para registrarse.")


class MixedCurrencies(InvalidInput):
    """Amounts of two currencies were added or compared."""

    sentence = N_("No se pueden sumar cantidades en %(left)s y en %(right)s.")


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Return how many decimals `currency` has by ISO 4217: 2 for MXN, 0 for JPY, 3 for KWD.

    Raises:
        UnknownCurrency: the code is not in the standard or has no minor unit (gold, testing codes).
    """
    from iso4217 import Currency  # local: a table of all currencies, for whoever has money

    try:
        decimals = Currency(currency).exponent
    except ValueError:
        raise UnknownCurrency(code=currency) from None
    if decimals is None:
        raise UnknownCurrency(code=currency)
    return int(decimals)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units (`amount_cents`, whatever the currency calls them) of an ISO 4217 currency."""

    amount_cents: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if type(self.amount_cents) is not int:
            raise TypeError("amount_cents is an integer of minor units")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read what a person typed: `1,234.50`, `$ 1 234.5`, `1234`. The point is decimal; commas and spaces group.

        Raises:
            InvalidAmount: it is not a number, or has more decimals than the currency.
            AmountTooLarge: it is beyond LARGEST_CENTS.
        """
        cleaned = re.sub(r"[\s\u00a0\u202f$€]", "", text.removesuffix(currency).removeprefix(currency))
        if not re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", cleaned, flags=re.ASCII):
            raise InvalidAmount(text=text[:40], currency=currency)
        return cls.from_decimal(Decimal(cleaned.replace(",", "")), currency, typed=text[:40])

    @classmethod
    def from_decimal(cls, value: Decimal, currency: str, *, typed: str | None = None) -> "Money":
        """Take an exact decimal amount in major units; refuses fractions of a minor unit instead of rounding them."""
        try:
            scaled = value.scaleb(exponent(currency))
            whole = scaled.to_integral_value()
        except InvalidOperation:
            raise AmountTooLarge() from None
        if abs(whole) > LARGEST_CENTS:
            raise AmountTooLarge()
        if scaled != whole:
            raise InvalidAmount(text=typed or str(value), currency=currency)
        return cls(int(whole), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.amount_cents).scaleb(-exponent(self.currency))

    def converted(self, rate: Fraction, currency: str) -> "Money":
        """Return this amount at `rate` (units of `currency` per unit of this currency), rounded half to even."""
        exact = Fraction(self.decimal) * rate * 10 ** exponent(currency)
        return Money(round(exact), currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Divide by integer `weights` without losing a cent: largest remainder, earlier parts first on a tie."""
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights are non-negative integers with a positive sum")
        sign = -1 if self.amount_cents < 0 else 1
        size = abs(self.amount_cents)
        parts = [size * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
        for i in by_remainder[: size - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(left=self.currency, right=other.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_cents + other.amount_cents, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_cents - other.amount_cents, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_cents, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount_cents * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount_cents < other.amount_cents

    def __bool__(self) -> bool:
        return self.amount_cents != 0

    def __str__(self) -> str:
        return f"{self.decimal:,} {self.currency}"


def currency_name(currency: str, language: str = "es") -> str:
    """Return what amounts of a currency are called in a reader's language: `pesos mexicanos`, `euros`."""
    from babel.numbers import get_currency_name  # local: only writing needs the locales

    return str(get_currency_name(currency, count=2, locale="es_MX" if language == "es" else "en"))


def format_money(money: Money) -> str:
    """Write `money` for a reader: `$25,000.00 MXN`, with a narrow no-break space before the code.

    Mexico and English readers group alike; the code always follows, because a lone `$` is ambiguous to a foreign donor.
    Written by hand: a library that reads a locale's pattern takes thirty times as long, and lists are full of amounts.
    """
    decimals = exponent(money.currency)
    sign = "\u2212" if money.amount_cents < 0 else ""
    return f"{sign}{SYMBOLS.get(money.currency, '')}{abs(money.decimal):,.{decimals}f}{NARROW_SPACE}{money.currency}"
