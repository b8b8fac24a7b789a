"""Contributions, things given, pledges and receipts."""

from core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from core.language import N_


class AmountNotPositive(InvalidInput):
    """Nobody gives nothing, or less."""

    sentence = N_("La cantidad debe ser mayor que cero.")


class CapitalApart(InvalidInput):
    """What is given as capital goes to the endowment, and the endowment takes nothing else."""

    sentence = N_("Al capital inicial va lo que se aporta como capital y nada más, y eso no va a ninguna otra bolsa.")


class NotInStore(Conflict):
    """Only what came in kind and is here can be used up."""

    sentence = N_("Solo se puede usar, y una vez, lo que ya se recibió en especie.")


class UsedBeforeReceived(InvalidInput):
    """A thing is used on the day it came or later."""

    sentence = N_("Se recibió el %(date)s: no se pudo usar antes.")


class UsedAlready(Conflict):
    """What was used up cannot be taken back as if it had never come."""

    sentence = N_("Lo que se recibió ya se usó: revierte primero el asiento %(number)s.")


class ContributionNotFound(NotFound):
    """There is no such contribution, or it is somebody else's."""

    sentence = N_("No encontramos esta aportación.")


class SamePerson(Refusal):
    """Who recorded or accepted an offer may not confirm its delivery."""

    sentence = N_("Quien registró o aceptó la oferta no puede confirmar la entrega: debe hacerlo otra persona.")


class NotAccepted(Conflict):
    """What nobody of the trust accepted has no value that the trust answers for."""

    sentence = N_(
        "Nadie ha aceptado esta oferta. Primero se acepta y se dice cuánto vale; luego otra persona la recibe."
    )


class OwnOffer(Forbidden):
    """Whoever gives something does not answer for its worth, nor for its having come."""

    sentence = N_("Esta oferta es tuya o de tu organización: la atiende otra persona.")


class AcceptedAlready(Conflict):
    """An offer is accepted, and valued, once."""

    sentence = N_("Esta oferta ya se aceptó y su valor quedó fijo.")


class InvalidQuantity(InvalidInput):
    """A quantity is a whole number above zero."""

    sentence = N_("La cantidad de bienes o servicios debe ser un número entero mayor que cero.")


class ReceiptNotFound(NotFound):
    """There is no receipt with this number."""

    sentence = N_("No hay ningún recibo con el número %(code)s.")
    next_step = N_("Revisa que esté completo, por ejemplo A-2026-000123.")


class ReceiptTampered(Refusal):
    """The kept file is not the one that was issued."""

    status = 500
    sentence = N_("El archivo del recibo %(code)s no coincide con el que se emitió.")


class PledgeNotFound(NotFound):
    """There is no such promise."""

    sentence = N_("No encontramos esta promesa.")


class NotOfThisPledge(InvalidInput):
    """A promise is kept by its giver's own money in its own fund."""

    sentence = N_("Elige una aportación recibida de quien prometió, en la misma bolsa, que no cumpla otra promesa.")
