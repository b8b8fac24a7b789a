"""Which column of a register says what: found by its heading, however the office wrote it."""

import re
from collections.abc import Mapping, Sequence
from itertools import product

from core.errors import InvalidInput
from core.language import N_
from grants.rules.places import fold_place

NAME, SURNAME, SECOND_SURNAME = "name", "surname", "second_surname"
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
)
PEOPLE = (
    *("becario", "becaria", "becarios", "solicitante", "beneficiario", "beneficiaria", "persona", "persona becaria"),
    *("persona beneficiaria", "persona solicitante", "alumno", "alumna", "estudiante", "postulante", "aspirante"),
    *("participante", "titular"),
)
SPANS = ("beca", "vigencia", "estancia", "estudios", "apoyo", "programa", "viaje", "movilidad")


def _all(*parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(said) for said in product(*parts))


# Headings as offices write them, folded and without small words. The first that stands in the file wins.
HEADINGS: dict[str, tuple[str, ...]] = {
    NAME: (
        *("nombre completo", *_all(("nombre completo", "nombre"), PEOPLE), "nombre apellidos", "apellidos nombre"),
        *("nombres", "nombre", *PEOPLE, "name", "applicant"),
    ),
    SURNAME: ("primer apellido", "apellido paterno", "paterno", "apellidos", "surname"),
    SECOND_SURNAME: ("segundo apellido", "apellido materno", "materno"),
    "email": ("correo electronico", "correo", "e mail", "email"),
    "reference": (
        *("folio", "no. solicitud", "numero solicitud", "cvu", "no. cvu", "numero cvu", "no. becario"),
        *("no. beca", "numero beca", "no. registro", "expediente", "clave"),
    ),
    "country": ("pais destino", "pais institucion", "pais estudios", "pais estancia", "pais beca", "pais", "country"),
    "city": ("ciudad destino", "ciudad institucion", "ciudad estancia", "ciudad", "city"),
    "starts_on": (
        *("fecha inicio", *_all(("fecha inicio", "inicio"), SPANS), "inicio", "fecha salida", "desde", "start"),
    ),
    "ends_on": (
        *("fecha termino", "fecha fin", "fecha conclusion"),
        *_all(("fecha termino", "fecha fin", "termino", "fin", "conclusion"), SPANS),
        *("termino", "fin", "fecha regreso", "hasta", "end"),
    ),
    "received_on": ("fecha recepcion", "recibida", "fecha recibo", "received"),
    "title": ("titulo proyecto", "nombre proyecto", "proyecto", "titulo", "programa estudios", "programa", "title"),
    "summary": ("resumen", "descripcion", "summary"),
    "host": (
        *("institucion destino", "universidad destino", "institucion receptora", "institucion anfitriona"),
        *("institucion", "universidad", "anfitrion", "host"),
    ),
    "gender": ("genero", "sexo", "gender"),
    "alcaldia": ("alcaldia", "delegacion", "municipio"),
    "axis": ("eje", "axis"),
}
SMALL_WORDS = frozenset({"de", "del", "la", "el", "los", "las", "y", "al", "a"})
ASIDES = re.compile(r"\(.*?\)|/ ?\w+")  # «Nombre(s)», «Becario/a», «Institución / universidad»
LOOKED_AT = 60  # rows: titles and notes stand above the headings
FEWEST = 2  # headings that make a row the heading row


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


def find_headings(
    rows: Sequence[tuple[int, Sequence[str]]], wanted: Mapping[str, str]
) -> tuple[int, dict[str, int], dict[str, str]]:
    """Return the number of the heading row, each field's column, and each field's heading as the file writes it.

    `wanted` names headings for fields or questions and goes before what is known; the rest is found by itself.

    Raises:
        HeadingsNotFound: no row has the name and one more. ColumnMissing: a wanted heading stands nowhere.
    """
    for number, row in rows[:LOOKED_AT]:
        places = {fold_heading(cell): place for place, cell in reversed(list(enumerate(row))) if cell}
        columns = {field: places[fold_heading(text)] for field, text in wanted.items() if fold_heading(text) in places}
        plain = {_plain(heading): place for heading, place in reversed(places.items())}
        for field, known in HEADINGS.items():
            found = next((text for text in known if text in plain), None)
            if field not in wanted and found is not None and plain[found] not in columns.values():
                columns[field] = plain[found]
        if NAME in columns and len(columns) >= FEWEST:
            missing = next((text for field, text in wanted.items() if field not in columns), None)
            if missing is not None:
                raise ColumnMissing(column=missing)
            return number, columns, {field: row[place] for field, place in columns.items()}
    raise HeadingsNotFound()
