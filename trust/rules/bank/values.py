"""A bank statement as a value, and how one is refused: by row and reason."""

from dataclasses import dataclass
from datetime import date, datetime

from core.errors import InvalidInput
from core.language import N_, _
from core.money import Money

MOST_LINES = 50_000
DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d/%m/%Y", "dmy-short": "%d/%m/%y", "mdy": "%m/%d/%Y"}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement: positive came in, negative went out."""

    booked_on: date
    money: Money
    reference: str
    description: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was read. A file that tells its balances must agree with its own lines."""

    format: str
    lines: tuple[StatementLine, ...]
    opening: Money | None = None
    closing: Money | None = None


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """Which column says what: one signed amount, or one amount and which way it went, or money in and money out."""

    booked_on: str
    amount: str = ""
    money_in: str = ""
    money_out: str = ""
    reference: str = ""
    description: str = ""
    dates: str = "iso"
    encoding: str = "utf-8"
    decimal_comma: bool = False
    direction: str = ""


class StatementUnreadable(InvalidInput):
    """A file that cannot be taken whole is not taken at all; `row` counts from 1 as the file is read."""

    sentence = N_("Renglón %(row)s: %(reason)s No se guardó nada.")

    def message(self) -> str:
        """Return the sentence with its reason in the reader's language."""
        return _(self.sentence, **{**self.parameters, "reason": _(str(self.parameters["reason"]))})

    @property
    def is_about_columns(self) -> bool:
        """Tell whether only a word on the columns is missing."""
        return self.parameters["reason"] in (NO_COLUMN, NO_MAPPING)


NOT_TEXT = N_("el archivo no está en la codificación elegida.")
NO_COLUMN = N_("falta una de las columnas indicadas, o está repetida.")
NOT_A_STATEMENT = N_("no es un archivo CSV, MT940 ni CAMT.053. Una hoja de cálculo se guarda antes como CSV.")
EMPTY = N_("el archivo está vacío.")
NO_MAPPING = N_("si es CSV, falta decir qué columna trae la fecha y cuál la cantidad.")
NO_LINES = N_("el archivo no trae movimientos.")
TOO_MANY = N_("el archivo trae demasiados movimientos.")
BAD_DATE = N_("la fecha no se entiende.")
BAD_AMOUNT = N_("la cantidad no se entiende, o es cero.")
BAD_SHAPE = N_("no tiene la forma de un estado de cuenta.")
BAD_TOTAL = N_("el saldo inicial más los movimientos no da el saldo final.")
BAD_SUM = N_("el total que escribe el banco no es la suma de los movimientos.")
BAD_DIRECTION = N_("no se sabe si entra o sale: el archivo lo dice con una palabra que no se entiende.")
SEVERAL_ACCOUNTS = N_("el archivo trae varias cuentas. Sube un archivo por cuenta.")
BROKEN_CHAIN = N_("el saldo con que empieza un estado de cuenta no es con el que terminó el anterior.")
OTHER_CURRENCY = N_("está en otra moneda.")


def refuse(row: int, reason: str) -> StatementUnreadable:
    """Return the refusal of a row."""
    return StatementUnreadable(row=row, reason=reason)


def day_from(text: str, pattern: str, row: int) -> date:
    """Read a day.

    Raises:
        StatementUnreadable: it is none, or of another age.
    """
    try:
        found = datetime.strptime(text[:10], pattern).date()  # noqa: DTZ007 (a bank's day has no zone)
    except ValueError:
        raise refuse(row, BAD_DATE) from None
    if not 2000 <= found.year <= 2200:
        raise refuse(row, BAD_DATE)
    return found
