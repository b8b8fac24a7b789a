"""Registers of scholarships as public offices publish them: every spelling at once, and what a careful reader takes."""

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from openpyxl import Workbook

COUNTRIES = {
    "US": ("EE.UU.", "E.U.A", "E. U. A.", "EE. UU.", "EUA", "USA", "U.S.A.", "Estados Unidos",
           "estados unidos de america", "Estados Unidos de Norteamérica", "Estados Unidos (California)", "EU"),
    "GB": ("Reino Unido (Londres)", "reino unido", "Inglaterra", "Escocia, Reino Unido", "Gran Bretaña", "R.U.", "U.K.",
           "Reino Unido de la Gran Bretaña e Irlanda del Norte"),
    "MX": ("CDMX-México", "mexico", "MÉXICO ", "Jalisco, México", "México, D.F.", "Oaxaca"),
    "KR": ("Corea del Sur", "Rep. de Corea", "corea del sur"),
    "ES": ("España", "ESPAÑA", "espana", "España\u200b", "\u00a0España\u00a0", "España*", "España 1/",
           "Reino de España", "Espan\u0303a"),
    "DE": ("Alemania", "alemania", "Alemnia", "Rep. Federal de Alemania"),
    "NL": ("Holanda", "Países Bajos (Holanda)", "PAISES BAJOS", "los Países Bajos"),
    "CZ": ("Rep. Checa", "República Checa", "Rep.Checa"),
    "FR": ("Francia", "París, Francia", "FRANCIA "),
    "HK": ("Hong Kong (China)", "Hong Kong, China"),
    "PR": ("Puerto Rico, EUA", "Puerto Rico"),
    "BA": ("Bosnia y Herzegovina",),
    "TT": ("Trinidad y Tobago", "TRINIDAD Y TOBAGO"),
    "GW": ("Guinea-Bisáu",),
}  # fmt: skip
NO_COUNTRY = ("Alemania/Austria", "Alemania y Austria", "España-Francia", "Atlántida", "En línea", "Varios países")
NOTHING = ("S/D", "N/A", "-", "—", "n.d.", "", "No disponible", "s/f")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
WEEK = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
DAYS: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day.day} de {MONTHS[day.month - 1]} de {day.year}",
    lambda day: f"{day.day} DE {MONTHS[day.month - 1].upper()} DEL {day.year}",
    lambda day: f"{WEEK[day.weekday()].capitalize()}, {day.day} de {MONTHS[day.month - 1]} de {day.year}",
    lambda day: f"{day:%d/%m/%y}",
    lambda day: f"{day:%d/%m/%Y} 12:00:00 a. m.",
    lambda day: f"{day:%d-%m-%Y}",
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day:%d / %m / %Y}",
    lambda day: f"{day:%Y-%m-%d}T00:00:00",
    lambda day: f"{day:%Y-%m-%d} 00:00:00.000",
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.day}-{MONTHS[day.month - 1][:3]}-{day:%y}",
    lambda day: f"{day.day:02}/{MONTHS[day.month - 1][:3].upper()}/{day.year}",
    lambda day: f"{day.day}° de {MONTHS[day.month - 1]} de {day.year}",
    lambda day: f"{MONTHS[day.month - 1].capitalize()} {day.day}, {day.year}",
    lambda day: str((day - date(1899, 12, 30)).days),
    lambda day: f"{(day - date(1899, 12, 30)).days}.0",
)
NO_DAYS = ("31/02/2024", "agosto-diciembre", "03/25/2024", "Semestre 2024-1")
GIVEN = (
    "José María", "Ana Lucía", "Óscar", "Ximena", "Íñigo", "Nicté-Há", "Ángel", "Guadalupe", "Zoé", "Ulises",
    "Begoña", "Iván", "Águeda", "Noé", "Íngrid",
)  # fmt: skip
SURNAMES = (
    "Núñez", "de la Cruz", "Ñáñez", "Pérez", "Güemes", "López", "Xicoténcatl", "O'Farrill", "Díaz-Mirón",
    "Tzompantzi", "Totalán", "Fuentes", "Peña", "Sáenz", "Montes de Oca", "Ibarra", "Yáñez", "Quiñones", "Zúñiga",
    "Arreola", "Baños", "Canché", "Domínguez", "Escárcega",
)  # fmt: skip
STATES = ("Jalisco", "Estado de México", "Nuevo León", "Ciudad de México", "Yucatán")
FOOT = (
    "Fuente: Dirección de Becas.",
    "Notas: cifras preliminares",
    "* Incluye renovaciones.",
    "Corte al 31 de diciembre de 2024",
)


