"""What a hurried hand meant by a country."""

import difflib
import re
from dataclasses import dataclass
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
    "r p china": "CN",
    "rep popular china": "CN",
    "republica popular china": "CN",
    "china popular": "CN",
    "vietnam": "VN",
    "tailandia": "TH",
    "republica federal de alemania": "DE",
    "republica federal alemana": "DE",
    "rfa": "DE",
    "mejico": "MX",
    "estados unidos mexicanos": "MX",
    "dominicana": "DO",
    "nueva zelandia": "NZ",
    "reino unido de gran bretana e irlanda del norte": "GB",
    "reino unido de la gran bretana e irlanda del norte": "GB",
    "republica de irlanda": "IE",
    "federacion de rusia": "RU",
    "federacion rusa": "RU",
    "emiratos arabes": "AE",
    "reino de los paises bajos": "NL",
    "eeuua": "US",
    "estados unidos de norte america": "US",
    "norteamerica": "US",
    "pais de gales": "GB",
    "republica eslovaca": "SK",
    "estado plurinacional de bolivia": "BO",
    "republica bolivariana de venezuela": "VE",
    "republica oriental del uruguay": "UY",
}
DOUBTFUL = {"ru": "GB"}  # Spanish offices mean «Reino Unido», the standard Russia
OWN = ("cdmx", "df", "distrito federal", "edomex", "edo mex", "edo de mexico", "estado de mexico")  # parts of Mexico
OF_ANOTHER = {"HK": "CN", "MO": "CN", "TW": "CN", "PR": "US"}  # told with the country they belong, or are said, to
NEAR = 0.86
ASIDE, PARTED = re.compile(r"\(.*?\)"), re.compile(r"[,;/|]")
LOOSELY_PARTED = re.compile(r"[,;/|]|[-–—]| y | e | and ")
FOOTNOTE = re.compile(r"\s*(?:[*¹²³]+|\d+/?)$")
STYLE = re.compile(r"^(?:reino|republica|principado|gran ducado) del? (?:la |los )?")
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
    found = known.get(folded) or known.get(_plain(folded)) or known.get(STYLE.sub("", _plain(folded)))
    if found is None and len(folded) == 2 and pycountry.countries.get(alpha_2=folded.upper()) is not None:
        return folded.upper()
    return found


@dataclass(frozen=True, slots=True)
class Country:
    """A country somebody meant: its ISO 3166 code, and whether the spelling left room for doubt."""

    code: str
    guessed: bool = False


def read_country(text: str) -> Country | None:
    """Return the country as somebody wrote it, a near miss as a guess; None when none is meant, or several are."""
    bare = FOOTNOTE.sub("", ASIDE.sub(" ", text)).strip()
    spellings = _spellings(bare)
    if (doubtful := DOUBTFUL.get(spellings[0])) is not None:
        return Country(doubtful, guessed=True)
    found = next(filter(None, map(_known, spellings)), None)
    if found is not None:
        return Country(found)
    named = _named(bare)
    if named:  # «Londres, Reino Unido» is one country, «España / Francia» is not
        code = _one_of({code for code in named if code is not None})
        return Country(code, guessed=None in named) if code is not None else None
    if any(spelling in _parts_of_mexico() for spelling in spellings):
        return Country("MX", guessed=True)
    near = {code for part in (bare, *PARTED.split(bare)) if (code := _near(_plain(_spellings(part)[0]))) is not None}
    return Country(near.pop(), guessed=True) if len(near) == 1 else None


def names_several_countries(text: str) -> bool:
    """Return whether somebody wrote more than one country."""
    named = {code for code in _named(ASIDE.sub(" ", text)) if code is not None}
    return len(named) > 1 and _one_of(named) is None


def _spellings(text: str) -> list[str]:
    """Return a name folded as abbreviations may be meant: «E.U.A.» as one word, «Rep.Checa» as two."""
    folded = [fold_place(text.replace(".", instead)).strip(" ,;:*'\"") for instead in ("", " ")]
    return [*folded, *("".join(one.split()) for one in folded if all(len(letter) == 1 for letter in one.split()))]


def _named(bare: str) -> list[str | None]:
    """Return the country of each part of a text, None for a part that is none; nothing where no part is one."""
    for parter in (PARTED, LOOSELY_PARTED):
        parts = [part for part in parter.split(bare) if part.strip()]
        codes = [next(filter(None, map(_known, _spellings(part))), None) for part in parts]
        if len(parts) > 1 and any(codes):
            return codes
    return []


def _one_of(codes: set[str]) -> str | None:
    """Return the one country that is meant, also where another is named that it belongs to."""
    owners = {OF_ANOTHER[code] for code in codes if OF_ANOTHER.get(code) in codes}
    left = codes - owners
    return left.pop() if len(left) == 1 else None


def _near(plain: str) -> str | None:
    known = _countries()
    near = difflib.get_close_matches(plain, known, n=1, cutoff=NEAR) if len(plain) >= 5 else []
    return known[near[0]] if near else None


@cache
def _parts_of_mexico() -> frozenset[str]:
    states = (one.name for one in pycountry.subdivisions if one.country_code == "MX")
    return frozenset(OWN).union(map(fold_place, states))


def is_place(folded: str) -> bool:
    """Return whether a folded text is a country or a part of Mexico, and so no name of a person."""
    return folded in _parts_of_mexico() or folded in _countries()
