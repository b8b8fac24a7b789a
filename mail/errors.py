"""What can go wrong between us and a mailbox."""

from core.errors import Conflict, InvalidInput
from core.language import N_


class AddressRefused(InvalidInput):
    """The text is not one e-mail address."""

    sentence = N_("«%(address)s» no es una dirección de correo a la que podamos escribir.")


class StillWaiting(Conflict):
    """The letter has not left yet."""

    sentence = N_("Esta carta todavía espera su turno: se envía sola.")


class TextGone(Conflict):
    """What the letter said is not kept any more."""

    sentence = N_("El texto de esta carta ya no se conserva, así que no se puede enviar otra vez.")


class SentAgain(Conflict):
    """Another letter took this one's place."""

    sentence = N_("Esta carta ya se envió otra vez.")


class TemporaryFailure(Exception):  # noqa: N818 (what happened, not a mistake of ours)
    """The mail server could not take the letter now; trying later may work."""


class PermanentFailure(Exception):  # noqa: N818
    """The mail server refuses the letter for good."""
