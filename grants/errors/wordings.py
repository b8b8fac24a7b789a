"""Refusals of a call's own letters."""

from core.errors import Conflict, InvalidInput, NotFound
from core.language import N_


class LetterUnknown(NotFound):
    """There is no letter of that kind."""

    sentence = N_("No hay una carta así.")


class WordingIncomplete(InvalidInput):
    """A letter needs a subject and a body within bounds."""

    sentence = N_("Escribe el asunto (hasta %(subject)s caracteres) y el texto (hasta %(body)s) de la carta.")


class DatumMalformed(InvalidInput):
    """A brace that opens or closes nothing."""

    sentence = N_("Hay una llave suelta cerca de «%(near)s». Un dato se escribe entre llaves, como {folio}.")


class DatumUnknown(InvalidInput):
    """A name this letter does not know."""

    sentence = N_("Aquí no hay un dato «{%(name)s}». Usa uno de los que se ofrecen junto al texto.")


class DatumMissing(InvalidInput):
    """What the letter must say."""

    sentence = N_("Falta {%(name)s} en el texto: esta carta tiene que decirlo.")


class DatumApart(InvalidInput):
    """What must be said would be left out with what may be unknown."""

    sentence = N_("El dato {%(optional)s} puede faltar, y entonces se omite su párrafo: pon {%(kept)s} en otro.")


class LettersOver(Conflict):
    """A cancelled call sends no more letters of its own."""

    sentence = N_("La convocatoria se canceló: sus cartas ya no cambian.")
