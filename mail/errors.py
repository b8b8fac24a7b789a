"""What can go wrong between us and a mailbox."""

from core.errors import InvalidInput
from core.language import N_


class AddressRefused(InvalidInput):
    """The text is not one e-mail address."""

    sentence = N_("«%(address)s» no es una dirección de correo a la que podamos escribir.")


class TemporaryFailure(Exception):  # noqa: N818 (what happened, not a mistake of ours)
    """The mail server could not take the letter now; trying later may work."""


class PermanentFailure(Exception):  # noqa: N818
    """The mail server refuses the letter for good."""
