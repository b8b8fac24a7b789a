"""What a hurried hand meant by a day, a name, an amount, and by a row that is nobody."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from grants.rules.paper.countries import is_place
from grants.rules.places import fold_place

MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre")
MONTH_NAMES = {name: number for number, name in enumerate((*MONTHS, "noviembre", "diciembre"), start=1)} | {
    name: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"), start=1
    )
}
MONTH_NAMES |= {"november": 11, "december": 12, "setiembre": 9, "mzo": 3, "agto": 8}
SPREADSHEET_EPOCH = date(1899, 12, 30)  # day 0 of the serial numbers of spreadsheets
COMPACT = re.compile(r"\d{8}")
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?")
SPOKEN = re.compile(r"(?:(\d{1,2})(?: de|[-/. ])? ?)?([a-z]{3,10})\.?(?: de[l]?|[-/. ])? ?(\d{4}|\d{2})")
MONTH_FIRST = re.compile(r"([a-z]{3,10})\.? (\d{1,2}) (\d{4})")
SERIAL = re.compile(r"([1-7]\d{4})(?:\.\d+)?")  # from 1950 to 2119
WEEKDAY = re.compile(r"^(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b[ ,]*")
HOURS = re.compile(r"[ t,]+\d{1,2}:\d{2}.*$")
ORDINAL = re.compile(r"(?<=\d) ?(?:ro|ero|er|o|°)\.?(?= )")
OLD = 70  # two digits from here on are a year of the last century
WOMEN = frozenset({"f", "femenino", "mujer", "female", "woman"})
MEN = frozenset({"masculino", "hombre", "h", "male", "man"})
TOTALS = re.compile(r"(?:gran )?(?:sub ?)?total(?:es)?\b.*|sumas?(?: total(?:es)?)?[:. \d]*")
REMARKS = re.compile(r"(?:notas?|fuentes?) ?:.*|(?:elabor|revis|autoriz)(?:o|aron|ado por)\b.*")
# What stands alone in its row and is nobody: the group that follows, a page's title, a note.
ALONE = re.compile(
    r"(?:estado|entidad|municipio|campus|plantel|modalidad|cifras|corte|informacion|datos|los datos|las cifras|padron|"
    r"relacion|listado|hoja|pagina|periodo|ejercicio|trimestre|observaciones|con fundamento|este programa)\b.*|"
    r"[*(].*|.*[\d:].*"
)
LONGEST_NAME = 8  # words
LEGAL_FORMS = frozenset({"ac", "sc", "sa", "sacv", "sadecv", "scderl", "srl", "sderldecv", "iap", "sl", "slu", "jr"})
NUMBERED = re.compile(r"^\(?\d{1,5} ?[.)°º–-]+ ?[–-]* *|[ *]+$")
CURP_FORM = re.compile(r"[A-Z]{4}\d{6}[A-Z]{6}[A-Z0-9]\d")
FOREIGN = re.compile(r"€|£|(?i:eur|usd|us\$|dls|dol|libras)")
PESOS = re.compile(r"(?i)\(.*\)|m\. ?n\.?|\bmn\b|mx[np]|pesos|[\s$]")
CENTS = re.compile(r"[.,](\d\d?)$")
AMOUNT = re.compile(
    r"-?(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?|\d{1,3}(?:\.\d{3}){1,4}(?:,\d{1,2})?|\d{1,13}(?:[.,]\d{1,2})?)",
    re.ASCII,
)
EMAIL = re.compile(r"[^\s;,<>()\"']+@[^\s;,<>()\"']+")


def read_day(text: str, *, last: bool = False) -> date | None:
    """Return the day somebody wrote, day before month as Mexico does; None when no day is meant.

    A month alone is its first day, or with `last` its last. Serial numbers of spreadsheets are understood.
    """
    if match := ISO.fullmatch(text.replace("/", "-")):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    said = HOURS.sub("", re.sub(r" ?([-/.]) ?", r"\1", WEEKDAY.sub("", fold_place(text)))).strip(" .")
    if match := DAY_FIRST.fullmatch(said):
        return _day(_year(match[3]), int(match[2]), int(match[1]))
    if match := SERIAL.fullmatch(said):
        return SPREADSHEET_EPOCH + timedelta(days=int(match[1]))
    if COMPACT.fullmatch(said):
        year_first = _day(int(said[:4]), int(said[4:6]), int(said[6:]))
        return year_first or _day(int(said[4:]), int(said[2:4]), int(said[:2]))
    return _spoken_day(said, last=last)


def _spoken_day(said: str, *, last: bool) -> date | None:
    said = ORDINAL.sub("", said).replace(",", " ").replace(" del ano ", " de ").replace(" de ano ", " de ")
    said = " ".join(said.split())
    if match := MONTH_FIRST.fullmatch(said):
        month = _month(match[1])
        return _day(int(match[3]), month, int(match[2])) if month is not None else None
    if match := SPOKEN.fullmatch(said):
        month = _month(match[2])
        if month is None:
            return None
        year = _year(match[3])
        day = int(match[1]) if match[1] else (monthrange(year, month)[1] if last else 1)
        return _day(year, month, day)
    return None


def _month(name: str) -> int | None:
    found = {number for known, number in MONTH_NAMES.items() if known.startswith(name)}
    return found.pop() if len(found) == 1 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (1900 if int(text) >= OLD else 2000)


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


def gender_words(column: Iterable[str]) -> Mapping[str, str]:
    """Return what an M means in a column, by the letter it stands beside: «H/M» and «F/M» are not the same M."""
    letters = {fold_place(text).strip(" .") for text in column}
    if "m" not in letters or ("h" in letters) == ("f" in letters):
        return {}
    return {"m": "woman" if "h" in letters else "man"}


def read_curp(text: str) -> str:
    """Return a CURP without its spaces; empty when it is none."""
    found = re.sub(r"[\s.-]", "", text).upper()
    return found if CURP_FORM.fullmatch(found) else ""


def read_person(text: str) -> str:
    """Return a name as it is said: «12. Paz López, Ana» is «Ana Paz López», but «Danza Sur, A.C.» stays."""
    name = NUMBERED.sub("", text).strip(" ,;")
    before, comma, after = (part.strip() for part in name.partition(","))
    form = "".join(letter for letter in fold_place(after) if letter.isalpha())
    if not comma or not before or not after or "," in after or form in LEGAL_FORMS:
        return name
    return f"{after} {before}"


def read_email(text: str) -> str:
    """Return the first address of what somebody wrote; the text itself where none is in it."""
    found = EMAIL.search(re.sub(r"\s*@\s*", "@", text.removeprefix("mailto:")))
    return found[0].rstrip(".") if found else text


def read_cents(text: str) -> int | None:
    """Return an amount in pesos as offices write it, in centavos; None when it is none, or other money.

    Two digits after the last sign are centavos, three are thousands: «12.500» is not twelve and a half.
    """
    number = PESOS.sub("", text)
    if FOREIGN.search(text) or not AMOUNT.fullmatch(number):
        return None
    cents = CENTS.search(number)
    whole = number[: cents.start()] if cents else number
    sign = -1 if number[0] == "-" else 1
    return sign * (int(re.sub(r"\D", "", whole)) * 100 + int((cents[1] if cents else "0").ljust(2, "0")))


def is_no_person(cells: Sequence[str], name: str) -> bool:
    """Return whether a row is a total, a group's heading, a note or a source, not somebody.

    Whoever has a name and something more is somebody, unless the name itself is a total or a remark.
    """
    filled = [cell for cell in cells if cell]
    said = fold_place(name or next(iter(filled), ""))
    if TOTALS.fullmatch(said) is not None or REMARKS.fullmatch(said) is not None:
        return True
    if any(sign.isdigit() for sign in name) and TOTALS.fullmatch(fold_place(filled[0])) is not None:
        return True  # «TOTAL», «125 becarios»
    if len(filled) > 1:
        return False
    return not name or is_place(said) or ALONE.fullmatch(said) is not None or len(said.split()) > LONGEST_NAME
