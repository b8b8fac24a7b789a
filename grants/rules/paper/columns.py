"""Which column of a register says what: found by its heading, however the office wrote it."""

from collections.abc import Mapping, Sequence

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
# Headings as offices write them, folded. The first that stands in the file wins.
HEADINGS: dict[str, tuple[str, ...]] = {
    NAME: (
        "nombre completo",
        "nombre del becario",
        "nombre de la persona",
        "nombre del solicitante",
        "nombre(s)",
        "nombres",
        "nombre",
        "becario",
        "solicitante",
        "beneficiario",
        "name",
        "applicant",
    ),
    SURNAME: ("primer apellido", "apellido paterno", "paterno", "apellidos", "surname"),
    SECOND_SURNAME: ("segundo apellido", "apellido materno", "materno"),
    "email": ("correo electronico", "correo", "e mail", "email"),
    "reference": ("folio", "no. de solicitud", "numero de solicitud", "cvu", "no. becario", "expediente", "clave"),
    "country": ("pais de destino", "pais destino", "pais de la institucion", "pais", "country"),
    "city": ("ciudad de destino", "ciudad destino", "ciudad", "city"),
    "starts_on": (
        "fecha de inicio",
        "fecha inicio",
        "inicio de beca",
        "inicio de vigencia",
        "fecha de inicio de beca",
        "inicio",
        "desde",
        "start",
    ),
    "ends_on": (
        "fecha de termino",
        "fecha termino",
        "fin de beca",
        "fin de vigencia",
        "termino de beca",
        "fecha fin",
        "termino",
        "fin",
        "hasta",
        "end",
    ),
    "received_on": ("fecha de recepcion", "recibida el", "fecha de recibo", "received"),
    "title": ("titulo del proyecto", "proyecto", "titulo", "programa de estudios", "programa", "title"),
    "summary": ("resumen", "descripcion", "summary"),
    "host": ("institucion de destino", "institucion destino", "institucion", "universidad", "anfitrion", "host"),
    "gender": ("genero", "sexo", "gender"),
    "alcaldia": ("alcaldia", "delegacion", "municipio"),
    "axis": ("eje", "axis"),
}
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
        for field, known in HEADINGS.items():
            found = next((text for text in known if text in places), None)
            if field not in wanted and found is not None and places[found] not in columns.values():
                columns[field] = places[found]
        if NAME in columns and len(columns) >= FEWEST:
            missing = next((text for field, text in wanted.items() if field not in columns), None)
            if missing is not None:
                raise ColumnMissing(column=missing)
            return number, columns, {field: row[place] for field, place in columns.items()}
    raise HeadingsNotFound()
