"""What a lot refuses."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class LotNeeded(Refusal):
    """A tie remains that only the lot can break."""

    sentence = N_("Hay un empate que solo resuelve el sorteo: %(dossiers)s.")
    next_step = N_("Compromete el sorteo, espera la fuente pública de azar y realízalo.")


class LotNotFound(NotFound):
    """No lot is committed to under this address."""

    sentence = N_("No hay un sorteo con esa dirección.")


class LotAlreadyCommitted(Conflict):
    """The committee's lot is already committed to, or already drawn."""

    sentence = N_("El sorteo de este comité ya está comprometido o realizado.")


class LotNotCommitted(Refusal):
    """A lot is drawn only after its commitment was published."""

    sentence = N_("Antes de realizar el sorteo hay que comprometerlo en público.")


class LotTooEarly(Refusal):
    """While scores are still to come nobody may know whom the lot prefers."""

    sentence = N_("El sorteo espera a todas las evaluaciones: quedan %(count)s por llegar.")
    next_step = N_("Quien conociera el orden del sorteo podría calificar según él.")


class RandomnessMissing(InvalidInput):
    """The public randomness was not given."""

    sentence = N_("Escribe el valor público de la fuente de azar, tal como se publicó.")
