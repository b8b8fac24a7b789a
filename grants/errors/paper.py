"""Why a row of a register does not become an application."""

from core.errors import Conflict, InvalidInput
from core.language import N_


class RowWithoutName(InvalidInput):
    """Nobody to write to."""

    sentence = N_("No trae el nombre de la persona.")


class CountryNotUnderstood(InvalidInput):
    """The list of countries has nothing like it."""

    sentence = N_("No entendemos el país «%(text)s».")


class SeveralCountries(InvalidInput):
    """A journey goes to one; which decides the tariff."""

    sentence = N_("Dice más de un país: «%(text)s». Deja el del viaje.")


class DayNotUnderstood(InvalidInput):
    """Not a day, or one of another age."""

    sentence = N_("No entendemos la fecha «%(text)s» de la columna «%(column)s».")


class DaysBackwards(InvalidInput):
    """The journey ends before it begins."""

    sentence = N_("El viaje termina (%(ends)s) antes de empezar (%(starts)s).")


class PersonTwice(Conflict):
    """One application each; two people of one name have to be told apart by an address."""

    sentence = N_(
        "«%(name)s» ya tiene la solicitud %(folio)s en esta convocatoria. Si es otra persona, agrega su correo."
    )


class DraftStands(Conflict):
    """The person began one on line and has not sent it: only they can say which counts."""

    sentence = N_(
        "«%(name)s» tiene en esta convocatoria un borrador sin enviar. "
        "Pídele que lo retire, o que lo envíe en lugar del papel."
    )


class ReceivedTooLate(Conflict):
    """The paper came after the deadline, or before the call opened."""

    sentence = N_("Se recibió el %(day)s, fuera del plazo de la convocatoria.")


class NotReceivedYet(InvalidInput):
    """A day that has not come."""

    sentence = N_("La fecha de recepción %(day)s todavía no llega.")
