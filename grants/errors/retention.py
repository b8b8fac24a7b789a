"""Refusals around what is kept and destroyed."""

from core.errors import Conflict, NotFound
from core.language import N_


class CallHeld(Conflict):
    """The call is held already."""

    sentence = N_("Esa convocatoria ya está detenida.")


class HoldNotFound(NotFound):
    """There is no such hold, or it was lifted."""

    sentence = N_("Esa suspensión no existe o ya se levantó.")


class ContentDestroyed(NotFound):
    """The content of an application was destroyed when its time was over."""

    sentence = N_("Los datos de esta solicitud se destruyeron al terminar su plazo de conservación.")
