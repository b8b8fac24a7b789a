"""Refusals about opening a closed month again and about closing a year."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class NotTheLastClosed(Refusal):
    """Months open again in the reverse of the order in which they closed."""

    sentence = N_("Solo se puede reabrir el último mes cerrado: %(period)s.")


class NothingClosed(Refusal):
    """There is nothing to open again."""

    sentence = N_("Ningún mes está cerrado.")


class ReopeningWaits(Conflict):
    """One wish at a time."""

    sentence = N_("Ya hay una solicitud para reabrir %(period)s y espera que otra persona la decida.")


class ReopeningNotFound(NotFound):
    """There is no such wish."""

    sentence = N_("No encontramos esta solicitud de reapertura.")


class OwnReopening(Refusal):
    """Whoever asked may not decide."""

    sentence = N_("Quien pide reabrir un mes no puede decidirlo: debe hacerlo otra persona.")


class OthersReopening(Refusal):
    """Only whoever asked takes the wish back."""

    sentence = N_("Solo quien pidió la reapertura puede retirarla.")


class YearNotClosable(Refusal):
    """A year closes once, after its twelve months."""

    sentence = N_("El ejercicio %(year)s no se puede cerrar: faltan meses por cerrar, o ya está cerrado.")


class ClosingNotFound(NotFound):
    """There is no such closing, or it has no act."""

    sentence = N_("No encontramos esta acta de cierre.")


class ActTampered(Refusal):
    """The kept file is not the one that was signed."""

    status = 500
    sentence = N_("El acta de cierre de %(period)s no coincide con la que se firmó.")


class InvalidRange(InvalidInput):
    """A range ends before it begins."""

    sentence = N_("El rango de fechas está al revés: empieza el %(start)s y termina el %(end)s.")
