"""Published exchange rates: the European Central Bank's reference rates, out of the table bundled with
`currencyconverter`. Nothing is interpolated and nothing is fetched."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from currency_converter import CurrencyConverter, RateNotFoundError

from core.errors import MissingRate
from core.language import N_
from core.money import exponent
from trust.rules import Rate

# Stored in Spanish with each posting; whoever shows it translates it.
SOURCE = N_("Banco Central Europeo, tipos de referencia (eurofxref)")
OLDEST_DAYS = 10  # weekends and holidays; an older rate is no rate for the day
SIGNIFICANT_DIGITS = 10


@lru_cache(maxsize=1)
def _table() -> Any:
    return CurrencyConverter(decimal=True)


def _per_euro(currency: str, day: date) -> Decimal | None:
    if currency == "EUR":
        return Decimal(1)
    try:
        return Decimal(_table().convert(Decimal(1), "EUR", currency, date=day))
    except (RateNotFoundError, ValueError):  # not quoted that day, or never
        return None


def _published_day(day: date) -> bool:
    return _per_euro("USD", day) is not None  # quoted on every day the bank published anything


def latest_rate_date(currency: str) -> date | None:
    """Return the last day the table quotes `currency`, or None if it never does."""
    bounds = _table().bounds.get(currency)
    return bounds.last_date if bounds else None


def exchange_rate(base: str, quote: str, on: date) -> Rate:
    """Return units of `quote` for one `base`: of that day, or of the last day published before it.

    A rate between two currencies goes through the euro and keeps ten significant digits.

    Raises:
        MissingRate: neither day nor the ten before it were published with both currencies.
        UnknownCurrency: a code is not in ISO 4217.
    """
    exponent(base)
    exponent(quote)
    for days in range(OLDEST_DAYS + 1):
        day = on - timedelta(days=days)
        if not _published_day(day):
            continue
        from_base, to_quote = _per_euro(base, day), _per_euro(quote, day)
        if from_base is None or to_quote is None:
            break
        return Rate(base, quote, _digits(Fraction(to_quote) / Fraction(from_base)), day, SOURCE)
    raise MissingRate(base=base, quote=quote, date=on.isoformat())


def _digits(value: Fraction) -> str:
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):.{SIGNIFICANT_DIGITS}g}"
    return format(Decimal(text), "f")
