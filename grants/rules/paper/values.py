"""What a hurried hand meant by a country, a date, a gender."""

import difflib
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pycountry
from babel import Locale

from grants.rules.places import fold_place

# What neither the languages' own lists nor their near misses tell: short forms, old names, parts of a country.
ALSO = {
    "eua": "US",
    "eeuu": "US",
    "ee uu": "US",
    "eu": "US",
    "usa": "US",
    "estados unidos de america": "US",
    "estados unidos de norteamerica": "US",
    "estados unidos americanos": "US",
    "inglaterra": "GB",
    "escocia": "GB",
    "gales": "GB",
    "irlanda del norte": "GB",
    "gran bretana": "GB",
    "uk": "GB",
    "holanda": "NL",
    "corea": "KR",
    "corea del sur": "KR",
    "republica de corea": "KR",
    "checa": "CZ",
    "republica checa": "CZ",
    "rusia": "RU",
    "rp china": "CN",
    "republica popular china": "CN",
    "china popular": "CN",
    "vietnam": "VN",
    "tailandia": "TH",
    "republica federal de alemania": "DE",
    "rfa": "DE",
    "mejico": "MX",
    "estados unidos mexicanos": "MX",
    "dominicana": "DO",
    "nueva zelandia": "NZ",
    "reino unido de gran bretana e irlanda del norte": "GB",
    "republica de irlanda": "IE",
    "federacion de rusia": "RU",
    "federacion rusa": "RU",
    "emiratos arabes": "AE",
    "reino de los paises bajos": "NL",
}
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre")
MONTH_NAMES = {name: number for number, name in enumerate((*MONTHS, "noviembre", "diciembre"), start=1)} | {
    name: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"), start=1
    )
}
MONTH_NAMES |= {"november": 11, "december": 12, "setiembre": 9}
SPREADSHEET_EPOCH = date(1899, 12, 30)  # day 0 of the serial numbers of spreadsheets
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?")
SPOKEN = re.compile(r"(?:(\d{1,2})(?: de|[-/. ])? ?)?([a-z]{3,10})\.?(?: de[l]?|[-/. ])? ?(\d{4}|\d{2})")
SERIAL = re.compile(r"[1-9]\d{4}")
WOMEN = frozenset({"f", "femenino", "mujer", "female", "woman"})
MEN = frozenset({"masculino", "hombre", "h", "male", "man"})
TOTALS = re.compile(r"(?:gran )?(?:sub)?total(?:es)?(?: general(?:es)?)?(?: de [a-z ]+)?[:. \d]*")
REMARKS = re.compile(r"(?:notas?|fuentes?) ?:.*|elabor(?:o|aron|ado por)\b.*")
NEAR = 0.86
ASIDE, PARTED = re.compile(r"\(.*?\)"), re.compile(r"[,;/]")
ARTICLE, ABBREVIATED = re.compile(r"^(?:the|la|el|los) "), re.compile(r"^(?:rep|rca|r) ")


@cache
def _countries() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("es", "es_MX", "en"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and pycountry.countries.get(alpha_2=code) is not None:
                known.setdefault(fold_place(name), code)
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "official_name", ""), getattr(country, "common_name", "")):
            if name:
                known.setdefault(fold_place(name), country.alpha_2)
        known.setdefault(country.alpha_3.lower(), country.alpha_2)
    return known | ALSO


def _plain(folded: str) -> str:
    return ABBREVIATED.sub("republica ", ARTICLE.sub("", folded))


def _known(folded: str) -> str | None:
    known = _countries()
    found = known.get(folded) or known.get(_plain(folded))
    if found is None and len(folded) == 2 and pycountry.countries.get(alpha_2=folded.upper()) is not None:
        return folded.upper()
    return found


@dataclass(frozen=True, slots=True)
class Country:
    """A country somebody meant: its ISO 3166 code, and whether the spelling left room for doubt."""

    code: str
    guessed: bool = False


def read_country(text: str) -> Country | None:
    """Return the country as somebody wrote it, a near miss as a guess; None when none is meant."""
    folded = fold_place(ASIDE.sub(" ", text).replace(".", "")).strip(" ,;*")
    found = _known(folded)
    if found is not None:
        return Country(found)
    parts = [_known(part.strip()) for part in PARTED.split(folded)]
    named = {code for code in parts if code is not None}
    if len(parts) > 1:  # «Londres, Reino Unido» is one country, «España / Francia» is not
        return Country(named.pop(), guessed=None in parts) if len(named) == 1 else None
    known, plain = _countries(), _plain(folded)
    near = difflib.get_close_matches(plain, known, n=1, cutoff=NEAR) if len(plain) >= 5 else []
    return Country(known[near[0]], guessed=True) if near else None


def read_day(text: str, *, last: bool = False) -> date | None:
    """Return the day somebody wrote, day before month as Mexico does; None when no day is meant.

    A month alone is its first day, or with `last` its last. Serial numbers of spreadsheets are understood.
    """
    said = fold_place(text).strip(" .") if not ISO.fullmatch(text) else text
    if match := ISO.fullmatch(text.replace("/", "-")):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := DAY_FIRST.fullmatch(said):
        return _day(_year(match[3]), int(match[2]), int(match[1]))
    if match := SPOKEN.fullmatch(said):
        month = _month(match[2])
        if month is None:
            return None
        year = _year(match[3])
        day = int(match[1]) if match[1] else (monthrange(year, month)[1] if last else 1)
        return _day(year, month, day)
    if SERIAL.fullmatch(said):
        return SPREADSHEET_EPOCH + timedelta(days=int(said))
    return None


def _month(name: str) -> int | None:
    found = {number for known, number in MONTH_NAMES.items() if known.startswith(name)}
    return found.pop() if len(found) == 1 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1950 <= year <= 2200 else None
    except ValueError:
        return None


def read_gender(text: str) -> str | None:
    """Return the form's own word for a gender; None when it is not one of the usual ways to write it."""
    folded = fold_place(text).strip(" .")
    if folded in WOMEN:
        return "woman"
    return "man" if folded in MEN else None


def is_no_person(cells: Iterable[str], name: str) -> bool:
    """Return whether a row is a total, a note or a source below the list, not somebody.

    Whoever has a name is somebody, unless the name itself is a total or a remark.
    """
    said = fold_place(name or next((cell for cell in cells if cell), ""))
    return TOTALS.fullmatch(said) is not None or REMARKS.fullmatch(said) is not None
