"""What a rulebook is refused for, and what it does not know."""

from core.errors import InvalidInput, NotFound
from core.language import N_


class RulebookInvalid(InvalidInput):
    """The document is not a rulebook, or contradicts itself. `problems` are in the parameters."""

    sentence = N_("Las reglas no se pueden publicar: %(first)s (%(count)s en total).")


class RulebookNotFound(NotFound):
    """No rulebook has this digest."""

    sentence = N_("Ninguna regla publicada tiene esta huella.")


class RulebookOfAnotherCall(InvalidInput):
    """The rulebook was frozen for another call."""

    sentence = N_("Estas reglas se publicaron para otra convocatoria.")


class UnknownCriterion(InvalidInput):
    """The rulebook has no such criterion."""

    sentence = N_("Las reglas no tienen el criterio «%(criterion)s».")


class UnknownEntitlement(InvalidInput):
    """The rulebook has no such bonus or reserved place."""

    sentence = N_("Las reglas no tienen «%(entitlement)s».")


class OtherCurrency(InvalidInput):
    """The rulebook pays in another currency."""

    sentence = N_("Las reglas están en %(expected)s y la cantidad en %(given)s.")


class BudgetExceeded(InvalidInput):
    """No more is given than was approved."""

    sentence = N_("Para esta convocatoria hay %(approved)s aprobados; no se puede repartir más.")
