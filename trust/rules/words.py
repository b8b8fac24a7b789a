"""Amounts in words, as receipts in Mexico print them: "veinticinco mil pesos 00/100 M.N."."""

from core.money import Money

_UNITS = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_TENS = ["_", "_", "_", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_HUNDREDS = [
    "_",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]
_SCALES = ((10**12, "billón", "billones"), (10**6, "millón", "millones"))


def _under_thousand(number: int) -> str:
    if number == 100:
        return "cien"
    words = []
    if number >= 100:
        words.append(_HUNDREDS[number // 100])
        number %= 100
    if number and number < 30:
        words.append(_UNITS[number])
    elif number:
        unit = f" y {_UNITS[number % 10]}" if number % 10 else ""
        words.append(_TENS[number // 10] + unit)
    return " ".join(words)


def _under_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    words = []
    if thousands:
        words.append("mil" if thousands == 1 else f"{_short(_under_thousand(thousands))} mil")
    if rest:
        words.append(_under_thousand(rest))
    return " ".join(words)


def _short(words: str) -> str:
    """Drop the ending before a noun: "veintiún mil", "treinta y un millones"."""
    if words.endswith("veintiuno"):
        return words.removesuffix("veintiuno") + "veintiún"
    return words.removesuffix("o") if words == "uno" or words.endswith(" uno") else words


def number_in_words(number: int) -> str:
    """Return a whole number from zero to under a thousand billion (10¹⁵ − 1) in Spanish words."""
    if number == 0:
        return _UNITS[0]
    words = []
    for size, one, many in _SCALES:
        count, number = divmod(number, size)
        if count:
            words.append(f"un {one}" if count == 1 else f"{_short(_under_million(count))} {many}")
    if number:
        words.append(_under_million(number))
    return " ".join(words)


def amount_in_words(money: Money, language: str) -> str:
    """Return pesos in words for a Spanish receipt; an empty string for other currencies and languages."""
    if money.currency != "MXN" or language != "es" or money.amount_cents < 0:
        return ""
    pesos, cents = divmod(money.amount_cents, 100)
    words = _short(number_in_words(pesos))
    linked = f"{words} de" if words.endswith(("illón", "illones")) else words
    return f"{linked} {'peso' if pesos == 1 else 'pesos'} {cents:02d}/100 M.N."
