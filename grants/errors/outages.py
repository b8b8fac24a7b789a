"""Refusals around the record of the site's failures."""

from core.errors import Conflict, InvalidInput
from core.language import N_


class OutageBackwards(InvalidInput):
    """It ends before it begins."""

    sentence = N_("La falla termina antes de empezar. Revisa las dos horas.")


class OutageNotOver(InvalidInput):
    """It ends in the future."""

    sentence = N_("Registra la falla cuando haya terminado: hasta entonces no se sabe cuánto tiempo se perdió.")


class OutageTooLong(InvalidInput):
    """Older or longer than anybody would look up."""

    sentence = N_("Una falla se registra dentro de %(days)s días y dura menos que eso.")


class OutageKnown(Conflict):
    """Part of it was recorded before, and time is given back once."""

    sentence = N_("Ya hay una falla registrada que toca esas horas: el tiempo se devuelve una sola vez.")
