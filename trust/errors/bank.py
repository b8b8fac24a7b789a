"""The bank's statements."""

from core.errors import Conflict, InvalidInput
from core.language import N_


class StatementKnown(Conflict):
    """The very same file was imported before."""

    sentence = N_("Este archivo ya se importó: no se guardó nada de nuevo.")


class NothingToMatch(InvalidInput):
    """A line is matched to entries that wait for one."""

    sentence = N_("Elige al menos un asiento que todavía no esté conciliado.")


class MatchDiffers(InvalidInput):
    """What the entries add up to is not what the bank says."""

    sentence = N_("El banco dice %(line)s y los asientos elegidos suman %(total)s.")
