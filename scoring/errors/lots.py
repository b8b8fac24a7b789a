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


class LotBeforeOrder(Refusal):
    """A lot is drawn once the order is computed and no score can change any more."""

    sentence = N_(
        "Antes del sorteo se calcula el orden: mientras una calificación pueda cambiar, "
        "nadie debe saber a quién favorece."
    )
    next_step = N_("Calcula el orden y después realiza el sorteo.")


class LotAlreadyDrawn(Conflict):
    """The lot's order is public: whoever changed a score would know what that does to a tie."""

    sentence = N_(
        "El sorteo de este comité ya se realizó y su orden es público: ninguna calificación cambia desde entonces."
    )
    next_step = N_(
        "La deliberación no se vuelve a abrir. Quien no esté de acuerdo puede inconformarse con el resultado."
    )


class RandomnessMissing(InvalidInput):
    """The public randomness was not given."""

    sentence = N_("Escribe el valor público de la fuente de azar, tal como se publicó.")