@dataclass(frozen=True)
class Line:
    """A row as it is written, and what a careful reader takes from it: nobody, what is wrong with it, or a person."""

    cells: list[str]
    taken: "Person | str | None" = None


@dataclass(frozen=True)
class Person:
    """Who a row is about and where the journey goes."""

    name: str
    country: str
    starts: date | None
    ends: date | None


def lines(count: int, *, seed: int, parted_names: bool = False) -> Iterator[Line]:
    """Yield a register of `count` people with everything that stands between them."""
    chance = random.Random(seed)
    wide = 9 if parted_names else 7
    for title in ("SECRETARÍA DE CULTURA", "Padrón de personas becarias, estímulos y apoyos 2024", ""):
        yield Line([title, *[""] * (wide - 1)])
    heads = _headings(parted_names)
    yield from heads
    for number in range(1, count + 1):
        yield _person(chance, number, parted_names)
        if number % 50 == 0:
            yield from heads
        if number % 40 == 0:
            state = chance.choice(STATES)
            yield Line(["", f"SUBTOTAL {state.upper()}", *[""] * (wide - 3), "$ 12,500.00 M.N."])
            yield Line([*[""] * (wide - 1), ""])
            yield Line(["", state, *[""] * (wide - 2)])
    yield Line(["TOTAL", f"{count} becarios", *[""] * (wide - 3), "$ 1,250,000.00"])
    for note in FOOT:
        yield Line(["", note, *[""] * (wide - 2)])


def _headings(parted_names: bool) -> list[Line]:
    """Two rows, merged as spreadsheets merge: where one comes from stands before where one goes."""
    names = ["Nombre(s)", "Primer apellido", "Segundo apellido"] if parted_names else ["Nombre"]
    more = [""] * (len(names) - 1)
    return [
        Line(["No.", "PERSONA BECARIA", *more, "ORIGEN", "DESTINO", "PERIODO DE LA BECA", "", "MONTO"]),
        Line(["", *names, "País", "País", "Inicio", "Término", ""]),
    ]


def _person(chance: random.Random, number: int, parted_names: bool) -> Line:
    base = len(SURNAMES)
    given, first = GIVEN[number % len(GIVEN)], SURNAMES[number // len(GIVEN) % base]
    second = SURNAMES[number // (len(GIVEN) * base) % base]
    name, shown = f"{given} {first} {second}", [given, first, second]
    if not parted_names:
        shown = [chance.choice((
            name, name.upper(), f"{first} {second}, {given}", f"{first.upper()}  {second.upper()},{given.upper()}",
            f"{number}.- {name}", f"\u00a0{given}\u200b  {first} {second}\ufeff",
        ))]  # fmt: skip
    code = chance.choice(list(COUNTRIES))
    country, starts = chance.choice(COUNTRIES[code]), date(2024, 1, 1) + timedelta(days=chance.randrange(300))
    ends = starts + timedelta(days=chance.randrange(200))
    days = [chance.choice(DAYS)(starts), chance.choice(DAYS)(ends)]
    taken: Person | str | None = Person(name, code, starts, ends)
    trouble = chance.randrange(60)
    if trouble == 0:
        country, taken = chance.choice(NO_COUNTRY), "country"
    elif trouble == 1:
        days[0], taken = chance.choice(NO_DAYS), "day"
    elif trouble == 2:
        shown, taken = [chance.choice(NOTHING), *[""] * (len(shown) - 1)], "name"
    elif trouble < 6:
        country, days = chance.choice(NOTHING), [chance.choice(NOTHING), chance.choice(NOTHING)]
        taken = Person(name, "", None, None)
    amount = chance.choice(("$ 12,500.00 M.N.", "12.500,00", "S/D", "12500"))
    return Line([str(number), *shown, "México", country, *days, amount], taken)


def as_text(rows: Sequence[Line], *, separator: str, encoding: str) -> bytes:
    """Return the register as text; what the encoding has no sign for is left out."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator).writerows(line.cells for line in rows)
    return written.getvalue().encode(encoding, errors="ignore")


def as_workbook(rows: Sequence[Line]) -> bytes:
    """Return the register as a workbook, behind a cover and beside a longer hidden list; numbers are numbers."""
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.append(["Padrón"])
    sheet, hidden = book.create_sheet("Padrón 2024"), book.create_sheet("Catálogo")
    hidden.sheet_state = "hidden"
    for line in rows:
        sheet.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell or None for cell in line.cells])
    for number in range(len(rows) + 10):
        hidden.append([f"Municipio {number}"])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
