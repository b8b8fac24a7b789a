"""What a dossier is refused for."""

from core.errors import InvalidInput, NotFound, Refusal
from core.language import N_


class DossierNotFound(NotFound):
    """No such dossier, or not one this reviewer reads."""

    sentence = N_("No encontramos este expediente entre los tuyos.")


class DossierNotCleared(Refusal):
    """Nobody has yet read the dossier for traces of identity."""

    sentence = N_("El expediente %(code)s todavía no se ha revisado para ocultar identidades.")


class ContentNotBlind(InvalidInput):
    """The content handed over has something the whitelist does not know."""

    sentence = N_("El contenido del expediente tiene un dato que no está en la lista permitida: %(path)s.")


class AmountNotPositive(InvalidInput):
    """A dossier asks for nothing."""

    sentence = N_("La cantidad solicitada debe ser mayor que cero.")
