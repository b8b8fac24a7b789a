"""What a committee and its window refuse."""

from core.errors import Conflict, InvalidInput, NotFound, Refusal
from core.language import N_


class PanelNotFound(NotFound):
    """No such committee."""

    sentence = N_("No encontramos este comité.")


class PanelAlreadyOpen(Conflict):
    """The call already has a live committee."""

    sentence = N_("Esta convocatoria ya tiene un comité.")


class WrongPhase(Refusal):
    """The committee is in another phase."""

    sentence = N_("Esto no se puede hacer ahora: el comité está en la fase «%(phase)s».")


class WindowBackwards(InvalidInput):
    """The review window closes before it opens."""

    sentence = N_("El periodo de evaluación debe terminar después de empezar.")


class WindowNotOfRules(InvalidInput):
    """The review window is not the one the rulebook fixed."""

    sentence = N_("Las reglas publicadas fijan cuándo se evalúa: %(dates)s.")


class DeadlineNotLater(InvalidInput):
    """A deadline is only extended: the new one is later than the old one and than now."""

    sentence = N_("El nuevo cierre debe ser posterior al que estaba y al momento actual.")


class SeatTaken(Conflict):
    """The person already sits in this committee."""

    sentence = N_("Esta persona ya forma parte del comité.")


class SeatNotFound(NotFound):
    """The person has no place in this committee."""

    sentence = N_("Esta persona no forma parte del comité.")


class ReasonMissing(InvalidInput):
    """An act that stays on record needs its reason."""

    sentence = N_("Escribe la razón; queda en el registro.")


class ReviewsAwaited(Refusal):
    """The deliberation does not begin while reviews may still come: who is late could send none after it did."""

    sentence = N_("Quedan %(count)s evaluaciones por llegar, y se reciben hasta el %(closes)s.")
    next_step = N_("Espera al cierre, o sustituye a quien no vaya a evaluar: después ya no podría enviarlas.")
