"""Which column of a register says what: found by its heading, however the office wrote it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from core.errors import InvalidInput
from core.language import N_
from grants.rules.places import fold_place

NAME, SURNAME, SECOND_SURNAME, CURP = "name", "surname", "second_surname", "curp"
FIELDS = (
    NAME,
    SURNAME,
    SECOND_SURNAME,
    "email",
    "reference",
    "country",
    "city",
    "starts_on",
    "ends_on",
    "received_on",
    "title",
    "summary",
    "host",
    "gender",
    "alcaldia",
    "axis",
    CURP,
)
PEOPLE = (
    *("becario", "becaria", "becarios", "solicitante", "beneficiario", "beneficiaria", "persona", "persona becaria"),
    *("persona beneficiaria", "persona solicitante", "alumno", "alumna", "estudiante", "postulante", "aspirante"),
    *("participante", "titular", "creador", "creadora", "artista", "responsable", "responsable proyecto", "docente"),
    *("investigador", "investigadora", "residente"),
)
SPANS = ("beca", "vigencia", "estancia", "estudios", "apoyo", "programa", "viaje", "movilidad")


def _all(*parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(said) for said in product(*parts))


# Headings as offices write them, folded and without small words. The first that stands in the file wins.
HEADINGS: dict[str, tuple[str, ...]] = {
    NAME: (
        *("nombre completo", *_all(("nombre completo", "nombre"), PEOPLE), "nombre apellidos", "apellidos nombre"),
        *_all(("nombre apellidos", "nombres apellidos", "apellidos nombre", "nombres"), PEOPLE),
        *("nombres", "nombre", *PEOPLE, "name", "applicant"),
    ),
    SURNAME: (
        *("primer apellido", "apellido paterno", "paterno", "apellidos", "surname"),
        *_all(("primer apellido", "apellido paterno", "apellidos"), PEOPLE),
    ),
    SECOND_SURNAME: (
        *("segundo apellido", "apellido materno", "materno"),
        *_all(("segundo apellido", "apellido materno"), PEOPLE),
    ),
    "email": ("correo electronico", "correo", "correo e", "e mail", "email"),
    "reference": (
        *("folio", "no. solicitud", "numero solicitud", "cvu", "no. cvu", "numero cvu", "no. becario"),
        *("no. beca", "numero beca", "no. registro", "expediente", "clave"),
    ),
    "country": ("pais destino", "pais institucion", "pais estudios", "pais estancia", "pais beca", "pais", "country"),
    "city": ("ciudad destino", "ciudad institucion", "ciudad estancia", "ciudad", "city"),
    "starts_on": (
        *(
            "fecha inicio",
            "fecha inicial",
            *_all(("fecha inicio", "inicio"), SPANS),
            "inicio",
            "fecha salida",
            "desde",
            "start",
        ),
    ),
    "ends_on": (
        *("fecha termino", "fecha fin", "fecha conclusion", "fecha finalizacion", "fecha final"),
        *_all(
            ("fecha termino", "fecha fin", "fecha conclusion", "termino", "fin", "conclusion", "finalizacion"), SPANS
        ),
        *("termino", "fin", "conclusion", "finalizacion", "fecha regreso", "regreso", "hasta", "end"),
    ),
    "received_on": ("fecha recepcion", "recibida", "fecha recibo", "received"),
    "title": ("titulo proyecto", "nombre proyecto", "proyecto", "titulo", "programa estudios", "programa", "title"),
    "summary": ("resumen", "descripcion", "summary"),
    "host": (
        *("institucion destino", "universidad destino", "institucion receptora", "institucion anfitriona"),
        *("ies receptora", "ies destino", "institucion sede", "centro receptor", "entidad receptora"),
        *("institucion", "universidad", "anfitrion", "host"),
    ),
    "gender": ("genero", "sexo", "gender"),
    "alcaldia": ("alcaldia", "delegacion", "municipio"),
    "axis": ("eje", "axis"),
    CURP: ("curp", "c.u.r.p.", "clave unica registro poblacion"),
}
KNOWN = frozenset(text for known in HEADINGS.values() for text in known)
SMALL_WORDS = frozenset({"de", "del", "la", "el", "los", "las", "y", "al", "a"})
ASIDES = re.compile(r"\(.*?\)|/ ?\w+")  # «Nombre(s)», «Becario/a», «Institución / universidad»
LOOKED_AT = 60  # rows: titles and notes stand above the headings
FEWEST = 2  # headings that make a row the heading row; of the first wide one the name is enough
WIDE = 3  # cells
OF_ORIGIN = frozenset({"origen", "nacimiento", "nacionalidad", "residencia", "procedencia", "expedicion", "natal"})


class HeadingsNotFound(InvalidInput):
    """No row names the columns."""

    sentence = N_("No encontramos el renglón de encabezados: falta la columna del nombre. Di cuál es con --column.")


class ColumnMissing(InvalidInput):
    """A column that was named is not in the file."""

    sentence = N_("El archivo no tiene la columna «%(column)s».")


class FieldUnknown(InvalidInput):
    """A column was given to something an application does not have."""

    sentence = N_("«%(field)s» no es un dato de la solicitud ni una pregunta de la convocatoria.")


def fold_heading(text: str) -> str:
    """Return a heading as headings are compared: without accents, case, doubled spaces or a closing colon."""
    return fold_place(text).rstrip(" :*")


def _plain(heading: str) -> str:
    return " ".join(word for word in ASIDES.sub(" ", heading).split() if word not in SMALL_WORDS)


@dataclass(frozen=True, slots=True)
class Heading:
    """A way to call a column: as the file writes it, and which column that is."""

    text: str
    place: int
    put_together: bool = False  # of a group's and its own


def find_headings(
    rows: Sequence[tuple[int, Sequence[str]]], wanted: Mapping[str, str]
) -> tuple[int, dict[str, int], dict[str, str]]:
    """Return the number of the heading row, each field's column, and each field's heading as the file writes it.

    `wanted` names headings for fields or questions and goes before what is known; the rest is found by itself. Of all
    rows the one that names most counts, alone or below a row of groups («Destino» above «País» and «Ciudad»).

    Raises:
        HeadingsNotFound: no row has the name and one more. ColumnMissing: a wanted heading stands nowhere.
    """
    first_wide = next((number for number, row in rows if sum(1 for cell in row if cell) >= WIDE), 0)
    best: tuple[int, int, dict[str, Heading]] | None = None
    for (number, row), above in zip(rows[:LOOKED_AT], [(0, ()), *rows], strict=False):
        for headings in (_below(above[1], row), _alone(row)):
            columns = _matched(headings, wanted)
            count = len(columns) + LOOKED_AT * sum(1 for field in wanted if field in columns)
            enough = len(columns) >= FEWEST or number == first_wide
            if NAME in columns and enough and (best is None or count > best[0]):
                best = count, number, columns
    if best is None:
        raise HeadingsNotFound()
    _count, number, columns = best
    missing = next((text for field, text in wanted.items() if field not in columns), None)
    if missing is not None:
        raise ColumnMissing(column=missing)
    return (
        number,
        {field: found.place for field, found in columns.items()},
        {field: found.text for field, found in columns.items()},
    )


def _alone(row: Sequence[str]) -> list[Heading]:
    return [Heading(cell, place) for place, cell in enumerate(row) if cell]


def _below(groups: Sequence[str], row: Sequence[str]) -> list[Heading]:
    """Return the headings of a row below a row of groups, each of which reaches as far as the next one."""
    headings, group = [], ""
    for place in range(max(len(groups), len(row))):
        own = groups[place] if place < len(groups) else ""
        cell = row[place] if place < len(row) else ""
        group = own or group
        if not cell:
            headings += [Heading(own, place)] if own else []  # a heading as high as both rows
            continue
        both = [Heading(text, place, put_together=True) for text in (f"{cell} {group}", f"{group} {cell}") if group]
        known = [heading for heading in both if _plain(fold_heading(heading.text)) in KNOWN]
        headings += known or [*both, Heading(cell, place)]
    return headings


def _matched(headings: Sequence[Heading], wanted: Mapping[str, str]) -> dict[str, Heading]:
    folded = {fold_heading(one.text): one for one in reversed(headings)}
    columns = {field: folded[fold_heading(text)] for field, text in wanted.items() if fold_heading(text) in folded}
    plain = {_plain(text): one for text, one in folded.items()}
    for field, known in HEADINGS.items():
        found = next((text for text in known if text in plain), None)
        if field in wanted or found is None:
            continue
        if plain[found].place not in {one.place for one in columns.values()}:
            columns[field] = plain[found]
    taken = {one.place for one in columns.values()}
    abroad = [one for text, one in plain.items() if text.startswith("pais ") and not OF_ORIGIN & set(text.split())]
    free = [one for one in abroad if not one.put_together and one.place not in taken]
    if "country" not in columns and free:
        columns["country"] = min(free, key=lambda one: one.place)
    return columns
